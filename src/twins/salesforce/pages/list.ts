import { type Html, html } from '../../http/html.ts'
import type { Database } from '../database.ts'
import { quoted } from '../database.ts'
import type { SObject } from '../schema/field.ts'
import type { Row } from '../values.ts'

export const PAGE_SIZE = 50

export interface ListQuery {
  object: SObject
  overdue: boolean
  /** From 1. */
  page: number
}

export interface Listing extends ListQuery {
  rows: Row[]
  more: boolean
}

/** One page of leads or contacts: the overdue ones by due date, or all, newest first. */
export function readList(database: Database, query: ListQuery): Listing {
  const { object, overdue, page } = query
  const open = object.name === 'Lead' ? ' AND IsConverted = 0' : ''
  const which = overdue ? 'Leadtime_Overdue__c = 1' : '1'
  const order = overdue ? 'Leadtime_Due__c, Id' : 'CreatedDate DESC, Id DESC'
  const text = `SELECT * FROM ${quoted(object.name)} WHERE ${which} AND IsDeleted = 0${open}
    ORDER BY ${order} LIMIT ? OFFSET ?`
  const rows = database.prepare(text).all(PAGE_SIZE + 1, (page - 1) * PAGE_SIZE) as Row[]
  return { ...query, rows: rows.slice(0, PAGE_SIZE), more: rows.length > PAGE_SIZE }
}

export interface Words {
  when: (at: unknown) => string
  owner: (id: unknown) => string
  account: (id: unknown) => string
}

/** The list view of leads or contacts as a rep has it open. */
export function listBody(listing: Listing, words: Words): Html {
  const { object, overdue, rows } = listing
  const path = `/lightning/o/${object.name}/list`
  const tab = (name: string, query: string, current: boolean) =>
    current
      ? html`<a href="${path}${query}" aria-current="page">${name}</a>`
      : html`<a href="${path}${query}">${name}</a>`
  const lead = object.name === 'Lead'
  return html`<h1>${object.name}s</h1>
<nav class="tabs" aria-label="List views">${tab(lead ? 'All open' : 'All', '', !overdue)}${tab('Overdue', '?filter=overdue', overdue)}</nav>
<table>
<thead><tr><th>Name</th><th>${lead ? 'Company' : 'Account'}</th>${lead && html`<th>Status</th>`}<th>Owner</th><th>Overdue</th><th>Due</th><th>Reason</th></tr></thead>
<tbody>${rows.map(row => listRow(object, row, words))}</tbody>
</table>
${rows.length === 0 && html`<p class="calm">Nothing here.</p>`}
${pager(path, listing)}`
}

function listRow(object: SObject, row: Row, words: Words): Html {
  const lead = object.name === 'Lead'
  return html`<tr>
<td><a href="/lightning/r/${object.name}/${row.Id}/view">${row.Name}</a></td>
<td data-name="${lead ? 'Company' : 'Account'}">${lead ? row.Company : words.account(row.AccountId)}</td>
${lead && html`<td data-name="Status">${row.Status}</td>`}
<td data-name="Owner">${words.owner(row.OwnerId)}</td>
<td>${flag(row)}</td>
<td data-name="Due">${words.when(row.Leadtime_Due__c)}</td>
<td data-name="Reason">${row.Leadtime_Reason__c}</td>
</tr>`
}

/** The red flag of an overdue record. */
export function flag(row: Row): Html | false {
  return row.Leadtime_Overdue__c === 1 && html`<span class="flag">Overdue</span>`
}

function pager(path: string, { overdue, page, more }: Listing): Html {
  const to = (number: number) => `${path}?${overdue ? 'filter=overdue&' : ''}page=${number}`
  return html`<nav class="tabs" aria-label="Pages">${page > 1 && html`<a href="${to(page - 1)}">Previous</a>`}${
    more && html`<a href="${to(page + 1)}">Next</a>`
  }</nav>`
}
