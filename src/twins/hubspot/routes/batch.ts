import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { HubspotError, invalid, partError } from '../errors.ts'
import { infoOf, type ObjectType } from '../objects.ts'
import type { Portal } from '../portal.ts'
import { bodyOf, flagOf, inputsOf, queryOf, typeOf } from '../query.ts'
import type { Rec } from '../record.ts'
import { viewOf } from '../view.ts'
import { archive, byValue, create, find, refuseIncomplete, type UpdateInput, updateAll } from '../write.ts'
import { envelope } from './envelope.ts'
import { families } from './families.ts'

const MAX = 100
const MAX_WITH_HISTORY = 50

interface ReadBody {
  idProperty?: string
  properties?: string[]
  propertiesWithHistory?: string[]
}

/** Batches of every object type: read, update, create, archive. */
export function batchRoutes(app: FastifyInstance, portal: Portal): void {
  for (const prefix of families('crm/objects', 'v3')) {
    app.post(`${prefix}/:type/batch/read`, (request, reply) => read(portal, request, reply))
    app.post(`${prefix}/:type/batch/update`, (request, reply) => update(portal, request, reply))
    app.post(`${prefix}/:type/batch/create`, (request, reply) => createAll(portal, request, reply, prefix))
    app.post(`${prefix}/:type/batch/archive`, (request, reply) => {
      const { type } = typeOf(request)
      const inputs = inputsOf<{ id?: unknown }>(request, MAX)
      const live = inputs.map(({ id }) => String(id)).filter(id => find(portal, type, id))
      portal.store.transaction(() => {
        for (const id of new Set(live)) archive(portal, type, id)
      })
      portal.parts.counters.records('write', live.length)
      return reply.code(204).send()
    })
  }
}

function read(portal: Portal, request: FastifyRequest, reply: FastifyReply) {
  const { type } = typeOf(request)
  const { idProperty, properties = [], propertiesWithHistory: withHistory = [] } = bodyOf<ReadBody>(request)
  const inputs = inputsOf<{ id?: unknown }>(request, MAX)
  if (withHistory.length > 0 && inputs.length > MAX_WITH_HISTORY) throw tooManyHistories()
  const { historyVersions: versions } = portal.settings
  const archived = flagOf(queryOf(request), 'archived')
  const records: Rec[] = []
  const missing: string[] = []
  for (const id of new Set(inputs.map(({ id }) => String(id ?? '')))) {
    const rec = recordOf(portal, type, id, idProperty)
    if (rec && (rec.archivedAt !== null) === archived) records.push(rec)
    else missing.push(id)
  }
  portal.parts.counters.records('read', records.length)
  // HubSpot does not keep the order of the inputs.
  records.sort((a, b) => a.id - b.id)
  const results = records.map(rec => viewOf(portal.definitions, rec, { properties, withHistory, versions }))
  return envelope(portal, reply, 200, results, missed(type, missing))
}

function recordOf(portal: Portal, type: ObjectType, id: string, idProperty?: string): Rec | undefined {
  if (idProperty !== undefined && idProperty !== 'hs_object_id') return byValue(portal, type, id, idProperty)
  return /^\d{1,15}$/.test(id) ? portal.store.get(type, Number(id)) : undefined
}

function tooManyHistories() {
  return invalid(
    `The maximum number of inputs supported in a batch request for property histories is ${MAX_WITH_HISTORY}. Please reduce the number of items and try again`,
  )
}

function update(portal: Portal, request: FastifyRequest, reply: FastifyReply) {
  const { type } = typeOf(request)
  const inputs = inputsOf<UpdateInput>(request, MAX)
  const { records, missing } = updateAll(portal, type, inputs)
  portal.parts.counters.records('write', records.length)
  const properties = [...new Set(inputs.flatMap(input => Object.keys(input.properties ?? {})))]
  const results = records.map(rec => viewOf(portal.definitions, rec, { properties }))
  return envelope(portal, reply, 200, results, missed(type, missing))
}

interface CreateInput {
  properties?: Record<string, unknown>
  objectWriteTraceId?: string
}

/** All or nothing, unless every input has a trace id: then each has a fate of its own, told by it. */
function createAll(portal: Portal, request: FastifyRequest, reply: FastifyReply, prefix: string) {
  const { type } = typeOf(request)
  const inputs = inputsOf<CreateInput>(request, MAX)
  const make = ({ properties = {} }: CreateInput) => {
    refuseIncomplete(portal, type, properties, prefix)
    return create(portal, type, properties)
  }
  const apart = inputs.length > 0 && inputs.every(({ objectWriteTraceId }) => objectWriteTraceId)
  const made = portal.store.transaction(() => (apart ? inputs.map(attempt(make)) : inputs.map(make)))
  const records = made.filter(one => 'properties' in one)
  portal.parts.counters.records('write', records.length)
  const results = records.map(rec =>
    viewOf(portal.definitions, rec, { properties: Object.keys(rec.properties) }),
  )
  return envelope(
    portal,
    reply,
    201,
    results,
    made.filter(one => !('properties' in one)),
  )
}

const attempt = (make: (input: CreateInput) => Rec) => (input: CreateInput) => {
  try {
    return make(input)
  } catch (error) {
    if (!(error instanceof HubspotError)) throw error
    return partError(error, { objectWriteTraceId: [input.objectWriteTraceId] })
  }
}

/** What a batch says of ids that led to no record. */
function missed(type: ObjectType, ids: readonly string[]) {
  if (ids.length === 0) return []
  const kind = infoOf(type).type.toUpperCase()
  const message = `Could not get some ${kind} objects, they may be deleted or not exist. Check that ids are valid.`
  return [partError({ category: 'OBJECT_NOT_FOUND', message, extra: {} }, { ids })]
}
