import { z } from 'zod'
import type { Change, WriteResult } from '../crm.ts'
import { isId } from '../id18.ts'
import { type SalesforceClient, Uncertain } from './client.ts'
import { SOURCES } from './objects.ts'
import { writeOwned } from './owned.ts'

/** The most records one collections call takes. */
export const BATCH = 200

const saved = z.object({
  id: z.string().nullish(),
  success: z.boolean(),
  errors: z
    .array(
      z.object({
        statusCode: z.string().default('UNKNOWN'),
        message: z.string().default(''),
        fields: z.array(z.string()).nullish(),
      }),
    )
    .default([]),
})
type Saved = z.infer<typeof saved>

/**
 * One `PATCH /composite/sobjects`: HTTP 200 even when every record failed, results in the order of the request.
 * `allOrNone` is false, so a refused record leaves the others alone.
 */
export async function write(
  client: SalesforceClient,
  object: 'lead' | 'contact',
  changes: readonly Change[],
  prefix: string,
  signal: AbortSignal,
): Promise<WriteResult[]> {
  const sendable = changes.filter(change => isId(change.id))
  const gone = changes.filter(change => !isId(change.id)).map(({ id }) => ({ id, result: 'gone' as const }))
  if (sendable.length === 0) return gone
  const { sobject } = SOURCES[object]
  const records = sendable.map(change => ({
    attributes: { type: sobject },
    id: change.id,
    ...writeOwned(change.fields, prefix),
  }))
  const results = await send(client, sobject, sendable, records, signal)
  client.traffic.writes.records += results.filter(({ result }) => result === 'written').length
  return [...gone, ...results]
}

async function send(
  client: SalesforceClient,
  sobject: string,
  changes: readonly Change[],
  records: unknown[],
  signal: AbortSignal,
): Promise<WriteResult[]> {
  const unknown = (reason: string) => changes.map(({ id }) => ({ id, result: 'unknown' as const, reason }))
  try {
    const body = { allOrNone: false, records }
    const answer = await client.patch(`update ${sobject}`, '/composite/sobjects', body, signal)
    const parsed = z.array(saved).safeParse(answer.body)
    return parsed.success ? match(changes, parsed.data) : unknown('the answer is not a list of results')
  } catch (error) {
    if (error instanceof Uncertain) return unknown(error.detail)
    throw error
  }
}

/** Results by id where they carry one, else by place when there are as many as were sent; none: unknown. */
function match(changes: readonly Change[], results: readonly Saved[]): WriteResult[] {
  const byId = new Map(results.flatMap(result => (result.id ? [[key(result.id), result] as const] : [])))
  const complete = results.length === changes.length
  return changes.map(({ id }, place) => {
    const there = complete ? results[place] : undefined
    const result = byId.get(key(id)) ?? (there?.id ? undefined : there)
    return result ? resultOf(id, result) : { id, result: 'unknown', reason: 'the answer does not mention it' }
  })
}

/** The last three of an id's 18 characters only repeat which of the others are capitals. */
const key = (id: string): string => id.slice(0, 15)

/** Somebody else holds the row, or the server is busy: the same change may pass in a moment. */
const TRANSIENT = new Set([
  'UNABLE_TO_LOCK_ROW',
  'SERVER_UNAVAILABLE',
  'REQUEST_LIMIT_EXCEEDED',
  'TOO_MANY_REQUESTS',
  'QUERY_TIMEOUT',
  'UNKNOWN_EXCEPTION',
])
const GONE = new Set(['ENTITY_IS_DELETED', 'NOT_FOUND', 'INVALID_CROSS_REFERENCE_KEY', 'MALFORMED_ID'])

function resultOf(id: string, { success, errors }: Saved): WriteResult {
  if (success) return { id, result: 'written' }
  const error = errors[0]
  const code = error?.statusCode ?? 'UNKNOWN'
  if (GONE.has(code)) return { id, result: 'gone' }
  const field = error?.fields?.[0] ?? null
  return {
    id,
    result: 'rejected',
    reason: reasonOf(code, error?.message ?? ''),
    field,
    transient: TRANSIENT.has(code),
  }
}

/** The message of a validation rule was written to be read; all others may quote data. */
const SPEAKING = 'FIELD_CUSTOM_VALIDATION_EXCEPTION'

function reasonOf(code: string, message: string): string {
  if (code === 'CANNOT_UPDATE_CONVERTED_LEAD') return `${code}: a converted lead is read-only`
  return code === SPEAKING && message ? `${code}: ${message.slice(0, 200)}` : code
}
