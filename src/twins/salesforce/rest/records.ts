import type { FastifyInstance } from 'fastify'
import { notFound, RecordError, SalesforceError } from '../errors.ts'
import type { SObject } from '../schema/field.ts'
import { fieldNamed, objectNamed } from '../schema.ts'
import { type Row, toJson } from '../values.ts'
import { allowsDuplicates, baseOf, objectBody, type RestParts } from './parts.ts'

interface OneRecord {
  Params: { type: string; id: string }
  Querystring: { fields?: string }
}

/** Reading, creating, changing and deleting one record. */
export function recordRoutes(scope: FastifyInstance, parts: RestParts): void {
  const { access, database, records, now, given, taken } = parts
  scope.get<OneRecord>('/sobjects/:type/:id', { config: { kind: 'read' } }, request => {
    const object = objectAt(request.params.type)
    const row = records.find(object, request.params.id)
    if (!row) throw notFound()
    given(1)
    return printRow(access.view(object), row, request.query.fields?.split(',') ?? null, baseOf(request))
  })
  scope.post<OneRecord>('/sobjects/:type', (request, reply) => {
    const object = objectAt(request.params.type)
    const sent = objectBody(request.body)
    const id = one(() =>
      database.transaction(() => records.create(object, sent, now(), allowsDuplicates(request))),
    )
    taken(1)
    return reply.code(201).send({ id, success: true, errors: [] })
  })
  scope.patch<OneRecord>('/sobjects/:type/:id', (request, reply) => {
    const object = objectAt(request.params.type)
    const sent = objectBody(request.body)
    const allow = allowsDuplicates(request)
    one(() => database.transaction(() => records.update(object, request.params.id, sent, now(), allow)))
    taken(1)
    return reply.code(204).send()
  })
  scope.delete<OneRecord>('/sobjects/:type/:id', (request, reply) => {
    const object = objectAt(request.params.type)
    one(() => records.remove(object, request.params.id, now()))
    taken(1)
    return reply.code(204).send()
  })
}

/** The object in a path. @throws SalesforceError NOT_FOUND */
export function objectAt(name: string): SObject {
  const object = objectNamed(name)
  if (!object || object.tooling) throw notFound()
  return object
}

/** A record as the REST API prints it, whole or the named fields. @throws SalesforceError INVALID_FIELD */
export function printRow(object: SObject, row: Row, names: readonly string[] | null, base: string): object {
  const fields = names ? names.map(name => selected(object, name)) : object.fields
  const url = `${base}/sobjects/${object.name}/${row.Id}`
  const values = fields.map(field => [field.name, toJson(field, row[field.name])])
  return { attributes: { type: object.name, url }, ...Object.fromEntries(values) }
}

function selected(object: SObject, name: string) {
  const field = fieldNamed(object, name)
  if (field) return field
  throw new SalesforceError(400, 'INVALID_FIELD', `No such column '${name}' on entity '${object.name}'`)
}

/** Gives a record's refusal the form it has on a route for one record. */
function one<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw error instanceof RecordError ? ofOneRecord(error) : error
  }
}

function ofOneRecord({ statusCode, message, fields }: RecordError): SalesforceError {
  if (statusCode === 'INVALID_CROSS_REFERENCE_KEY') return notFound()
  return new SalesforceError(statusCode === 'ENTITY_IS_DELETED' ? 404 : 400, statusCode, message, fields)
}
