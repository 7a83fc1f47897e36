import type { FastifyInstance } from 'fastify'
import { createAll, deleteAll, updateAll } from '../collections.ts'
import { SalesforceError } from '../errors.ts'
import { allowsDuplicates, baseOf, objectBody, type RestParts } from './parts.ts'
import { objectAt, printRow } from './records.ts'

const MAX_RETRIEVED = 2000
const READ = { config: { kind: 'read' } } as const

interface Retrieve {
  Params: { type: string }
  Querystring: { ids?: string; fields?: string }
}

/** The sObject Collections: up to 200 records a call, one result for each in the order of the request. */
export function collectionRoutes(scope: FastifyInstance, parts: RestParts): void {
  const { database, records, now, taken } = parts
  scope.patch('/composite/sobjects', request => {
    const results = updateAll(database, records, request.body, now(), allowsDuplicates(request))
    taken(results.length)
    return results
  })
  scope.post('/composite/sobjects', request => {
    const results = createAll(database, records, request.body, now(), allowsDuplicates(request))
    taken(results.length)
    return results
  })
  scope.delete<{ Querystring: { ids?: string; allOrNone?: string } }>('/composite/sobjects', request => {
    const ids = listed(request.query.ids)
    const results = deleteAll(database, records, ids, request.query.allOrNone === 'true', now())
    taken(results.length)
    return results
  })
  scope.get<Retrieve>('/composite/sobjects/:type', READ, request => {
    const { ids, fields } = request.query
    return retrieve(parts, request.params.type, listed(ids), listed(fields), baseOf(request))
  })
  scope.post<Retrieve>('/composite/sobjects/:type', READ, request => {
    const { ids, fields } = objectBody(request.body)
    return retrieve(parts, request.params.type, strings(ids), strings(fields), baseOf(request))
  })
}

/** The records of these ids in their order, null where there is none. */
function retrieve(parts: RestParts, type: string, ids: string[], fields: string[], base: string) {
  const object = objectAt(type)
  if (ids.length > MAX_RETRIEVED) {
    const message = `The number of records in the request exceeds the limit of ${MAX_RETRIEVED}`
    throw new SalesforceError(400, 'EXCEEDED_MAX_SIZE_REQUEST', message)
  }
  const names = ['Id', ...fields.filter(name => !/^id$/i.test(name))]
  const rows = ids.map(id => parts.records.find(object, id))
  parts.given(rows.length)
  return rows.map(row => (row ? printRow(parts.access.view(object), row, names, base) : null))
}

function listed(text = ''): string[] {
  return text.split(',').filter(Boolean)
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : []
}
