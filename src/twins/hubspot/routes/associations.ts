import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { invalid, notFound, partError } from '../errors.ts'
import { associationTypeId, type ObjectInfo } from '../objects.ts'
import type { Portal } from '../portal.ts'
import { afterOf, idOf, inputsOf, limitOf, paramsOf, queryOf, typeOf } from '../query.ts'
import type { Rec } from '../record.ts'
import { envelope } from './envelope.ts'
import { families } from './families.ts'

const MAX_INPUTS = 1000
const MAX_WRITES = 2000
const PAGE = 500

interface Pair {
  from: ObjectInfo
  to: ObjectInfo
  typeId: number
}

interface ReadInput {
  id?: unknown
  after?: string
}

/** Associations v4: many at once, of one record, their labels; made and taken away. */
export function associationRoutes(app: FastifyInstance, portal: Portal): void {
  for (const prefix of families('crm/associations', 'v4')) {
    app.post(`${prefix}/:from/:to/batch/read`, (request, reply) => readBatch(portal, request, reply))
    app.post(`${prefix}/:from/:to/batch/create`, (request, reply) => writeBatch(portal, request, reply, 201))
    app.post(`${prefix}/:from/:to/batch/associate/default`, (request, reply) =>
      writeBatch(portal, request, reply, 200),
    )
    app.post(`${prefix}/:from/:to/batch/archive`, (request, reply) => archiveBatch(portal, request, reply))
    app.get(`${prefix}/:from/:to/labels`, request => {
      const { typeId } = pairOf(request)
      return { results: [{ category: 'HUBSPOT_DEFINED', typeId, label: null }] }
    })
  }
  for (const prefix of families('crm/objects', 'v4')) {
    app.get(`${prefix}/:from/:id/associations/:to`, request => readOne(portal, request))
    app.put(`${prefix}/:from/:id/associations/:to/:toId`, (request, reply) => {
      const [from, to] = endsOf(portal, request)
      portal.store.associate(from, to)
      const { fromType, toType } = { fromType: typeOf(request, 'from'), toType: typeOf(request, 'to') }
      return reply.code(201).send({
        ...{ fromObjectTypeId: fromType.typeId, fromObjectId: from.id },
        ...{ toObjectTypeId: toType.typeId, toObjectId: to.id, labels: [] },
      })
    })
    app.delete(`${prefix}/:from/:id/associations/:to/:toId`, (request, reply) => {
      portal.store.dissociate(...endsOf(portal, request))
      return reply.code(204).send()
    })
  }
}

/** @throws HubspotError 400 for types that do not associate */
function pairOf(request: FastifyRequest): Pair {
  const [from, to] = [typeOf(request, 'from'), typeOf(request, 'to')]
  const typeId = associationTypeId(from.type, to.type)
  if (typeId === undefined)
    throw invalid(`No association types exist between ${from.plural} and ${to.plural}`)
  return { from, to, typeId }
}

/** The two records a path names. @throws HubspotError 404 for one that is not there */
function endsOf(portal: Portal, request: FastifyRequest): [Rec, Rec] {
  const { from, to } = pairOf(request)
  const { id = '', toId = '' } = paramsOf(request)
  return [liveRecord(portal, from, id), liveRecord(portal, to, toId)]
}

function liveRecord({ store }: Portal, { type }: ObjectInfo, id: string): Rec {
  const rec = store.get(type, idOf(id))
  if (rec?.archivedAt !== null) throw notFound()
  return rec
}

interface WriteInput {
  from?: { id?: unknown }
  to?: { id?: unknown }
}

/** An association moves no stamp of either record. */
function writeBatch(portal: Portal, request: FastifyRequest, reply: FastifyReply, status: number) {
  const { from, to, typeId } = pairOf(request)
  const inputs = inputsOf<WriteInput>(request, MAX_WRITES)
  const results = portal.store.transaction(() =>
    inputs.map(input => {
      const ends = [
        liveRecord(portal, from, String(input.from?.id ?? '')),
        liveRecord(portal, to, String(input.to?.id ?? '')),
      ] as const
      portal.store.associate(...ends)
      return {
        ...{ from: { id: String(ends[0].id) }, to: { id: String(ends[1].id) } },
        associationSpec: { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: typeId },
      }
    }),
  )
  portal.parts.counters.records('write', results.length)
  return envelope(portal, reply, status, results, [])
}

function archiveBatch(portal: Portal, request: FastifyRequest, reply: FastifyReply) {
  const { from, to } = pairOf(request)
  const inputs = inputsOf<{ from?: { id?: unknown }; to?: { id?: unknown }[] }>(request, MAX_WRITES)
  const end = (info: ObjectInfo, id: unknown) => ({ type: info.type, id: idOf(String(id ?? '')) })
  portal.store.transaction(() => {
    for (const input of inputs) {
      for (const other of input.to ?? [])
        portal.store.dissociate(end(from, input.from?.id), end(to, other.id))
    }
  })
  return reply.code(204).send()
}

/** A page of associated records, from id `start` on. */
function targets(portal: Portal, { from, to, typeId }: Pair, id: number, start: number, limit: number) {
  const ids = portal.store.associated(from.type, id, to.type, start - 1, limit + 1)
  const next = ids[limit]
  const associationTypes = [{ category: 'HUBSPOT_DEFINED', typeId, label: null }]
  return {
    to: ids.slice(0, limit).map(toObjectId => ({ toObjectId, associationTypes })),
    ...(next !== undefined && { paging: { next: { after: String(next) } } }),
  }
}

/** Ids without any association are absent from the results and named in the errors. */
function readBatch(portal: Portal, request: FastifyRequest, reply: FastifyReply) {
  const pair = pairOf(request)
  const inputs = inputsOf<ReadInput>(request, MAX_INPUTS)
  const results: unknown[] = []
  const errors: unknown[] = []
  for (const { id, after } of inputs) {
    const text = String(id ?? '')
    const found = targets(portal, pair, idOf(text), Number(after ?? 0) || 0, PAGE)
    if (found.to.length > 0) results.push({ from: { id: text }, ...found })
    else errors.push(without(pair, text))
  }
  portal.parts.counters.records('read', results.length)
  return envelope(portal, reply, 200, results, errors)
}

function without({ from, to }: Pair, id: string) {
  const message = `No ${to.type} is associated with ${from.type} ${id}.`
  const extra = { subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND' }
  return partError(
    { category: 'OBJECT_NOT_FOUND', message, extra },
    { fromObjectId: [id], fromObjectType: [from.typeId], toObjectType: [to.typeId] },
  )
}

function readOne(portal: Portal, request: FastifyRequest) {
  const pair = pairOf(request)
  const query = queryOf(request)
  const id = idOf(paramsOf(request).id ?? '')
  if (!portal.store.get(pair.from.type, id)) throw notFound()
  const { to, paging } = targets(portal, pair, id, afterOf(query), limitOf(query, PAGE, PAGE))
  portal.parts.counters.records('read', to.length)
  return { results: to, ...(paging && { paging }) }
}
