import type { Crm, Cursor, Patience } from '../crm/crm.ts'
import { OtherAccount, RateLimited, Refused } from '../crm/errors.ts'
import { inLane } from '../crm/lane.ts'
import type { ObjectName } from '../domain/facts.ts'
import { MINUTE } from '../domain/time.ts'
import { noteAccepted } from '../store/connections.ts'
import { endScan, Overtaken, readCursor, readCursors, readScans } from '../store/cursors.ts'
import { everRead } from '../store/waiting.ts'
import { sameAccount } from './account.ts'
import type { Context } from './context.ts'
import { ahead, type Gathered, gather } from './gather.ts'
import { type Beside, meanwhile } from './meanwhile.ts'
import { storePage } from './page.ts'

/** How long what changes elsewhere may wait for a long reading: a minute, as at the default pace. */
const FRESH_MS = 60_000

/** Which objects of a CRM to read, and what of them may have been read a while ago. */
export interface Pass extends Patience {
  objects: readonly ObjectName[]
  /** While a long reading goes on, how often those before it are read again, in real milliseconds. */
  freshMs: number
}

/**
 * Reads everything of one CRM that is new or changed, object after object; then its credentials are known to work. While
 * one takes long, those before it are kept up to date. When not all objects are asked for, those that go with one that had
 * something new are read as well.
 * @throws OtherAccount; what `pull` throws: Refused and our own RateLimited of one object after the others were read
 */
export async function pullAllOf(
  context: Context,
  crm: Crm,
  { objects = crm.objects, rareMs = 0, freshMs = FRESH_MS }: Partial<Pass> = {},
): Promise<void> {
  await sameAccount(context, crm)
  const limited: RateLimited[] = []
  const refused: Refused[] = []
  const readOne = async (object: ObjectName, beside?: Beside) => {
    try {
      await pull(context, crm, object, { rareMs }, beside)
    } catch (error) {
      // Another object may be in a lane that need not wait, or one that this user may read.
      if (error instanceof RateLimited && error.ours) limited.push(error)
      else if (error instanceof Refused && !(error instanceof OtherAccount)) refused.push(error)
      else throw error
    }
  }
  const readAll = async (some: readonly ObjectName[]) => {
    await readAhead(context, crm, some)
    for (const [place, object] of some.entries()) {
      const earlier = async () => {
        for (const one of some.slice(0, place)) await readOne(one)
      }
      await readOne(object, { work: earlier, everyMs: freshMs })
    }
  }
  await readAll(objects)
  const last = await readScans(context.db, crm.vendor)
  await readAll(crm.objects.filter(object => !objects.includes(object) && last.get(object)?.wanted))
  for (const { operation, detail } of refused)
    context.log.warn({ vendor: crm.vendor, operation, detail }, 'not read: the CRM refuses it')
  const [soonest] = limited.sort((a, b) => a.waitMs - b.waitMs)
  if (!soonest) await noteAccepted(context.db, crm.vendor)
  const first = refused[0] ?? soonest
  if (first) throw first
}

/** The first pages of several scans at once. Of one it saves nothing, and a first reading has other ways. */
async function readAhead({ db, signal }: Context, crm: Crm, objects: readonly ObjectName[]): Promise<void> {
  if (!crm.ahead) return
  const scans = await readCursors(db, crm.vendor, objects)
  if (scans.length > 1) await crm.ahead(scans, signal)
}

/**
 * Reads everything of `object` that is new or changed and stores it with its facts, a page and its cursor in one
 * transaction: a crash repeats a page and changes nothing. The next pages are read while these are written.
 * Returns at once when another process is reading the same object.
 * @param beside what else is done again and again until the end
 * @throws what the CRM's `changes` throws, after storing what came before; DatabaseUnavailable
 */
export async function pull(
  context: Context,
  crm: Crm,
  object: ObjectName,
  patience: Patience = { rareMs: 0 },
  beside?: Beside,
): Promise<void> {
  const scan = () => scanAll(context, crm, object, patience, beside)
  if (await everRead(context.db, crm.vendor, [object])) return await inLane('changes', scan)
  try {
    return await inLane('backfill', scan)
  } catch (error) {
    if (!(error instanceof RateLimited && error.ours)) throw error
    // Changes of other objects must not wait for hours because a first reading has to.
    throw new RateLimited(error.vendor, error.operation, Math.min(error.waitMs, MINUTE), error.why, true)
  }
}

async function scanAll(
  context: Context,
  crm: Crm,
  object: ObjectName,
  patience: Patience,
  beside?: Beside,
): Promise<void> {
  const { db, signal, now } = context
  let cursor = await readCursor(db, crm.vendor, object)
  const stop = new AbortController()
  const scan = crm.changes(object, cursor, AbortSignal.any([signal, stop.signal]), patience)
  try {
    const gathered = ahead(gather(crm.vendor, scan))
    for await (const page of beside ? meanwhile(gathered, beside) : gathered) {
      await write(context, crm, object, cursor, page)
      cursor = page.cursor
      if (page.detour !== undefined)
        context.log.warn(
          { vendor: crm.vendor, object, why: page.detour },
          'a bulk job came to nothing: read by ranges',
        )
      if (page.progress) context.reading?.({ vendor: crm.vendor, object, ...page.progress })
      signal.throwIfAborted()
    }
    await endScan(db, crm.vendor, object, now())
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error
    context.log.info({ vendor: crm.vendor, object }, error.message)
  } finally {
    stop.abort()
    await scan.return(undefined)
  }
}

async function write(
  context: Context,
  crm: Crm,
  object: ObjectName,
  from: Cursor | null,
  { records, cursor }: Gathered,
): Promise<void> {
  context.tally.add(
    await context.db.tx(tx => storePage(tx, { crm, object, from, cursor, records, now: context.now() })),
  )
}
