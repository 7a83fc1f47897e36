import type { PersonRecords } from '../http/parts.ts'
import type { Database } from './database.ts'

/** The scenario's people in order of key, each with the leads, contacts and opportunities they are here. */
export function people(database: Database, after: string, limit: number): PersonRecords[] {
  const keys = database.prepare('SELECT person FROM person WHERE person > ? ORDER BY person LIMIT ?')
  const records = database.prepare(
    'SELECT object, id FROM person_record WHERE person = ? ORDER BY object, id',
  )
  return keys.all(after, limit).map(row => {
    const person = String(row.person)
    const own = records.all(person).map(({ object, id }) => ({ object: String(object), id: String(id) }))
    return { person, records: own }
  })
}
