import { agrees } from '../../domain/certificate.ts'
import { certificateWords } from '../../domain/certified.ts'
import type { Instant } from '../../domain/time.ts'
import { eventWords } from '../events.ts'
import { VENDOR_NAMES } from '../health.ts'
import type { CrmState, ObjectState, SyncState } from '../views.ts'
import { callsLine } from './calls.ts'
import { ago, type Clock, count, plural } from './format.ts'
import { type Html, html } from './html.ts'

/** How each CRM is doing, object by object. `asOf` is of the same clock as the rounds' stamps. */
export function syncSection(state: SyncState, asOf: Instant, clock: Clock): Html {
  const round = state.lastRound
    ? html`Everything was last looked at ${ago(asOf - state.lastRound)}.`
    : html`The first round is still running.`
  return html`<section id="sync" aria-labelledby="sync-title" data-live="sync">
<div class="head"><h2 id="sync-title">Sync</h2><a class="small" href="/connections">Connections</a></div>
<p class="small">${round}${state.waiting > 0 && html` ${plural(state.waiting, 'change')} still to be judged.`}</p>
${state.lastError && html`<p class="small">Last error ${ago(asOf - state.lastError.at)}: ${state.lastError.text}</p>`}
<div class="crms">${state.crms.map(crm => panel(crm, state.machineNow, asOf, clock))}</div>
</section>`
}

/** @param machineNow of this machine's clock, by which calls go */
function panel(crm: CrmState, machineNow: Instant, asOf: Instant, clock: Clock): Html {
  const name = VENDOR_NAMES[crm.vendor]
  return html`<div class="crm">
<h3>${name} ${status(crm)}</h3>
${crm.events && html`<p class="small">${eventWords(crm.events, asOf)}</p>`}
${callsLine(crm, machineNow, clock)}
<div class="scroll" tabindex="0" role="region" aria-label="${name}, objects"><table>
<thead><tr><th scope="col"><span class="hidden">Object</span></th><th scope="col">Records</th><th scope="col">Last change</th><th scope="col">Looked</th><th scope="col">Compared</th><th scope="col">To write</th><th scope="col">Refused</th></tr></thead>
<tbody>
${crm.objects.map(object => line(object, asOf, clock))}
</tbody></table></div>
</div>`
}

function status({ trouble, objects }: CrmState): Html {
  const refused = objects.reduce((sum, o) => sum + (o.errors ?? 0), 0)
  switch (trouble?.kind) {
    case 'credentials':
      return html`<span class="state bad">credentials refused</span>`
    case 'refused':
      return html`<span class="state bad">request refused</span>`
    case 'unreachable':
      return html`<span class="state bad">no answer</span>`
    case 'rate_limited':
      return html`<span class="state">asked to wait</span>`
    default:
      if (objects.every(o => o.lastRead === null)) return html`<span class="state">not read yet</span>`
      return refused > 0
        ? html`<span class="state bad">${plural(refused, 'record')} refused</span>`
        : html`<span class="state good">in sync</span>`
  }
}

const line = (object: ObjectState, asOf: Instant, clock: Clock): Html =>
  html`<tr><th scope="row">${object.object.replaceAll('_', ' ')}</th><td>${count(object.records)}</td><td>${
    object.lastChange === null ? '–' : clock.since(object.lastChange, ago(asOf - object.lastChange))
  }</td><td>${object.lastRead === null ? 'not yet' : ago(asOf - object.lastRead)}</td><td>${compared(object, asOf, clock)}</td><td>${writes(object.pending)}</td><td>${writes(object.errors)}</td></tr>
`

/** Whether the mirror agrees with the CRM, and since when that is known; the whole certificate behind it. */
function compared({ certificate }: ObjectState, asOf: Instant, clock: Clock): Html {
  if (certificate === null) return html`not yet`
  const { endedAt, remaining, stopped } = certificate
  const when = clock.since(endedAt, ago(asOf - endedAt))
  const words = certificateWords(certificate)
  if (agrees(certificate)) return html`<span title="${words}">agrees</span>, ${when}`
  return html`<span class="state bad" title="${words}">${
    stopped === null ? `${count(Math.max(remaining, 1))} differ` : 'stopped'
  }</span>, ${when}`
}

const writes = (n: number | null): string => (n === null ? '' : count(n))
