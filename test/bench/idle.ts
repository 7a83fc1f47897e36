import type { Crm } from '../../src/crm/crm.ts'
import type { Twins } from '../../src/demo/twins.ts'
import type { Vendor } from '../../src/domain/facts.ts'
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts'
import { worthAsking } from '../../src/pipeline/poll.ts'
import { pullAllOf } from '../../src/pipeline/pull.ts'
import { round } from '../../src/pipeline/round.ts'
import type { Database } from '../../src/store/db.ts'
import { countedCalls, morningAfter, RULES, setClock, TEN_HOURS, VENDORS } from './day.ts'
import type { Figure } from './figure.ts'
import { company, connect, context, stage } from './stage.ts'

/** Calls a day that polling alone may cost when nothing happens. */
const MOST: Record<Vendor, number> = { salesforce: 720, hubspot: 1_500 }

/**
 * A day on which nothing happens, in the twins' time: polled every minute as the workers do it, ten hours of it working
 * hours. Calls are counted by the twins. `--quick` plays four hours around the beginning of work and scales nothing.
 */
export async function idleDay(quick: boolean): Promise<Figure> {
  const { db, close } = await stage(TEN_HOURS)
  const twins = await company(200)
  const crms = await connect(twins)
  try {
    await round(context(db, crms, twins.company.now))
    const morning = morningAfter(twins.company.now)
    // The day before ends as it does: what was just written is read again once.
    await play(db, twins, crms, morning - HOUR, morning)
    const before = await countedCalls(twins)
    const [from, to] = quick ? [morning + 6 * HOUR, morning + 10 * HOUR] : [morning, morning + DAY]
    const seen = await play(db, twins, crms, from, to)
    const after = await countedCalls(twins)
    const calls = {
      salesforce: after.salesforce - before.salesforce,
      hubspot: after.hubspot - before.hubspot,
    }
    return {
      what: `API calls of an idle ${quick ? 'four hours' : 'day'} of polling against what they may be`,
      ratio: Math.max(...VENDORS.map(vendor => calls[vendor] / MOST[vendor])),
      mark: 1,
      atLeast: false,
      exact: true,
      details: VENDORS.map(
        vendor =>
          `${vendor}: ${calls[vendor]} calls (at most ${MOST[vendor]} a day), ` +
          `read to the end ${seen[vendor].asked} times, records ${seen[vendor].shown}`,
      ),
    }
  } finally {
    for (const crm of crms) await crm.close()
    await twins.close()
    await close()
  }
}

type Seen = Record<Vendor, { asked: number; shown: number }>

async function play(
  db: Database,
  twins: Twins,
  crms: readonly Crm[],
  from: number,
  to: number,
): Promise<Seen> {
  const seen: Seen = { salesforce: { asked: 0, shown: 0 }, hubspot: { asked: 0, shown: 0 } }
  for (let now = from; now < to; now += MINUTE) {
    await setClock(twins, now)
    for (const crm of crms) {
      const at = context(db, crms, now)
      const objects = await worthAsking(at, crm, RULES[crm.vendor], MINUTE)
      if (objects.length === 0) continue
      const before = crm.traffic().reads.records
      await pullAllOf(at, crm, { objects, rareMs: HOUR })
      seen[crm.vendor].asked += objects.length
      seen[crm.vendor].shown += crm.traffic().reads.records - before
    }
  }
  return seen
}
