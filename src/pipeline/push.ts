import type { Crm, WriteResult } from '../crm/crm.ts'
import { AuthExpired, RateLimited, Refused, Unavailable } from '../crm/errors.ts'
import { inLane } from '../crm/lane.ts'
import { RETRY, waitAfter } from '../crm/retry.ts'
import { type ObjectName, parseRef, type Ref, ref as refOf } from '../domain/facts.ts'
import { HOUR, type Instant, MINUTE } from '../domain/time.ts'
import {
  acknowledge,
  type Claim,
  claimDirty,
  closeClaim,
  drop,
  openClaim,
  readAttempts,
  refuse,
  release,
  releaseDeadClaims,
} from '../store/claims.ts'
import type { Tx } from '../store/db.ts'
import { readByIndex } from '../store/stale.ts'
import type { Shown } from '../store/targets.ts'
import { sameAccount } from './account.ts'
import type { Context } from './context.ts'
import { verify } from './verify.ts'

/** Batches in flight for each CRM. */
const IN_FLIGHT = 3
/** Refusals after which a record waits for new values: for good reasons, and for passing ones. */
const PARK_AFTER = { lasting: 3, passing: 10 }

/**
 * Writes to each CRM what its records should show and do not, only the fields that differ, until nothing is left that
 * can be written now. What a killed process or an unclear answer left uncertain is read before it is written again.
 * @throws RateLimited, AuthExpired, Unavailable, DatabaseUnavailable; what was not acknowledged stays to be done
 */
export async function push(context: Context): Promise<void> {
  await inLane('flags', () => pushAll(context))
}

async function pushAll(context: Context): Promise<void> {
  const claim = await openClaim(context.db)
  try {
    await countTarget(context, releaseDeadClaims(context.db))
    // Whoever loses the connection loses the claim: others may write the same records from then on.
    const signal = AbortSignal.any([context.signal, claim.session.lost])
    const done = await Promise.allSettled(context.crms.map(crm => pushTo({ ...context, signal }, crm, claim)))
    for (const result of done) if (result.status === 'rejected') throw result.reason
  } finally {
    await closeClaim(claim)
  }
}

async function countTarget(context: Context, count: Promise<number>): Promise<void> {
  context.tally.add({ target: await count })
}

async function pushTo(context: Context, crm: Crm, claim: Claim): Promise<void> {
  await sameAccount(context, crm)
  for (const object of crm.writable) {
    await verify(context, crm, object, claim)
    await pushObject(context, crm, object, claim)
  }
}

/** Writes until nothing is left. After an unclear answer the records are read first: often the values did arrive. */
async function pushObject(context: Context, crm: Crm, object: ObjectName, claim: Claim): Promise<void> {
  const { retry = RETRY, signal } = context
  for (let done = 1; ; done++) {
    const lanes = Array.from({ length: IN_FLIGHT }, () => pushLane(context, crm, object, claim))
    const results = await Promise.allSettled(lanes)
    const failures = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
    const worst = failures.find(error => waitAfter(error, done, 0) === null) ?? failures[0]
    if (worst === undefined) return
    const wait = waitAfter(worst, done, retry.random())
    if (wait !== null) await verify(context, crm, object, claim)
    if (wait === null || done >= retry.tries) throw worst
    await retry.sleep(wait, signal)
  }
}

async function pushLane(context: Context, crm: Crm, object: ObjectName, claim: Claim): Promise<void> {
  for (;;) {
    context.signal.throwIfAborted()
    const batch = await context.db.tx(tx =>
      claimDirty(tx, claim, crm.vendor, object, context.now(), crm.writeBatch),
    )
    if (batch.length === 0) return
    context.tally.add({ target: batch.length })
    await send(context, crm, object, claim, batch)
    if (batch.length < crm.writeBatch) return
  }
}

async function send(
  context: Context,
  crm: Crm,
  object: ObjectName,
  claim: Claim,
  batch: Shown[],
): Promise<void> {
  const refs = batch.map(row => row.ref)
  const changes = batch.map(({ ref, fields }) => ({ id: parseRef(ref).id, fields }))
  let results: WriteResult[]
  try {
    results = await crm.write(object, changes, context.signal)
  } catch (error) {
    const untouched = error instanceof RateLimited || error instanceof AuthExpired || error instanceof Refused
    await countTarget(
      context,
      context.db.tx(tx => release(tx, claim, refs, !untouched)),
    )
    throw error
  }
  await countTarget(
    context,
    context.db.tx(tx => settleResults(tx, context, crm, object, claim, refs, results)),
  )
  const unclear = results.find(result => result.result === 'unknown')
  if (unclear) throw new Unavailable(crm.vendor, `update ${object}`, unclear.reason)
}

/** Takes in what became of a batch. A record without an answer is as uncertain as one whose answer says so. */
async function settleResults(
  tx: Tx,
  context: Context,
  crm: Crm,
  object: ObjectName,
  claim: Claim,
  refs: readonly Ref[],
  results: readonly WriteResult[],
): Promise<number> {
  await readByIndex(tx)
  const now = context.now()
  const answers = new Map(results.map(result => [refOf(crm.vendor, object, result.id), result]))
  const of = (kind: WriteResult['result']) =>
    refs.filter(ref => (answers.get(ref)?.result ?? 'unknown') === kind)
  const attempts = await readAttempts(tx, refs)
  const refusals = of('rejected').map(ref => {
    const answer = answers.get(ref) as Extract<WriteResult, { result: 'rejected' }>
    const reason = answer.field === null ? answer.reason : `${answer.field}: ${answer.reason}`
    return { ref, reason, next: retryAt(attempts.get(ref) ?? 1, answer.transient, now) }
  })
  const [gone, unknown] = [of('gone'), of('unknown')]
  if (refusals.length > 0)
    context.log.warn({ vendor: crm.vendor, object, rejected: refusals.length }, 'values rejected')
  let count = await acknowledge(tx, claim, of('written'), now)
  count += await refuse(tx, claim, refusals)
  count += await drop(tx, claim, gone)
  if (unknown.length > 0) count += await release(tx, claim, unknown, true)
  return count
}

/**
 * When to try a rejected record again; infinity: when its desired values change.
 * A record locked by somebody's edit is free again in minutes, a validation rule rarely goes away.
 */
export function retryAt(attempts: number, transient: boolean, now: Instant): Instant {
  if (attempts >= (transient ? PARK_AFTER.passing : PARK_AFTER.lasting)) return Number.POSITIVE_INFINITY
  const first = transient ? MINUTE : 10 * MINUTE
  return now + Math.min(first * 2 ** (attempts - 1), 6 * HOUR)
}
