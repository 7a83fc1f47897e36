import type { Twins } from '../../src/demo/twins.ts'
import { type BudgetRules, VENDOR_LIMITS } from '../../src/domain/budget.ts'
import type { Vendor } from '../../src/domain/facts.ts'
import { DAY } from '../../src/domain/time.ts'

export const VENDORS: readonly Vendor[] = ['salesforce', 'hubspot']

const HOURS = '08:00-18:00'
const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri'].map(day => `    ${day}: [${HOURS}]`).join('\n')

/** A policy under which somebody works for ten hours a day. */
export const TEN_HOURS = `timezone: UTC\ncalendars:\n  default:\n${WEEK}\n`

const SHARES = { share: 0.5, reserve: 0.1, pauseAt: 0.95, resumeBelow: 0.75 }

export const RULES: Record<Vendor, BudgetRules> = {
  salesforce: { ...SHARES, ...VENDOR_LIMITS.salesforce },
  hubspot: { ...SHARES, ...VENDOR_LIMITS.hubspot },
}

/** The next midnight after `now` with which a Monday to Friday begins. */
export function morningAfter(now: number): number {
  const midnight = Math.ceil(now / DAY) * DAY
  const day = new Date(midnight).getUTCDay()
  return midnight + ({ 6: 2 * DAY, 0: DAY }[day as 0 | 6] ?? 0)
}

const headers = { 'content-type': 'application/json' }

/** What one of the twins' controls answers. */
export async function control<T>(url: string, path: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body), headers }
  const answer = await fetch(`${url}/_twin/${path}`, init)
  if (!answer.ok) throw new Error(`the twins answer ${answer.status} to ${path}: ${await answer.text()}`)
  return (await answer.json()) as T
}

export const setClock = ({ salesforceUrl }: Twins, now: number): Promise<unknown> =>
  control(salesforceUrl, 'clock', { now })

/** Requests of any kind but sign-ins, as the twins count them. */
export async function countedCalls({ salesforceUrl, hubspotUrl }: Twins): Promise<Record<Vendor, number>> {
  const of = async (url: string) => {
    const { total, calls } = await control<{ total: number; calls: Record<string, number> }>(url, 'counters')
    const tokens = Object.entries(calls).filter(([call]) => call.includes('/oauth'))
    return tokens.reduce((left, [, count]) => left - count, total)
  }
  return { salesforce: await of(salesforceUrl), hubspot: await of(hubspotUrl) }
}
