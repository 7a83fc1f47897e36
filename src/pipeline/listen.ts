import type { ChangeEvents, Crm } from '../crm/crm.ts'
import { AuthExpired, CrmError, Refused } from '../crm/errors.ts'
import { RETRY, type RetryPlan } from '../crm/retry.ts'
import { MINUTE, SECOND } from '../domain/time.ts'
import { listeningAlone, noteUnheard, readPositions, storeHeard } from '../store/streams.ts'
import { sameAccount } from './account.ts'
import type { Context } from './context.ts'

/** Told after what was heard has been stored; losing it costs time until the next tick. */
export interface Wake {
  /** There are records to read by id. */
  fetch(): void
  /** There are objects to ask for changes. */
  pull(): void
}

/** How often another process asks whether it is its turn. */
const TURN_MS = 10 * SECOND
const FIRST_WAIT = SECOND
const LONGEST_WAIT = 5 * MINUTE
/** A refusal does not pass by itself; as often as the queue asks a CRM that refused our credentials. */
const PERSON_WAIT = 15 * MINUTE

/**
 * Listens to a CRM's change events until the context's signal is aborted: one process at a time, the others wait for
 * their turn. An error is noted, and listening begins anew a while later where it was left; nothing depends on it.
 */
export async function keepListening(
  context: Context,
  crm: Crm & { events: ChangeEvents },
  wake: Wake,
  plan: Pick<RetryPlan, 'sleep' | 'random'> = RETRY,
): Promise<void> {
  const { db, signal, log } = context
  let failures = 0
  while (!signal.aborted) {
    let wait = TURN_MS
    const began = performance.now()
    try {
      await listeningAlone(db, crm.vendor, lost => {
        const either = AbortSignal.any([signal, lost])
        return listen({ ...context, signal: either }, crm, wake)
      })
    } catch (error) {
      if (signal.aborted) return
      if (performance.now() - began > MINUTE) failures = 0
      const backOff = plan.random() * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures++)
      wait = needsPerson(error) ? PERSON_WAIT : backOff
      log.warn({ err: error, vendor: crm.vendor }, 'change events do not arrive; polling does without them')
      await note(context, crm, error).catch(() => undefined)
    }
    await plan.sleep(wait, signal).catch(() => undefined)
  }
}

/**
 * Listens where it was left. What a position stands for is stored before it, in the same transaction: whatever ends the
 * process, what was told is told again or was kept.
 * @throws OtherAccount; what the CRM's `listen` throws; DatabaseUnavailable; the signal's reason
 */
async function listen(context: Context, crm: Crm & { events: ChangeEvents }, wake: Wake): Promise<void> {
  const { db, signal, now } = context
  await sameAccount(context, crm)
  for await (const heard of crm.events.listen(await readPositions(db, crm.vendor), signal)) {
    await db.tx(tx => storeHeard(tx, crm.vendor, heard, now()))
    if (heard.records.length > 0) wake.fetch()
    if (heard.ask.length > 0) wake.pull()
  }
}

const needsPerson = (error: unknown): boolean => error instanceof AuthExpired || error instanceof Refused

async function note(
  { db, now }: Context,
  crm: Crm & { events: ChangeEvents },
  error: unknown,
): Promise<void> {
  const reason = error instanceof CrmError ? error.message : 'the service could not keep what it was told'
  await noteUnheard(db, crm.vendor, crm.events.objects, { reason, now: now() })
}
