import { type Html, html } from '../../http/html.ts'
import { DISPOSITION } from '../definitions/engagement.ts'
import { leadtimeProperties } from '../definitions/leadtime.ts'
import { infoOf, type ObjectType } from '../objects.ts'
import type { Portal } from '../portal.ts'
import { type Rec, versionsOf } from '../record.ts'
import { moment, page, recordPath, shown } from './layout.ts'
import { flag, nameOf } from './list.ts'

const ABOUT = [
  'email',
  'company',
  'jobtitle',
  'country',
  'lifecyclestage',
  'hs_lead_status',
  'hubspot_owner_id',
  'hs_analytics_source',
  'hs_analytics_source_data_1',
  'hs_analytics_source_data_2',
  'recent_conversion_event_name',
  'recent_conversion_date',
  'num_conversion_events',
  'salesforceleadid',
  'salesforcecontactid',
  'hs_additional_emails',
  'hs_merged_object_ids',
]
const MOST = 200

/** A contact as a marketer sees it. */
export function contactPage(portal: Portal, contact: Rec): string {
  const { properties } = contact
  const late = properties.leadtime_overdue === 'true'
  return page(
    portal,
    nameOf(contact),
    html`
${contact.archivedAt !== null && html`<p class="flag">Deleted ${moment(portal, contact.archivedAt)}</p>`}
<div class="columns"><div>
<section class="${late ? 'late' : ''}" aria-label="Leadtime"><h2>Leadtime ${flag(portal, contact)}</h2>${leadtime(portal, contact)}</section>
<section><h2>About this contact</h2>${list(portal, contact, ABOUT)}
<p class="none">Record ID ${contact.id}, created ${moment(portal, contact.created)}, last modified ${moment(portal, contact.modified)}</p></section>
</div><div>
<section class="scroll" tabindex="0" aria-label="Lifecycle"><h2>Lifecycle</h2>${history(portal, contact, 'lifecyclestage')}</section>
<section class="scroll" tabindex="0" aria-label="Owner and lead status"><h2>Owner and lead status</h2>${history(portal, contact, 'hubspot_owner_id')}${history(portal, contact, 'hs_lead_status')}</section>
<section class="scroll" tabindex="0" aria-label="Deals"><h2>Deals</h2>${deals(portal, contact)}</section>
<section class="scroll" tabindex="0" aria-label="Activities"><h2>Activities</h2>${activities(portal, contact)}</section>
</div></div>`,
  )
}

/** A deal, briefly. */
export function dealPage(portal: Portal, deal: Rec): string {
  const names = ['dealstage', 'amount', 'hubspot_owner_id', 'closedate', 'closed_lost_reason']
  const contacts = portal.store.getAll(
    'contact',
    portal.store.associated('deal', deal.id, 'contact', 0, MOST),
  )
  return page(
    portal,
    deal.properties.dealname ?? `Deal ${deal.id}`,
    html`
<section><h2>About this deal</h2>${list(portal, deal, names)}</section>
<section class="scroll" tabindex="0" aria-label="Stages"><h2>Stages</h2>${history(portal, deal, 'dealstage')}</section>
<section><h2>Contacts</h2>${contacts.map(one => html`<p><a href="${recordPath('0-1', one.id)}">${nameOf(one)}</a></p>`)}</section>`,
  )
}

function leadtime(portal: Portal, contact: Rec): Html {
  const names = leadtimeProperties.map(({ name }) => name)
  if (names.some(name => contact.properties[name] !== undefined)) return list(portal, contact, names)
  return html`<p class="none">Nothing written yet.</p>`
}

function list(portal: Portal, rec: Rec, names: readonly string[]): Html {
  const type = rec.type === 'deal' ? 'deal' : 'contact'
  const rows = names.map(name => {
    const value = shown(portal, type, name, rec.properties[name])
    return value !== '' && html`<dt>${portal.definitions.get(type, name)?.label}</dt><dd>${value}</dd>`
  })
  return html`<dl>${rows}</dl>`
}

function history(portal: Portal, rec: Rec, name: string): Html {
  const type = rec.type === 'deal' ? 'deal' : 'contact'
  const versions = versionsOf(rec, name).toReversed()
  if (versions.length === 0)
    return html`<p class="none">No ${portal.definitions.get(type, name)?.label} yet.</p>`
  const rows = versions.map(
    ([value, at, source]) =>
      html`<tr><td>${moment(portal, at)}</td><td>${shown(portal, type, name, value) || '(cleared)'}</td><td>${source}</td></tr>`,
  )
  return html`<table><thead><tr><th>When</th><th>${portal.definitions.get(type, name)?.label}</th><th>Changed by</th></tr></thead><tbody>${rows}</tbody></table>`
}

function deals(portal: Portal, contact: Rec): Html {
  const found = portal.store.getAll('deal', portal.store.associated('contact', contact.id, 'deal', 0, MOST))
  if (found.length === 0) return html`<p class="none">No deals.</p>`
  const rows = found.map(deal => {
    const text = (name: string) => shown(portal, 'deal', name, deal.properties[name])
    return html`<tr><td><a href="${recordPath('0-3', deal.id)}">${deal.properties.dealname}</a></td><td>${text('dealstage')}</td><td>${text('amount')}</td><td>${text('hubspot_owner_id')}</td></tr>`
  })
  return html`<table><thead><tr><th>Deal</th><th>Stage</th><th>Amount</th><th>Owner</th></tr></thead><tbody>${rows}</tbody></table>`
}

function activities(portal: Portal, contact: Rec): Html {
  const of = (type: ObjectType) =>
    portal.store.getAll(type, portal.store.associated('contact', contact.id, type, 0, MOST))
  const found = (['call', 'email', 'meeting'] as const).flatMap(of)
  if (found.length === 0) return html`<p class="none">No activities logged in HubSpot.</p>`
  const at = ({ properties }: Rec) => properties.hs_timestamp ?? ''
  const rows = found.sort((a, b) => at(b).localeCompare(at(a))).map(one => activity(portal, one))
  return html`<table><thead><tr><th>When</th><th>Activity</th><th>Outcome</th><th>By</th></tr></thead><tbody>${rows}</tbody></table>`
}

const CALL_OUTCOME = new Map<string, string>(
  Object.entries(DISPOSITION).map(([name, id]) => [id, name.replaceAll('_', ' ')]),
)

function activity(portal: Portal, { type, properties }: Rec): Html {
  const title = properties.hs_call_title ?? properties.hs_email_subject ?? properties.hs_meeting_title
  const direction = /^IN/.test(properties[`hs_${type}_direction`] ?? '')
    ? ' in'
    : type === 'meeting'
      ? ''
      : ' out'
  const outcome =
    CALL_OUTCOME.get(properties.hs_call_disposition ?? '') ??
    properties.hs_email_status ??
    properties.hs_meeting_outcome
  return html`<tr><td>${moment(portal, properties.hs_timestamp)}</td><td>${infoOf(type).type}${direction}${title && html`: ${title}`}</td>
<td>${outcome?.toLowerCase()}</td><td>${shown(portal, 'contact', 'hubspot_owner_id', properties.hubspot_owner_id)}</td></tr>`
}
