import type { Database } from './database.ts'
import { RecordError, SalesforceError } from './errors.ts'
import { longId } from './ids.ts'
import type { Sent } from './input.ts'
import type { Records } from './records.ts'
import type { SObject } from './schema/field.ts'
import { objectNamed, objectOfId } from './schema.ts'

/** The outcome of one record of a collection. */
export interface SaveResult {
  id?: string
  success: boolean
  errors: { statusCode: string; message: string; fields: readonly string[] }[]
}

const MAX_RECORDS = 200
const MAX_CHUNKS = 10

const ROLLED_BACK = {
  statusCode: 'ALL_OR_NONE_OPERATION_ROLLED_BACK',
  message: 'Record rolled back because not all records were valid and the request was using AllOrNone header',
  fields: [],
}

/** The records of a collection body. @throws SalesforceError when the body is not one */
function readCollection(body: unknown): { allOrNone: boolean; records: { object: SObject; sent: Sent }[] } {
  const { allOrNone, records } = (body ?? {}) as { allOrNone?: unknown; records?: unknown }
  if (!Array.isArray(records)) {
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'The request body has no list of records')
  }
  if (records.length > MAX_RECORDS) {
    const message = `The number of records in the request exceeds the limit of ${MAX_RECORDS}`
    throw new SalesforceError(400, 'EXCEEDED_MAX_SIZE_REQUEST', message)
  }
  const read = records.map(sent => ({ object: typeOf(sent), sent: sent as Sent }))
  const chunks = read.filter(({ object }, i) => i === 0 || object !== read[i - 1]!.object).length
  if (chunks > MAX_CHUNKS) {
    const message = `Too many chunks: ${chunks} of at most ${MAX_CHUNKS}; group the records by type`
    throw new SalesforceError(400, 'INVALID_INPUT', message)
  }
  return { allOrNone: allOrNone === true, records: read }
}

function typeOf(sent: unknown): SObject {
  const type = (sent as { attributes?: { type?: unknown } } | null)?.attributes?.type
  if (typeof type !== 'string') {
    throw new SalesforceError(400, 'INVALID_INPUT', 'Each record needs its type in attributes')
  }
  const object = objectNamed(type)
  if (!object || object.tooling)
    throw new SalesforceError(400, 'INVALID_TYPE', `sObject type '${type}' is not supported.`)
  return object
}

/** Updates each record by itself; results in order of the request. */
export function updateAll(
  database: Database,
  records: Records,
  body: unknown,
  now: number,
  allowDuplicates = false,
): SaveResult[] {
  const { allOrNone, records: read } = readCollection(body)
  const seen = new Set<string>()
  return all(
    database,
    allOrNone,
    read.map(({ object, sent }) => () => {
      const id = idOf(sent, seen)
      records.update(object, id, sent, now, allowDuplicates)
      return id
    }),
    read.map(({ sent }) => longId(String(sent.id ?? sent.Id ?? ''))),
  )
}

/** Creates each record by itself. */
export function createAll(
  database: Database,
  records: Records,
  body: unknown,
  now: number,
  allowDuplicates = false,
): SaveResult[] {
  const { allOrNone, records: read } = readCollection(body)
  const works = read.map(
    ({ object, sent }) =>
      () =>
        records.create(object, sent, now, allowDuplicates),
  )
  return all(database, allOrNone, works, [])
}

/** Deletes each record by itself; their objects are told by the ids. */
export function deleteAll(
  database: Database,
  records: Records,
  ids: readonly string[],
  allOrNone: boolean,
  now: number,
): SaveResult[] {
  const works = ids.map(id => () => {
    const object = longId(id) ? objectOfId(id) : undefined
    if (!object) throw new RecordError('MALFORMED_ID', `malformed id ${id}`, ['Id'])
    records.remove(object, id, now)
    return id
  })
  return all(database, allOrNone, works, ids)
}

function idOf(sent: Sent, seen: Set<string>): string {
  const given = sent.id ?? sent.Id
  if (given === undefined || given === null || given === '') {
    throw new RecordError('MISSING_ARGUMENT', 'Id not specified in an update call')
  }
  const id = longId(String(given))
  if (!id) throw new RecordError('MALFORMED_ID', `malformed id ${String(given)}`, ['Id'])
  if (seen.has(id)) throw new RecordError('DUPLICATE_VALUE', 'duplicate id in list')
  seen.add(id)
  return id
}

/** Runs each record's work; with allOrNone one failure undoes them all. */
function all(
  database: Database,
  allOrNone: boolean,
  works: readonly (() => string)[],
  ids: readonly (string | null)[],
): SaveResult[] {
  let results: SaveResult[] = []
  try {
    database.transaction(() => {
      results = works.map((work, i) => attempt(work, ids[i] ?? null))
      if (allOrNone && results.some(result => !result.success)) throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error
    return results.map(result => (result.success ? { success: false, errors: [ROLLED_BACK] } : result))
  }
  return results
}

class RolledBack extends Error {}

function attempt(work: () => string, id: string | null): SaveResult {
  try {
    return { id: work(), success: true, errors: [] }
  } catch (error) {
    if (!(error instanceof RecordError)) throw error
    const { statusCode, message, fields } = error
    return { ...(id ? { id } : {}), success: false, errors: [{ statusCode, message, fields }] }
  }
}
