import type { Fact } from '../../../src/domain/facts.ts'
import type { Handoff, Judgement, PromiseVerdict } from '../../../src/domain/handoff.ts'
import { judge } from '../../../src/domain/judge.ts'
import { reasonFor } from '../../../src/domain/reason.ts'
import { HOUR, type Instant } from '../../../src/domain/time.ts'
import { zoneOf } from '../../../src/domain/zone.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import type { ScenarioEvent } from '../../../src/twins/scenario/types.ts'
import { COMPANY, directory, factsOf, row } from './world.ts'

/** Tuesday, 09:12 in Berlin. */
export const T = Date.parse('2026-11-24T08:12:00Z')

/** `h(3)` is three hours after {@link T}. */
export const h = (hours: number): Instant => T + hours * HOUR

type Line = [hours: number, event: ScenarioEvent['event'], more?: Partial<ScenarioEvent>]

/** Rows of a scenario by hours after {@link T}. */
export const rows = (...lines: Line[]): ScenarioEvent[] =>
  lines.map(([hours, event, more]) => row(h(hours), event, more))

export const assigned = (hours: number, actor = 'ada'): Line => [hours, 'assigned', { actor }]
export const call = (hours: number, outcome = 'voicemail', actor = 'ada'): Line => [
  hours,
  'call',
  { actor, outcome, direction: 'out' },
]

export function judgeFacts(facts: readonly Fact[], now: Instant, policy: Policy = defaultPolicy): Judgement {
  return judge({ facts, policyAt: () => policy, directory: directory(COMPANY), now })
}

/** Judges a story at so many hours after {@link T}. */
export const judged = (hours: number, ...lines: Line[]): Judgement =>
  judgeFacts(factsOf(rows(...lines)), h(hours))

/** The only handoff of a story. */
export function only({ handoffs }: Judgement): Handoff {
  if (handoffs.length !== 1) throw new Error(`expected one handoff, there are ${handoffs.length}`)
  return handoffs[0]!
}

export function promise(handoff: Handoff, name: string): PromiseVerdict {
  const found = handoff.promises.find(one => one.name === name)
  if (!found) throw new Error(`no promise ${name}`)
  return found
}

/** The first promise of a policy, and what the rep reads, at so many hours after {@link T}; somebody is an MQL at T. */
export function under(written: string, hours: number, ...lines: Line[]) {
  const policy = parsePolicy(written, 'policy.yml')
  const judgement = judgeFacts(factsOf(rows([0, 'mql'], ...lines)), h(hours), policy)
  const handoff = only(judgement)
  const verdict = handoff.promises[0]!
  const words = reasonFor(verdict, policy.promises[0], handoff, zoneOf('Europe/Berlin'))
  return { ...verdict, words, wakeAt: judgement.wakeAt }
}

/** Sets the status of the Salesforce lead. */
export const status = (hours: number, value: string): Line => [
  hours,
  'updated',
  { detail: `salesforce.status=${value}` },
]
