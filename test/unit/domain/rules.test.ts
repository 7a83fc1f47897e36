import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { PromiseVerdict } from '../../../src/domain/handoff.ts'
import { judge } from '../../../src/domain/judge.ts'
import { type OracleVerdict, verdicts } from '../../oracle/promises.ts'
import { eventfulHistory, later, START } from './histories.ts'
import { policies } from './policies.ts'
import { COMPANY, directory, factsOf, PERSON } from './world.ts'

/** A verdict as the slow calculator puts it. */
const plain = (verdict: PromiseVerdict): OracleVerdict => ({
  name: verdict.name,
  tier: verdict.tier,
  state: verdict.state,
  excuse: verdict.excuse,
  from: verdict.from,
  until: verdict.until,
  warn: verdict.warnAt,
  due: verdict.dueAt,
  counted: verdict.countedMs,
  lead: verdict.leadMs,
  rep: verdict.repMs,
  paused: verdict.pausedMs,
  progress: verdict.progress,
})

test('under any rules every verdict is that of the slow calculator', () => {
  fc.assert(
    fc.property(eventfulHistory, later, policies, (events, wait, policy) => {
      const shown = events.filter(event => event.at <= START + wait)
      const now = Math.max(START + wait, shown.at(-1)?.at ?? 0)
      const facts = factsOf(shown)
      const judged = judge({ facts, policyAt: () => policy, directory: directory(), now })
      expect(judged.handoffs.map(one => one.promises.map(plain))).toEqual(
        verdicts(COMPANY, PERSON, shown, policy, now),
      )
    }),
    { numRuns: 1_500, seed: 8 },
  )
}, 120_000)
