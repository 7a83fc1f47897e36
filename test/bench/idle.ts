import type { Crm } from '../../src/crm/crm.ts'
import type { Twins } from '../../src/demo/twins.ts'
import { type BudgetRules, VENDOR_LIMITS } from '../../src/domain/budget.ts'
import type { Vendor } from '../../src/domain/facts.ts'
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts'
import { worthAsking } from '../../src/pipeline/poll.ts'
import { pullAllOf } from '../../src/pipeline/pull.ts'
import { round } from '../../src/pipeline/round.ts'
import type { Database } from '../../src/store/db.ts'
import type { Figure } from './figure.ts'
import { company, connect, context, stage } from './stage.ts'

/** Calls a day that polling alone may cost when nothing happens. */
const MOST: Record<Vendor, number> = { salesforce: 720, hubspot: 1_500 }
const HOURS = '08:00-18:00'

/**
 * A day on which nothing happens, in the twins' time: polled every minute as the workers do it, ten hours of it working
 * hours. Calls are counted by the twins. `--quick` plays four hours around the beginning of work and scales nothing.
 */
export async function idleDay(quick: boolean): Promise<Figure> {
  const week = ['mon', 'tue', 'wed', 'thu', 'fri'].map(day => `    ${day}: [${HOURS}]`).join('\n')
  const { db, close } = await stage(`timezone: UTC\ncalendars:\n  default:\n${week}\n`)
  const twins = await company(200)
  const crms = await connect(twins)
  try {
    await round(context(db, crms, twins.company.now))
    const morning = Math.ceil(twins.company.now / DAY) * DAY + weekday(twins.company.now)
    // The day before ends as it does: what was just written is read again once.
    await play(db, twins, crms, morning - HOUR, morning)
    const before = await counted(twins)
    const [from, to] = quick ? [morning + 6 * HOUR, morning + 10 * HOUR] : [morning, morning + DAY]
    const seen = await play(db, twins, crms, from, to)
    const after = await counted(twins)
    const calls = {
      salesforce: after.salesforce - before.salesforce,
      hubspot: after.hubspot - before.hubspot,
    }
    const vendors = ['salesforce', 'hubspot'] as const
    return {
      what: `API calls of an idle ${quick ? 'four hours' : 'day'} of polling against what they may be`,
      ratio: Math.max(...vendors.map(vendor => calls[vendor] / MOST[vendor])),
      mark: 1,
      atLeast: false,
      exact: true,
      details: vendors.map(
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

/** Milliseconds to the next Monday to Friday. */
function weekday(now: number): number {
  const day = new Date(Math.ceil(now / DAY) * DAY).getUTCDay()
  return { 6: 2 * DAY, 0: DAY }[day as 0 | 6] ?? 0
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
    await set(twins, now)
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

const SHARES = { share: 0.5, reserve: 0.1, pauseAt: 0.95, resumeBelow: 0.75 }
const RULES: Record<Vendor, BudgetRules> = {
  salesforce: { ...SHARES, ...VENDOR_LIMITS.salesforce },
  hubspot: { ...SHARES, ...VENDOR_LIMITS.hubspot },
}

async function set({ salesforceUrl }: Twins, now: number): Promise<void> {
  const body = JSON.stringify({ now })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${salesforceUrl}/_twin/clock`, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(`the twins do not take the time: ${answer.status}`)
}

/** Requests of any kind but sign-ins. */
async function counted({ salesforceUrl, hubspotUrl }: Twins): Promise<Record<Vendor, number>> {
  const of = async (url: string) => {
    const { total, calls } = (await (await fetch(`${url}/_twin/counters`)).json()) as {
      total: number
      calls: Record<string, number>
    }
    const tokens = Object.entries(calls).filter(([call]) => call.includes('/oauth'))
    return tokens.reduce((left, [, count]) => left - count, total)
  }
  return { salesforce: await of(salesforceUrl), hubspot: await of(hubspotUrl) }
}
