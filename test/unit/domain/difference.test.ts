import { describe, expect, test } from 'vitest'
import type { VerdictChange } from '../../../src/domain/replay.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { assigned, call, h, rows } from './judged.ts'
import { policy, replayed } from './replayed.ts'
import { factsOf } from './world.ts'

/** What changes for a lead to whom this happened, so many hours after its MQL. */
function changes(hours: number, yaml: string, lines: Parameters<typeof rows>, before = defaultPolicy) {
  const people = [factsOf(rows(...lines))]
  return replayed({ people, before, after: policy(yaml), now: h(hours) }).changes.map(told)
}

const told = ({ promise, state, why }: VerdictChange) =>
  `${promise}: ${state.before} → ${state.after}: ${why}`

const ONE = [[0, 'mql'], assigned(1), call(30)] as Parameters<typeof rows>
const OTHERS = `
  assignment: { from: T1, until: T2, kind: elapsed, due: 4h }
  decision: { from: T2, until: T5, kind: working, warn: 4 working days, due: 5 working days }`
const attempt = (rule: string) => `promises:\n  first_attempt: { ${rule} }${OTHERS}`

describe('why a verdict is another, as a manager would say it', () => {
  test.each([
    ['due', attempt('from: T2, until: T3, kind: elapsed, due: 24h'), 'due 24 h instead of 48 h'],
    [
      'kind',
      attempt('from: T2, until: T3, kind: working, due: 4h'),
      'due 4 h of working time instead of 48 h by the wall clock',
    ],
    [
      'tier',
      attempt(
        'from: T2, until: T3, kind: elapsed, due: 48h, tiers: [{ name: social leads, when: { source: social }, due: 2h }]',
      ),
      'another tier: social leads, due 2 h instead of 48 h',
    ],
  ])('%s', (_, yaml, why) => {
    expect(changes(40, yaml, ONE)).toEqual([`first_attempt: met → met_late: ${why}`])
  })

  test('another start', () => {
    const yaml = attempt('from: T1, until: T3, kind: elapsed, due: 48h')
    const late = [[0, 'mql'], assigned(30), call(60)] as Parameters<typeof rows>
    expect(changes(70, yaml, late)).toEqual([
      'first_attempt: met → met_late: counted from the MQL instead of the assignment',
    ])
  })

  test('another goal', () => {
    const yaml = attempt('from: T2, until: T4, kind: elapsed, due: 48h')
    expect(changes(40, yaml, ONE)).toEqual([
      'first_attempt: met → running: asks for a two-way contact instead of a first attempt',
    ])
  })

  test('an attempt by somebody else', () => {
    const others = [[0, 'mql'], assigned(1), call(30, 'voicemail', 'bob')] as Parameters<typeof rows>
    expect(changes(60, 'activities: { attempts_by: owner }', others)).toEqual([
      'first_attempt: met → overdue: a first attempt no longer counts',
    ])
    const owner = policy('activities: { attempts_by: owner }')
    expect(changes(60, '{}', others, owner)).toEqual([
      'first_attempt: overdue → met: a first attempt counts that did not',
    ])
  })

  test('a warning', () => {
    const yaml = attempt('from: T2, until: T3, kind: elapsed, warn: 6h, due: 48h')
    expect(changes(10, yaml, ONE.slice(0, 2) as typeof ONE)).toEqual([
      'first_attempt: running → due_soon: warned after 6 h instead of after 24 h',
    ])
  })

  test('other working hours', () => {
    const yaml = 'calendars: { default: { mon: [09:00-17:00] } }'
    const decided = [[0, 'mql'], assigned(1), call(2)] as Parameters<typeof rows>
    const before = policy('{}')
    // 5 days of 8 hours on Mondays only take five weeks.
    expect(changes(9 * 24, yaml, decided, before)).toEqual([
      'decision: overdue → running: other working hours',
    ])
  })

  test('another end', () => {
    expect(changes(80, 'expire_days: 3', [[0, 'mql'], assigned(1)] as typeof ONE)).toEqual([
      'decision: running → missed: ended as expired instead of open',
      'first_attempt: overdue → missed: ended as expired instead of open',
    ])
  })

  test('a promise made no more, and a new one', () => {
    const only = (name: string, rule = '') =>
      `promises: { ${name}: { from: T2, until: T3, kind: elapsed, due: 48h${rule} } }`
    expect(changes(40, only('call'), ONE, policy(only('first_attempt')))).toEqual([
      'call: null → met: a new promise',
      'first_attempt: met → null: no longer promised',
    ])
    const partners = `promises: { call: { from: T2, until: T3, kind: elapsed, tiers: [{ name: p, when: { source: partner }, due: 1h }] } }`
    expect(changes(40, partners, ONE, policy(only('call')))).toEqual([
      'call: met → null: not promised to such a lead any more',
    ])
    expect(changes(40, only('call'), ONE, policy(partners))).toEqual([
      'call: null → met: promised to such a lead now',
    ])
  })
})

describe('why a handoff is there under one policy only', () => {
  const never = 'stages: { mql: { hubspot_lifecycle: [evangelist] } }'
  const twice = [[0, 'mql'], assigned(1), [5, 'rejected', { actor: 'ada' }], [50, 'mql']] as Parameters<
    typeof rows
  >

  test('another rule for MQLs', () => {
    expect(changes(40, never, ONE)).toEqual(['null: null → null: no longer an MQL'])
    expect(changes(40, '{}', ONE, policy(never))).toEqual(['null: null → null: an MQL now'])
  })

  test('the one before goes on', () => {
    const yaml = 'stages: { rejected: off }'
    expect(changes(60, yaml, twice)).toContainEqual(
      'null: null → null: no handoff of its own any more: part of handoff 1',
    )
    expect(changes(60, '{}', twice, policy(yaml))).toContainEqual(
      'null: null → null: a handoff of its own now, before: part of handoff 1',
    )
  })
})
