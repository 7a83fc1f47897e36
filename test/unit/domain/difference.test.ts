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

  test('another start that makes the warning come earlier, though it warns after the same time', () => {
    const yaml = attempt('from: T1, until: T3, kind: elapsed, warn: 24h, due: 48h')
    expect(changes(24.5, yaml, ONE.slice(0, 2) as typeof ONE)).toEqual([
      'first_attempt: running → due_soon: counted from the MQL instead of the assignment',
    ])
  })

  test('the limit of the tier that applies, not of the first', () => {
    const rule = (due: string) =>
      attempt(`from: T2, until: T3, due: ${due}, tiers: [{ name: demo, when: { source: demo }, due: 1h }]`)
    expect(changes(40, rule('24h'), ONE, policy(rule('48h')))).toEqual([
      'first_attempt: met → met_late: due 24 h instead of 48 h',
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

  test('an attempt by somebody else, and the owner’s own a day later', () => {
    const both = [...ONE.slice(0, 2), call(30, 'voicemail', 'bob'), call(60)] as Parameters<typeof rows>
    expect(changes(70, 'activities: { attempts_by: owner }', both)).toEqual([
      'first_attempt: met → met_late: a first attempt counts at another time',
    ])
  })

  test.each([
    ['count: 3', '3 attempts'],
    ['count: 6, days: 4', '6 attempts on 4 days'],
    ['count: 6, days: 4, channels: 2', '6 attempts on 4 days by 2 channels'],
    ['count: 6, channels: 3', '6 attempts by 3 channels'],
  ])('persistence: %s', (attempts, asked) => {
    const yaml = attempt(`from: T2, attempts: { ${attempts} }, kind: elapsed, due: 48h`)
    expect(changes(40, yaml, ONE)).toEqual([
      `first_attempt: met → running: asks for ${asked} instead of a first attempt`,
    ])
  })

  test('an exception, and none any more', () => {
    const excused = 'exceptions: { upsell: { when: { source: social }, promises: [first_attempt] } }'
    expect(changes(40, excused, ONE)).toEqual(['first_attempt: met → excused: excused'])
    const stricter = attempt('from: T2, until: T3, kind: elapsed, due: 24h')
    expect(changes(40, `${excused}\n${stricter}`, ONE)).toEqual(['first_attempt: met → excused: excused'])
    expect(changes(40, '{}', ONE, policy(excused))).toEqual([
      'first_attempt: excused → met: no longer excused',
    ])
  })

  test('a warning', () => {
    const yaml = attempt('from: T2, until: T3, kind: elapsed, warn: 6h, due: 48h')
    expect(changes(10, yaml, ONE.slice(0, 2) as typeof ONE)).toEqual([
      'first_attempt: running → due_soon: warned after 6 h instead of after 24 h',
    ])
    const owned = ONE.slice(0, 2) as typeof ONE
    expect(changes(30, attempt('from: T2, until: T3, kind: elapsed, due: 48h'), owned)).toEqual([
      'first_attempt: due_soon → running: warned never instead of after 24 h',
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

  test('no end any more, or another one', () => {
    const rejected = [...ONE.slice(0, 2), [9.5, 'rejected'], [70, 'recycled']] as typeof ONE
    expect(changes(80, 'stages: { rejected: off, recycled: off }', rejected)).toEqual([
      'decision: met → running: still open instead of ended as rejected; a decision no longer counts',
      'first_attempt: missed → overdue: still open instead of ended as rejected',
    ])
    const recycled =
      'stages: { rejected: { salesforce_status: [Nurturing] }, recycled: { salesforce_status: [Closed - Not Converted] } }'
    const strict = `${attempt('from: T2, until: T5, kind: elapsed, due: 8h')}\n`
    const mild = `${attempt('from: T2, until: T5, kind: elapsed, due: 9h')}\n`
    expect(changes(80, `${strict}${recycled}`, rejected, policy(mild))).toEqual([
      'first_attempt: met → met_late: ended as recycled instead of rejected; due 8 h instead of 9 h',
    ])
    expect(
      changes(
        80,
        `${strict}stages: { rejected: { salesforce_status: [Nurturing] } }`,
        rejected,
        policy(mild),
      ),
    ).toEqual([
      'first_attempt: met → met_late: ended as rejected at another time; a decision counts at another time; due 8 h instead of 9 h',
    ])
  })

  test('a start at another time', () => {
    const contact = attempt('from: T3, until: T4, kind: elapsed, due: 24h')
    const both = [[0, 'mql'], assigned(1), call(2, 'voicemail', 'bob'), call(20), call(30, 'connected')]
    expect(
      changes(40, `${contact}\nactivities: { attempts_by: owner }`, both as typeof ONE, policy(contact)),
    ).toEqual(['first_attempt: met_late → met: the first attempt at another time'])
  })

  test('a clock that does otherwise when there is a new owner', () => {
    const moved = [[0, 'mql'], assigned(1), assigned(20, 'bob'), call(60, 'voicemail', 'bob')] as typeof ONE
    expect(changes(61, 'reassignment: reset', moved)).toEqual([
      'first_attempt: met_late → met: with a new owner the clock starts again',
    ])
    expect(changes(61, '{}', moved, policy('reassignment: reset'))).toEqual([
      'first_attempt: met → met_late: with a new owner the clock goes on',
    ])
    expect(changes(61, 'reassignment: apportion', moved)).toEqual([
      'first_attempt: met_late → met: with a new owner the clock counts their own time only',
    ])
  })

  test('a pause, a longer and a shorter one', () => {
    const waiting = (cap: string) =>
      `pauses: { buyer: { when: { salesforce_status: [Waiting] }, cap: ${cap} } }`
    const held = [
      ...[...ONE.slice(0, 2), [2, 'updated', { detail: 'salesforce.status=Waiting' }]],
      ...[[22, 'updated', { detail: 'salesforce.status=Open - Not Contacted' }], call(60)],
    ] as typeof ONE
    expect(changes(61, waiting('20h'), held, policy(waiting('1h')))).toEqual([
      'first_attempt: met_late → met: paused for longer',
    ])
    expect(changes(61, waiting('1h'), held, policy(waiting('20h')))).toEqual([
      'first_attempt: met → met_late: paused for a shorter time',
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

  test.each([
    ['outcomes: [recycled]', 'none follows a handoff that ended as rejected'],
    ['after: 46h', 'too soon after handoff 1'],
  ])('a second one that the policy does not open: %s', (rule, why) => {
    expect(changes(60, `re_mql: { ${rule} }`, twice)).toEqual([
      `null: null → null: no handoff of its own any more: ${why}`,
    ])
    expect(changes(60, '{}', twice, policy(`re_mql: { ${rule} }`))).toEqual([
      `null: null → null: a handoff of its own now, before: ${why}`,
    ])
    expect(changes(60, 're_mql: { after: 45h }', twice)).toEqual([])
    const third = [...twice, [60, 'rejected', { actor: 'ada' }], [200, 'mql']] as typeof twice
    expect(changes(201, `re_mql: { ${rule} }`, third)).toContainEqual(
      `null: null → null: no handoff of its own any more: ${why}`,
    )
  })

  test('the one before goes on until later, or ended at that very instant', () => {
    const later = [...twice, [70, 'recycled']] as typeof twice
    expect(changes(80, 'stages: { rejected: off }', later)).toContainEqual(
      'null: null → null: no handoff of its own any more: part of handoff 1',
    )
    const atOnce = [[0, 'mql'], assigned(1), [50, 'rejected'], [50, 'mql']] as typeof twice
    expect(changes(60, 're_mql: { outcomes: [recycled] }', atOnce)).toEqual([
      'null: null → null: no handoff of its own any more: none follows a handoff that ended as rejected',
    ])
  })

  test('it is no MQL any more, though another could have followed', () => {
    const sql = 'sql: { deal_opened: true }'
    const before = policy(
      `stages: { mql: { hubspot_lifecycle: [marketingqualifiedlead, salesqualifiedlead] }, ${sql} }`,
    )
    const story = [[0, 'mql'], assigned(1), [5, 'rejected'], [50, 'sql']] as typeof twice
    expect(changes(60, `stages: { ${sql} }\nre_mql: { after: 45h }`, story, before)).toContainEqual(
      'null: null → null: no longer an MQL',
    )
  })
})
