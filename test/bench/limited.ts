import { hubspot } from '../../src/crm/hubspot/adapter.ts'
import { type BudgetRules, VENDOR_LIMITS } from '../../src/domain/budget.ts'
import { SharedBudget } from '../../src/pipeline/budget.ts'
import { pull } from '../../src/pipeline/pull.ts'
import { VirtualClock } from '../../src/twins/clock.ts'
import type { TwinApp } from '../../src/twins/http.ts'
import { hubspotTwin } from '../../src/twins/hubspot/twin.ts'
import { generateScenario } from '../../src/twins/scenario/generate.ts'
import { loadScenario } from '../../src/twins/scenario/load.ts'
import type { Figure } from './figure.ts'
import { context, seconds, stage } from './stage.ts'

/** A tenth of HubSpot's 190 calls in any ten seconds, so that it is the limit that is slow and not the machine. */
const WINDOW = { calls: 19, seconds: 10 }
const PAGE = 50
const RULES: BudgetRules = {
  ...{ share: 0.9, reserve: 0.1, pauseAt: 0.95, resumeBelow: 0.75 },
  ...VENDOR_LIMITS.hubspot,
}

/**
 * P4: a first reading of HubSpot contacts while a limit like HubSpot's is enforced and told in the headers, against the
 * shortest time in which so many calls can be sent: of 19 in any ten seconds, number 19·n + 1 cannot come before ten
 * seconds times n. One refused call makes it a failure.
 */
export async function backfillUnderLimit(quick: boolean): Promise<Figure> {
  const calls = (quick ? 2 : 8) * WINDOW.calls + 6
  const { db, close } = await stage()
  const scenario = generateScenario({ people: calls * PAGE, seed: 5 })
  const clock = new VirtualClock(scenario.company.now)
  const twin = hubspotTwin({ clock, file: ':memory:', token: 'token' })
  enforce(twin.app)
  const loaded = await loadScenario({ scenario, sinks: [twin.sink], clock, file: ':memory:' })
  const url = await twin.app.listen({ port: 0, host: '127.0.0.1' })
  const budget = new SharedBudget(db, 'hubspot', RULES)
  const own = { baseUrl: url, uiUrl: url, token: 'token', api: '2026-09', prefix: 'Leadtime' } as const
  const crm = await hubspot({ ...own, budget })
  try {
    const wall = await seconds(() => pull(context(db, [crm], clock.now()), crm, 'contact'))
    const made = crm.traffic().reads.calls
    const floor = WINDOW.seconds * Math.floor((made - 1) / WINDOW.calls)
    const log = twin.app.requests.after(0, 100_000).requests
    const refused = log.filter(({ status }) => status === 429).length
    return {
      what: 'a first reading under HubSpot’s real limit against the shortest time for its calls',
      ratio: refused > 0 ? Number.POSITIVE_INFINITY : wall / floor,
      mark: 1.05,
      atLeast: false,
      exact: false,
      details: [
        `${made} calls in ${wall.toFixed(1)} s of at least ${floor} s (${((wall * 19) / made).toFixed(2)} × calls/19), ${refused} refused`,
      ],
    }
  } finally {
    await crm.close()
    loaded.close()
    await twin.close()
    await close()
  }
}

/** Refuses what is one call too many in the window, and tells how many are left of it. */
function enforce(app: TwinApp): void {
  let times: number[] = []
  const left = () => Math.max(0, WINDOW.calls - times.length)
  app.addHook('onRequest', (_request, reply, done) => {
    const now = performance.now()
    times = times.filter(time => time > now - WINDOW.seconds * 1_000)
    if (left() === 0) return void reply.code(429).send({ policyName: 'TEN_SECONDLY_ROLLING' })
    times.push(now)
    done()
  })
  app.addHook('onSend', (_request, reply, payload, done) => {
    reply.header('x-hubspot-ratelimit-max', WINDOW.calls)
    reply.header('x-hubspot-ratelimit-remaining', left())
    done(null, payload)
  })
}
