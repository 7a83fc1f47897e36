import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import { h, judgeFacts, rows } from './judged.ts'
import { factsOf } from './world.ts'

describe('what is known to the day only', () => {
  /** Of whom which changes of a stage are known to the day only. */
  const days = (told: (fact: Fact) => boolean, ...lines: Parameters<typeof rows>) =>
    judgeFacts(
      factsOf(rows(...lines)).map(fact => (told(fact) ? { ...fact, dayPrecise: true } : fact)),
      h(99),
    ).handoffs.map(one => one.dayPrecise)
  const became = (value: string) => (fact: Fact) => fact.kind === 'field' && fact.value === value
  const rejection = (fact: Fact) => became('UNQUALIFIED')(fact) || became('Closed - Not Converted')(fact)

  test('is the MQL, or the decision, by the change that made it', () => {
    expect(days(became('marketingqualifiedlead'), [0, 'mql'], [3, 'rejected'])).toEqual([['t1']])
    expect(days(rejection, [0, 'mql'], [3, 'rejected'])).toEqual([['t5']])
    const first = (fact: Fact) => rejection(fact) && fact.at < h(9)
    expect(days(first, [0, 'mql'], [3, 'rejected'], [50, 'mql'], [60, 'rejected'])).toEqual([['t5'], []])
  })

  test('is no decision that was accepted at that instant too', () => {
    expect(days(rejection, [0, 'mql'], [3, 'accepted'], [3, 'rejected'])).toEqual([[]])
  })
})
