import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Handoff } from '../../../src/domain/handoff.ts'
import { judge } from '../../../src/domain/judge.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import type { Rules } from '../../oracle/meaning.ts'
import { type OracleRow, oracle } from '../../oracle/oracle.ts'
import { history, later, START } from './histories.ts'
import { COMPANY, directory, factsOf, PERSON } from './world.ts'

const iso = (at: Instant | null) => (at === null ? null : new Date(at).toISOString())

/** A handoff as the oracle puts it. */
function asRow(handoff: Handoff): OracleRow {
  const { t0, t1, t2, t3, t4, t5, t6, t7, owner, source, campaign, attempts, outcome } = handoff
  const promises = handoff.promises.map(({ name, state, dueAt, warnAt, kind, countedMs }) => {
    const minutes = countedMs === null ? null : countedMs / MINUTE
    return [name, { state, due: iso(dueAt), warn: iso(warnAt), kind, minutes }]
  })
  return {
    person: PERSON.person,
    email: PERSON.email,
    handoff: handoff.number,
    owner: owner?.split(':')[2] ?? null,
    ...{ source, campaign, attempts, outcome },
    ...{ t0: iso(t0), t1: iso(t1), t2: iso(t2), t3: iso(t3) },
    ...{ t4: iso(t4), t5: iso(t5), t6: iso(t6), t7: iso(t7) },
    promises: Object.fromEntries(promises) as OracleRow['promises'],
  }
}

const companies = {
  'without a connector': COMPANY,
  'with a connector that shows each activity twice': { ...COMPANY, connector: true },
  'with a connector that lags': { ...COMPANY, hubspotLagSeconds: 240 },
}

for (const [name, company] of Object.entries(companies)) {
  test(`every verdict is that of the slow calculator, ${name}`, () => {
    fc.assert(
      fc.property(history, later, (events, wait) => {
        const shown = events.filter(event => event.at <= START + wait)
        const now = Math.max(START + wait, shown.at(-1)?.at ?? 0)
        const facts = factsOf(shown, company)
        const people = directory(company, now)
        const judged = judge({ facts, policyAt: () => defaultPolicy, directory: people, now })
        expect(judged.handoffs.map(asRow)).toEqual(oracle(company, PERSON, shown, now))
      }),
      { numRuns: 1_000, seed: 42 },
    )
  }, 60_000)
}

const { attempts, contacts, reMql } = defaultPolicy
const rules = fc.record<Rules>({
  attempts: fc.subarray([...attempts, 'sequence_email' as const]),
  contacts: fc.subarray([...contacts]),
  reMql: fc.record({
    afterMs: fc.constantFrom(0, HOUR, 2 * DAY, 7 * DAY),
    outcomes: fc.subarray([...reMql.outcomes]),
  }),
})

test('every verdict is that of the slow calculator, whatever counts and whenever an MQL opens another handoff', () => {
  fc.assert(
    fc.property(history, later, rules, (events, wait, agreed) => {
      const now = START + wait
      const shown = events.filter(event => event.at <= now)
      const policy = { ...defaultPolicy, ...agreed }
      const people = directory(COMPANY, now)
      const judged = judge({ facts: factsOf(shown), policyAt: () => policy, directory: people, now })
      expect(judged.handoffs.map(asRow)).toEqual(oracle(COMPANY, PERSON, shown, now, agreed))
    }),
    { numRuns: 1_500, seed: 43 },
  )
}, 60_000)
