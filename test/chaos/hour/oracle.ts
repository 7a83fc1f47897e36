import type { DatabaseSync } from 'node:sqlite'
import type { Queryable } from '../../../src/store/db.ts'
import { sql } from '../../../src/store/sql.ts'
import type { World } from './world.ts'

/** What is alive, by name: the values that matter, in a fixed order. */
type Held = Map<string, unknown[]>

/** Read from the twins' own files, past their APIs and past our adapters. */
export function inTheTwins({ files }: World): Held {
  const held: Held = new Map()
  for (const [object, table, columns] of SALESFORCE) {
    const where =
      table === 'Group' ? `WHERE "Type" = 'Queue'` : table === 'User' ? '' : 'WHERE "IsDeleted" = 0'
    for (const row of rowsOf(files.salesforce, `SELECT * FROM "${table}" ${where}`))
      held.set(
        `salesforce:${object}:${String(row.Id)}`,
        columns.map(column => plain(row[column])),
      )
  }
  for (const [object, names] of Object.entries(HUBSPOT)) {
    for (const row of rowsOf(files.hubspot, `SELECT * FROM ${object} WHERE archived_at IS NULL`)) {
      const properties = JSON.parse(String(row.properties)) as Record<string, string>
      const values = names.map(name => plain(properties[name]))
      held.set(`hubspot:${object}:${String(row.id)}`, [
        ...values,
        ...contactsOf(files.hubspot, object, row.id),
      ])
    }
  }
  return held
}

const SALESFORCE: readonly [object: string, table: string, columns: readonly string[]][] = [
  ['user', 'User', ['Name', 'IsActive']],
  ['queue', 'Group', ['Name']],
  ['campaign', 'Campaign', ['Name']],
  ['lead', 'Lead', ['Email', 'Company', 'Status', 'OwnerId', 'IsConverted', 'ConvertedContactId']],
  ['contact', 'Contact', ['Email', 'OwnerId']],
  ['history', 'LeadHistory', ['LeadId', 'Field']],
  ['campaign_member', 'CampaignMember', ['LeadId', 'ContactId']],
  ['deal', 'Opportunity', ['StageName', 'OwnerId', 'IsWon']],
  ['deal_history', 'OpportunityHistory', ['OpportunityId', 'StageName']],
  ['deal_role', 'OpportunityContactRole', ['OpportunityId', 'ContactId']],
  ['task', 'Task', ['WhoId', 'OwnerId', 'CallDisposition', 'IsClosed']],
  ['event', 'Event', ['WhoId', 'OwnerId']],
  ['email', 'EmailMessage', []],
]

const HUBSPOT: Record<string, readonly string[]> = {
  contact: ['email', 'company', 'lifecyclestage', 'hs_lead_status', 'hubspot_owner_id'],
  deal: ['dealstage', 'hubspot_owner_id'],
  call: ['hs_call_disposition', 'hubspot_owner_id'],
  email: ['hs_email_status', 'hubspot_owner_id'],
  meeting: ['hubspot_owner_id'],
}

function contactsOf(file: DatabaseSync, object: string, id: unknown): unknown[] {
  if (object === 'contact') return []
  const found = file
    .prepare(`SELECT to_id FROM association WHERE from_type = ? AND from_id = ? AND to_type = 'contact'`)
    .all(object, id as number)
  return [found.map(({ to_id }) => String(to_id)).sort()]
}

const rowsOf = (file: DatabaseSync, text: string) => file.prepare(text).all() as Record<string, unknown>[]

const plain = (value: unknown): unknown => (value === undefined || value === '' ? null : value)

/** The same of the mirror: fields by the names the mirror gives them. */
export async function inTheMirror(db: Queryable): Promise<Held> {
  const { rows } = await db.query<{ ref: string; fields: Record<string, unknown> }>(sql`
    select ref, fields from record where deleted_at is null and ref not like 'hubspot:user:%'`)
  return new Map(
    rows.map(({ ref, fields }) => {
      const [vendor, object] = ref.split(':') as [string, string]
      const names = MIRROR[`${vendor}:${object}`] ?? []
      return [ref, names.map(name => same(fields[name]))]
    }),
  )
}

const MIRROR: Record<string, readonly string[]> = {
  'salesforce:user': ['name', 'active'],
  'salesforce:queue': ['name'],
  'salesforce:campaign': ['name'],
  'salesforce:lead': ['email', 'company', 'status', 'owner', 'converted', 'contact'],
  'salesforce:contact': ['email', 'owner'],
  'salesforce:history': ['lead', 'field'],
  'salesforce:campaign_member': ['lead', 'contact'],
  'salesforce:deal': ['stage', 'owner', 'won'],
  'salesforce:deal_history': ['deal', 'stage'],
  'salesforce:deal_role': ['deal', 'member'],
  'salesforce:task': ['who', 'owner', 'disposition', 'closed'],
  'salesforce:event': ['who', 'owner'],
  'hubspot:contact': ['email', 'company', 'lifecycle', 'leadStatus', 'owner'],
  'hubspot:deal': ['stage', 'owner', 'contacts'],
  'hubspot:call': ['disposition', 'owner', 'contacts'],
  'hubspot:email': ['status', 'owner', 'contacts'],
  'hubspot:meeting': ['owner', 'contacts'],
}

/** A reference as the bare id it names, a checkbox as SQLite keeps it. */
function same(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'string' && /^(salesforce|hubspot):\w+:/.test(value)) return value.split(':')[2]
  return plain(value)
}

/**
 * With the contacts that activities and deals name as those they were merged into: a merge hands them on without moving
 * a stamp, and until they are compared both names mean the same person.
 */
export function followed(mirror: Held, { files }: World): Held {
  const aliases = rowsOf(files.hubspot, `SELECT old, id FROM alias WHERE type = 'contact'`)
  const into = new Map(aliases.map(({ old, id }) => [String(old), String(id)]))
  const follow = (value: unknown) =>
    Array.isArray(value) ? [...new Set(value.map(id => into.get(id) ?? id))].sort() : value
  return new Map([...mirror].map(([name, values]) => [name, values.map(follow)]))
}

/** What differs, by name: `[in the twin, in the mirror]`. */
export function differences(twins: Held, mirror: Held): Record<string, [unknown, unknown]> {
  const names = new Set([...twins.keys(), ...mirror.keys()])
  return Object.fromEntries(
    [...names].flatMap(name => {
      const pair: [unknown, unknown] = [twins.get(name), mirror.get(name)]
      return JSON.stringify(pair[0]) === JSON.stringify(pair[1]) ? [] : [[name, pair]]
    }),
  )
}
