import { type Html, html } from '../../http/html.ts'
import type { Database } from '../database.ts'
import { event, task } from '../schema/activities.ts'
import type { Field, SObject } from '../schema/field.ts'
import { leadtimeFields } from '../schema/leadtime.ts'
import { contact, lead } from '../schema/people.ts'
import { leadHistory, opportunity, opportunityContactRole } from '../schema/sales.ts'
import type { Row, Value } from '../values.ts'
import { definitions } from './layout.ts'
import { flag, type Words } from './list.ts'

const SHOWN = 200

/** The page of a lead or contact: its fields, what Leadtime says, what happened. */
export function recordBody(database: Database, object: SObject, row: Row, words: Words): Html {
  const id = String(row.Id)
  const history = object === lead ? database.where(leadHistory, 'LeadId', id) : []
  return html`<h1>${row.Name} ${flag(row)}${row.IsDeleted === 1 && html` <span class="calm">(in the recycle bin)</span>`}</h1>
<section class="card" aria-label="Leadtime"><h2>Leadtime</h2>${definitions(leadtimeEntries(row, words))}</section>
<section class="card" aria-label="Details"><h2>${object.name}</h2>${definitions(detailEntries(object, row, words))}</section>
<div class="two">
<section class="card" aria-label="Activity"><h2>Activity</h2>${timeline(database, id, words)}</section>
<div>${object === contact && deals(database, id, words)}${object === lead && historyCard(history, words)}</div>
</div>`
}

function leadtimeEntries(row: Row, words: Words): [string, Html | string | null][] {
  return leadtimeFields.map(field => [field.label.replace(/^Leadtime /, ''), shown(field, row, words)])
}

function shown(field: Field, row: Row, words: Words): Html | string | null {
  const value = row[field.name] ?? null
  if (field.name === 'Leadtime_Overdue__c') return flag(row) || 'No'
  if (field.type === 'boolean') return value === 1 ? 'Yes' : 'No'
  if (field.type === 'datetime') return words.when(value)
  return value === null ? null : String(value)
}

const LEAD_DETAILS = [
  'Company',
  'Title',
  'Email',
  'Country',
  'LeadSource',
  'Status',
  'Rating',
  'Segment__c',
  'Score__c',
  'Interests__c',
  'Rejection_Reason__c',
  'Rejection_Note__c',
]
const CONTACT_DETAILS = ['Title', 'Email', 'MailingCountry', 'LeadSource']

function detailEntries(object: SObject, row: Row, words: Words): [string, Html | string | null][] {
  const names = object === lead ? LEAD_DETAILS : CONTACT_DETAILS
  const fields = names.map((name): [string, string | null] => {
    const field = object.byName.get(name.toLowerCase())!
    return [field.label, row[name] === null ? null : String(row[name])]
  })
  return [
    ...fields,
    ...(object === contact ? [['Account', words.account(row.AccountId)] as [string, string]] : []),
    ['Owner', words.owner(row.OwnerId)],
    ['Created', words.when(row.CreatedDate)],
    ['Last modified', words.when(row.LastModifiedDate)],
    ...(row.IsConverted === 1
      ? [['Converted to', contactLink(row.ConvertedContactId)] as [string, Html]]
      : []),
  ]
}

function contactLink(id: Value | undefined): Html {
  return html`<a href="/lightning/r/Contact/${id}/view">Contact</a>`
}

function timeline(database: Database, id: string, words: Words): Html {
  const tasks = database.where(task, 'WhoId', id).map(row => ({
    at: row.CompletedDateTime ?? row.CreatedDate,
    row,
    words: [row.TaskSubtype, row.CallType, row.CallDisposition],
  }))
  const meetings = database
    .where(event, 'WhoId', id)
    .map(row => ({ at: row.StartDateTime, row, words: ['Meeting', row.Outcome__c] }))
  const all = [...tasks, ...meetings].filter(one => one.row.IsDeleted !== 1)
  all.sort((a, b) => Number(b.at) - Number(a.at))
  if (all.length === 0) return html`<p class="calm">No activity yet.</p>`
  const item = (one: (typeof all)[number]) => html`<li><strong>${one.row.Subject}</strong><br>
<span class="calm">${words.when(one.at)} · ${words.owner(one.row.OwnerId)} · ${one.words.filter(Boolean).join(', ')}</span></li>`
  return html`<ol>${all.slice(0, SHOWN).map(item)}</ol>`
}

function historyCard(history: readonly Row[], words: Words): Html {
  // An owner's change has a second row with the ids, which says nothing to a reader.
  const rows = history.filter(row => row.Field !== 'Owner' || !/^00[5G]\w{15}$/.test(String(row.NewValue)))
  const item = (
    row: Row,
  ) => html`<li><strong>${row.Field === 'leadConverted' ? 'Converted' : row.Field}</strong>
${row.NewValue !== null && html`${row.OldValue} → ${row.NewValue}`}<br>
<span class="calm">${words.when(row.CreatedDate)} · ${words.owner(row.CreatedById)}</span></li>`
  const items = rows.toReversed().slice(0, SHOWN).map(item)
  return html`<section class="card" aria-label="History"><h2>History</h2>
${items.length ? html`<ol>${items}</ol>` : html`<p class="calm">No changes yet.</p>`}</section>`
}

function deals(database: Database, id: string, words: Words): Html {
  const roles = database.where(opportunityContactRole, 'ContactId', id)
  const rows = roles
    .map(role => database.get(opportunity, String(role.OpportunityId)))
    .filter(row => row !== undefined)
  const item = (row: Row) => html`<li><strong>${row.Name}</strong><br>
<span class="calm">${row.StageName} · ${row.Amount === null ? 'no amount' : String(row.Amount)} · ${words.owner(row.OwnerId)}</span></li>`
  return html`<section class="card" aria-label="Opportunities"><h2>Opportunities</h2>
${rows.length ? html`<ol>${rows.map(item)}</ol>` : html`<p class="calm">None.</p>`}</section>`
}
