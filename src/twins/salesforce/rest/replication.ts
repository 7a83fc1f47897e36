import type { FastifyInstance, FastifyRequest } from 'fastify'
import { quoted } from '../database.ts'
import { notFound, SalesforceError } from '../errors.ts'
import type { SObject } from '../schema/field.ts'
import { hasBin } from '../schema.ts'
import { parseDatetime, printDatetime, type Row } from '../values.ts'
import type { RestParts } from './parts.ts'
import { objectAt } from './records.ts'

const READ = { config: { kind: 'read' } } as const
const MINUTE = 60_000
/** As long as the recycle bin keeps anything. */
const DELETIONS_KEPT = 15 * 24 * 60 * MINUTE

interface Asked {
  Params: { type: string }
  Querystring: { start?: string; end?: string }
}

/** What was changed and what was deleted in a time, by ids: both limits are taken to the minute. */
export function replicationRoutes(scope: FastifyInstance, { database, now, given }: RestParts): void {
  const changed = (object: SObject, deleted: boolean, [from, to]: [number, number]) => {
    const bin = hasBin(object) ? `AND IsDeleted = ${deleted ? 1 : 0}` : ''
    const text = `SELECT Id, SystemModstamp FROM ${quoted(object.name)}
      WHERE SystemModstamp >= ? AND SystemModstamp < ? ${bin} ORDER BY Id`
    const rows = database.prepare(text).all(from, to) as Row[]
    given(rows.length)
    return rows
  }
  scope.get<Asked>('/sobjects/:type/updated', READ, request => {
    const time = timeOf(request)
    const rows = changed(stamped(request.params.type), false, time)
    return { ids: rows.map(({ Id }) => Id), latestDateCovered: printDatetime(Math.min(time[1], now())) }
  })
  scope.get<Asked>('/sobjects/:type/deleted', READ, request => {
    const object = stamped(request.params.type)
    const [from, to] = timeOf(request)
    const earliest = now() - DELETIONS_KEPT
    if (from < earliest) throw badDate('startDate before org replication enabled date')
    const rows = hasBin(object) ? changed(object, true, [from, to]) : []
    return {
      deletedRecords: rows.map(({ Id, SystemModstamp }) => ({
        ...{ id: Id, deletedDate: printDatetime(Number(SystemModstamp)) },
      })),
      earliestDateAvailable: printDatetime(earliest),
      latestDateCovered: printDatetime(Math.min(to, now())),
    }
  })
}

/** An object whose records say when they were changed. @throws SalesforceError NOT_FOUND */
function stamped(type: string): SObject {
  const object = objectAt(type)
  if (!object.byName.has('systemmodstamp')) throw notFound()
  return object
}

function timeOf({ query }: FastifyRequest<Asked>): [number, number] {
  const [start, end] = [parseDatetime(query.start ?? ''), parseDatetime(query.end ?? '')]
  if (start === null || end === null) throw badDate('start and end have to be date-times')
  const time = [start - (start % MINUTE), end - (end % MINUTE)] as [number, number]
  if (time[1] <= time[0]) throw badDate('endDate must be at least one minute greater than startDate')
  return time
}

const badDate = (message: string) => new SalesforceError(400, 'INVALID_REPLICATION_DATE', message)
