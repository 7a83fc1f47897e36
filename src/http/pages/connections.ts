import type { Vendor } from '../../domain/facts.ts'
import type { ConnectionState } from '../../pipeline/connections.ts'
import { VENDOR_NAMES } from '../health.ts'
import { type Html, html } from './html.ts'

/** What the page says first: how the last step went. */
export interface Notice {
  kind: 'connected' | 'disconnected' | 'not_revoked' | 'failed'
  vendor: Vendor
  /** Of `failed`. */
  text?: string
}

const VENDORS: readonly Vendor[] = ['salesforce', 'hubspot']

/** Each CRM: how it is signed in to, how that stands, and what can be done about it here. */
export const connectionsBody = (
  states: readonly ConnectionState[],
  publicUrl: string | null,
  notice: Notice | null,
): Html =>
  html`<header class="top"><a class="brand" href="/">Leadtime</a></header>
<main>
${notice && said(notice)}
<section aria-labelledby="connections-title">
<h1 class="title" id="connections-title">Connections</h1>
<p class="small">How Leadtime signs in to each CRM. What it is granted is kept encrypted, and never shown.</p>
<div class="crms">${VENDORS.map(vendor =>
    panel(
      vendor,
      states.find(state => state.vendor === vendor),
      publicUrl,
    ),
  )}</div>
</section>
</main>`

function said({ kind, vendor, text }: Notice): Html {
  const name = VENDOR_NAMES[vendor]
  switch (kind) {
    case 'connected':
      return html`<p class="banner" role="status"><strong>${name} is connected.</strong> Its records are read with the next round.</p>`
    case 'disconnected':
      return html`<p class="banner" role="status"><strong>${name} is disconnected.</strong> The access was ended there and wiped here; nothing more is read or written.</p>`
    case 'not_revoked':
      return html`<p class="banner act" role="alert"><strong>${name} is disconnected here, but did not confirm that the access is over.</strong> End it there as well: ${WHERE[vendor]}.</p>`
    case 'failed':
      return html`<p class="banner act" role="alert"><strong>${name} was not connected.</strong> ${text}.</p>`
  }
}

const WHERE: Record<Vendor, string> = {
  salesforce: 'Setup, Connected Apps OAuth Usage',
  hubspot: 'Settings, Integrations, Connected Apps',
}

const STANDING: Record<ConnectionState['standing'], Html> = {
  working: html`<span class="state good">connected</span>`,
  untried: html`<span class="state">not read yet</span>`,
  needs_person: html`<span class="state bad">needs somebody</span>`,
  not_connected: html`<span class="state bad">not connected</span>`,
}

function panel(vendor: Vendor, state: ConnectionState | undefined, publicUrl: string | null): Html {
  const name = VENDOR_NAMES[vendor]
  if (!state) {
    return html`<div class="crm"><h2>${name} <span class="state">not set up</span></h2>
<p class="small">The environment names no credentials or app of it; docs/connecting.md says which variables to set.</p></div>`
  }
  const { how, account, standing, reason, canConnect, canDisconnect } = state
  return html`<div class="crm"><h2>${name} ${STANDING[standing]}</h2>
<dl class="traits"><div><dt>Signs in by</dt><dd>${how}</dd></div><div><dt>Account</dt><dd>${account ?? 'none yet'}</dd></div></dl>
${reason && html`<p class="why">${reason}.</p>`}
${canConnect ? buttons(vendor, { again: canDisconnect, needed: standing !== 'working' }) : elsewhere(how, publicUrl)}
</div>`
}

function buttons(vendor: Vendor, { again, needed }: { again: boolean; needed: boolean }): Html {
  const words = `Connect ${VENDOR_NAMES[vendor]}${again ? ' again' : ''}`
  return html`<div class="actions"><form method="post" action="/connections/${vendor}/connect"><button${needed && html` class="first"`}>${words}</button></form>
${again && html`<form method="post" action="/connections/${vendor}/disconnect"><button>Disconnect</button></form>`}</div>`
}

const elsewhere = (how: string, publicUrl: string | null): Html =>
  how === 'OAuth' && publicUrl === null
    ? html`<p class="small">To connect it here, set LEADTIME_PUBLIC_URL to the address of these pages and start again.</p>`
    : html`<p class="small">The environment signs in: change it there and start again.</p>`
