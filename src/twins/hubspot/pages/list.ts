import { type Html, html } from '../../http/html.ts'
import type { Portal } from '../portal.ts'
import type { Rec } from '../record.ts'
import { LIST_PATH, moment, page, recordPath, shown } from './layout.ts'

const PAGE = 50
const OVERDUE = `json_extract(properties, '$.leadtime_overdue') = 'true'`

/** What the list shows: all or the overdue, those with a word in name, e-mail or company, and where to go on. */
export interface ListQuery {
  overdue: boolean
  search: string
  before: { modified: number; id: number } | undefined
}

/** The contacts, the last changed first. */
export function listPage(portal: Portal, query: ListQuery): string {
  const { condition, values } = conditionOf(query)
  const order = 'ORDER BY modified DESC, id DESC LIMIT ?'
  const contacts = portal.store.select('contact', `${condition} ${order}`, [...values, PAGE + 1])
  const shownNow = contacts.slice(0, PAGE)
  const last = contacts.length > PAGE ? shownNow.at(-1) : undefined
  return page(
    portal,
    query.overdue ? 'Contacts with overdue follow-up' : 'Contacts',
    html`
${controls(query)}
<section class="scroll" tabindex="0" aria-label="Contacts"><table>
<thead><tr><th>Name</th><th>Leadtime</th><th>Lifecycle stage</th><th>Owner</th>
<th>Lead status</th><th>Email</th><th>Last modified</th></tr></thead>
<tbody>${shownNow.map(contact => row(portal, contact))}</tbody></table>
${shownNow.length === 0 && html`<p class="none">No contacts.</p>`}</section>
${last && html`<nav><a href="${next(query, last)}">Older</a></nav>`}`,
  )
}

function conditionOf({ overdue, search, before }: ListQuery) {
  const conditions = ['archived_at IS NULL']
  const values: (string | number)[] = []
  if (overdue) conditions.push(OVERDUE)
  if (search !== '') {
    conditions.push('instr(lower(properties), ?) > 0')
    values.push(search.toLowerCase())
  }
  if (before) {
    conditions.push('(modified, id) < (?, ?)')
    values.push(before.modified, before.id)
  }
  return { condition: conditions.join(' AND '), values }
}

function controls({ overdue, search }: ListQuery): Html {
  return html`<nav><a href="${LIST_PATH}">All contacts</a><a href="${LIST_PATH}?overdue=true">Overdue</a>
<form method="get" action="${LIST_PATH}">${overdue && html`<input type="hidden" name="overdue" value="true">`}
<input name="search" aria-label="Search contacts" placeholder="Search" value="${search}"><button>Search</button></form></nav>`
}

function next({ overdue, search }: ListQuery, last: Rec): string {
  const params = new URLSearchParams({ before: `${last.modified}-${last.id}` })
  if (overdue) params.set('overdue', 'true')
  if (search !== '') params.set('search', search)
  return `${LIST_PATH}?${params}`
}

export const nameOf = ({ id, properties }: Rec): string =>
  [properties.firstname, properties.lastname].filter(Boolean).join(' ') || properties.email || `Contact ${id}`

function row(portal: Portal, contact: Rec): Html {
  const { properties } = contact
  const text = (name: string) => shown(portal, 'contact', name, properties[name])
  return html`<tr><td><a href="${recordPath('0-1', contact.id)}">${nameOf(contact)}</a></td>
<td>${flag(portal, contact)}</td><td>${text('lifecyclestage')}</td><td>${text('hubspot_owner_id') || 'No owner'}</td>
<td>${text('hs_lead_status')}</td><td>${properties.email}</td><td>${moment(portal, contact.modified)}</td></tr>`
}

/** Red when overdue, otherwise the state in words; nothing before Leadtime has written. */
export function flag(portal: Portal, { properties }: Rec): Html {
  if (properties.leadtime_overdue === 'true') return html`<span class="flag overdue">Overdue</span>`
  const status = shown(portal, 'contact', 'leadtime_status', properties.leadtime_status)
  return status === '' ? html`` : html`<span class="flag">${status}</span>`
}
