import { z } from 'zod'
import type { Change, WriteResult } from '../crm.ts'
import { RateLimited } from '../errors.ts'
import { type HubSpotClient, HubSpotRefused, Uncertain } from './client.ts'
import { writeOwned } from './owned.ts'
import { isId } from './values.ts'

/** The most inputs one batch update takes. */
export const BATCH = 100

const updated = z.object({
  results: z.array(z.object({ id: z.string() })),
  errors: z
    .array(
      z.object({
        category: z.string().default(''),
        context: z.record(z.string(), z.array(z.string())).nullish(),
      }),
    )
    .nullish(),
})

/**
 * `POST …/contacts/batch/update`. One invalid value makes HubSpot refuse the whole batch with a 400 that does not say
 * whose it is, so a refused batch is halved until the bad record stands alone: about 2·log2(100) calls for one.
 */
export async function write(
  client: HubSpotClient,
  changes: readonly Change[],
  prefix: string,
  signal: AbortSignal,
): Promise<WriteResult[]> {
  const sendable = changes.filter(({ id }) => isId(id))
  const gone = changes.filter(({ id }) => !isId(id)).map(({ id }) => ({ id, result: 'gone' as const }))
  if (sendable.length === 0) return gone
  const results = await attempt(client, sendable, prefix, signal)
  client.traffic.writes.records += results.filter(({ result }) => result === 'written').length
  return [...gone, ...results]
}

async function attempt(
  client: HubSpotClient,
  changes: readonly Change[],
  prefix: string,
  signal: AbortSignal,
): Promise<WriteResult[]> {
  try {
    return await send(client, changes, prefix, signal)
  } catch (error) {
    if (error instanceof Uncertain) {
      return changes.map(({ id }) => ({ id, result: 'unknown', reason: error.detail }))
    }
    if (!(error instanceof HubSpotRefused) || isEverybodys(error)) throw error
    const only = changes.length === 1 ? changes[0] : undefined
    if (only) return [refusal(only.id, error)]
    return await halves(client, changes, prefix, signal)
  }
}

/** Both halves, the second also when the first must wait: what was not sent is to be tried later. */
async function halves(
  client: HubSpotClient,
  changes: readonly Change[],
  prefix: string,
  signal: AbortSignal,
): Promise<WriteResult[]> {
  const middle = Math.ceil(changes.length / 2)
  const results: WriteResult[] = []
  for (const half of [changes.slice(0, middle), changes.slice(middle)]) {
    try {
      results.push(...(await attempt(client, half, prefix, signal)))
    } catch (error) {
      if (!(error instanceof RateLimited)) throw error
      const later = { result: 'rejected', reason: 'rate limit', field: null, transient: true } as const
      results.push(...half.map(({ id }) => ({ id, ...later })))
    }
  }
  return results
}

async function send(
  client: HubSpotClient,
  changes: readonly Change[],
  prefix: string,
  signal: AbortSignal,
): Promise<WriteResult[]> {
  const inputs = changes.map(({ id, fields }) => ({ id, properties: writeOwned(fields, prefix) }))
  const body = await client.write('update contacts', updated, signal, sdk =>
    sdk.batch.update('contacts', { inputs }),
  )
  const written = new Set(body.results.map(({ id }) => id))
  const failed = new Map(
    (body.errors ?? []).flatMap(({ category, context }) =>
      (context?.ids ?? context?.id ?? []).map(id => [id, category] as const),
    ),
  )
  return changes.map(({ id }) => {
    if (written.has(id)) return { id, result: 'written' }
    const category = failed.get(id)
    if (category === undefined) return { id, result: 'unknown', reason: 'the answer does not mention it' }
    if (category === 'OBJECT_NOT_FOUND') return { id, result: 'gone' }
    return { id, result: 'rejected', reason: category || 'refused', field: null, transient: false }
  })
}

/** A property the portal lacks, or a missing scope: every record would be refused, and halving would ask 199 times. */
function isEverybodys(error: HubSpotRefused): boolean {
  if (error.status === 403) return true
  return error.status === 400 && /PROPERTY_DOESNT_EXIST/.test(JSON.stringify(error.body))
}

function refusal(id: string, error: HubSpotRefused): WriteResult {
  const { category, message } = error.body
  if (error.status === 404 || category === 'OBJECT_NOT_FOUND') return { id, result: 'gone' }
  const field = /"name":"([a-z0-9_]{1,100})"/.exec(message)?.[1] ?? null
  const code = /"error":"([A-Z_]{3,60})"/.exec(message)?.[1] ?? (category || `HTTP ${error.status}`)
  return { id, result: 'rejected', reason: code, field, transient: false }
}
