import { describe, expect, test } from 'vitest'
import { applies } from '../../../src/domain/tier.ts'
import { HOUR, MINUTE } from '../../../src/domain/time.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import type { TierMatch } from '../../../src/policy/policy.ts'
import { assigned, call, h, judged, judgeFacts, only, promise, rows } from './judged.ts'
import { factsOf } from './world.ts'

const story = (hours: number, ...lines: Parameters<typeof judged>[1][]) => {
  const judgement = judged(hours, [0, 'mql'], ...lines)
  const handoff = only(judgement)
  const of = (name: string) => promise(handoff, name)
  return { judgement, assignment: of('assignment'), first: of('first_attempt'), decision: of('decision') }
}

describe('assignment, four hours from T1', () => {
  test('runs until due, inclusive', () => {
    expect(story(4).assignment).toMatchObject({
      state: 'running',
      dueAt: h(4),
      warnAt: null,
      countedMs: 4 * HOUR,
    })
  })

  test('is overdue a millisecond later', () => {
    const later = judgeFacts(factsOf(rows([0, 'mql'])), h(4) + 1)
    expect(promise(only(later), 'assignment').state).toBe('overdue')
  })

  test('is met exactly when due, late after', () => {
    expect(story(9, assigned(4)).assignment).toMatchObject({ state: 'met', until: h(4), countedMs: 4 * HOUR })
    expect(story(9, assigned(4.001)).assignment.state).toBe('met_late')
  })

  test('is met at once by an owner from before', () => {
    const handoff = only(judged(9, assigned(-5), [0, 'mql']))
    expect(promise(handoff, 'assignment')).toMatchObject({ state: 'met', countedMs: 0 })
  })

  test('is missed when it ended without an owner', () => {
    expect(story(9, [2, 'rejected']).assignment).toMatchObject({ state: 'missed', countedMs: 2 * HOUR })
  })
})

describe('first attempt, 48 hours from T2, warned after 24', () => {
  test('has not started without an owner', () => {
    const unknown = { from: null, until: null, dueAt: null, warnAt: null, countedMs: null }
    expect(story(9).first).toMatchObject({ state: 'not_started', ...unknown })
  })

  test('runs, is due soon, is overdue', () => {
    expect(story(24.999, assigned(1)).first.state).toBe('running')
    expect(story(25, assigned(1)).first.state).toBe('due_soon')
    expect(story(49, assigned(1)).first.state).toBe('due_soon')
    expect(story(49.001, assigned(1)).first.state).toBe('overdue')
  })

  test('is met by an attempt or a contact', () => {
    expect(story(9, assigned(1), call(3)).first).toMatchObject({ state: 'met', countedMs: 2 * HOUR })
    expect(story(9, assigned(1), [3, 'email', { direction: 'in' }]).first.state).toBe('met')
  })

  test('is met late by one after due', () => {
    expect(story(99, assigned(1), call(50)).first).toMatchObject({ state: 'met_late', countedMs: 49 * HOUR })
  })

  test('is met with a negative time by an attempt before the assignment', () => {
    expect(story(9, call(0.5), assigned(2)).first).toMatchObject({ state: 'met', countedMs: -1.5 * HOUR })
  })

  test('is met when nobody was ever assigned', () => {
    expect(story(9, call(1)).first).toMatchObject({ state: 'met', from: null, dueAt: null, countedMs: null })
  })

  test.each(['sql', 'rejected', 'recycled'] as const)('is missed when it ended as %s without one', event => {
    expect(story(9, assigned(1), [3, event]).first).toMatchObject({ state: 'missed', countedMs: 2 * HOUR })
    expect(story(9, [3, event]).first.state).toBe('missed')
  })

  test('is void with the handoff', () => {
    const { first, assignment } = story(9, assigned(1), [2, 'deleted'])
    expect([first.state, assignment.state]).toEqual(['void', 'void'])
  })

  test('does not hear of attempts after the end', () => {
    expect(story(99, assigned(1), [3, 'sql'], call(4)).first.state).toBe('missed')
  })
})

describe('decision, five working days of the owner from T2', () => {
  test('is due after 40 hours of the owner’s own time', () => {
    const tuesday = story(1, assigned(0)).decision
    expect(tuesday).toMatchObject({ kind: 'working', dueAt: Date.parse('2026-12-01T08:12:00Z') })
    expect(tuesday.warnAt).toBe(Date.parse('2026-11-30T08:12:00Z'))
    const newYork = story(1, assigned(0, 'bob')).decision
    expect(newYork.dueAt).toBe(Date.parse('2026-11-30T22:00:00Z'))
  })

  test('goes on when reassigned, each stretch in the calendar of its owner', () => {
    // Berlin closes at 16:00 UTC, New York at 22:00: eight minutes short of eight hours there, then six more here.
    const { decision } = story(14, assigned(0), assigned(7, 'bob'))
    const berlin = 7 * HOUR
    const newYork = Date.parse('2026-11-24T22:00:00Z') - h(7)
    expect(decision.countedMs).toBe(berlin + newYork)
    const left = 40 * HOUR - berlin - newYork
    expect(decision.dueAt).toBe(Date.parse('2026-11-30T14:00:00Z') + left - 24 * HOUR)
  })

  test('goes on in the last owner’s calendar while nobody owns it', () => {
    const alone = story(30, assigned(0)).decision
    const queued = story(30, assigned(0), assigned(2, '')).decision
    expect(queued).toMatchObject({ dueAt: alone.dueAt, countedMs: alone.countedMs })
  })

  test('before the MQL counts in the calendar of whoever had it then, not of earlier owners', () => {
    // It was afternoon for Bob when the inquiry came, and evening for Ada, who starts twelve minutes before T.
    const policy = parsePolicy(
      'promises: { all: { from: T0, until: T3, due: 5h, kind: working } }',
      'policy.yml',
    )
    const lines = rows(assigned(-20, 'bob'), [-14, 'inquiry'], assigned(-1), [0, 'mql'])
    expect(only(judgeFacts(factsOf(lines), h(0), policy)).promises[0]?.countedMs).toBe(12 * MINUTE)
  })

  test('counts nothing at night', () => {
    const { decision } = story(14, assigned(10), [12, 'accepted'])
    expect(decision).toMatchObject({ state: 'met', countedMs: 0 })
  })
})

describe('tiers', () => {
  const policy = parsePolicy(
    `
promises:
  first_attempt:
    from: T2
    until: T3
    due: 48h
    tiers:
      - { name: social in DE, when: { source: [SOCIAL], country: [de] }, due: 1h, warn: 30m }
      - { name: social, when: { source: [social] }, due: 2h }
  none:
    from: T1
    until: T6
    tiers:
      - { name: nobody, when: { campaign: ["(empty)"] }, due: 1h }
`,
    'policy.yml',
  )
  const person = { source: 'social', country: 'DE', campaign: 'x' }
  const tierOf = (profile: Partial<typeof person>) => {
    const facts = factsOf(rows([0, 'mql'], assigned(0))).map(fact =>
      fact.kind === 'created' ? { ...fact, profile: { ...fact.profile, ...person, ...profile } } : fact,
    )
    const { promises } = only(judgeFacts(facts, h(0), policy))
    return promises.map(({ name, tier, dueAt }) => `${name}/${tier}/${(dueAt! - h(0)) / MINUTE}`)
  }

  test('the first that matches applies, without regard to case', () => {
    expect(tierOf({})).toEqual(['first_attempt/social in DE/60'])
    expect(tierOf({ country: 'FR' })).toEqual(['first_attempt/social/120'])
  })

  test('the promise’s own due is for the rest', () => {
    expect(tierOf({ source: 'email' })).toEqual(['first_attempt/default/2880'])
  })

  test('an empty value has a name', () => {
    expect(tierOf({ campaign: '' })).toEqual(['first_attempt/social in DE/60', 'none/nobody/60'])
  })
})

describe('tiers by segment and score', () => {
  const dimensions = { source: null, campaign: null, country: null, segment: null, score: null }
  const score = (atLeast: number | null, atMost: number | null) => ({ score: { atLeast, atMost } })

  test.each<[TierMatch, Partial<typeof dimensions> | { segment: string } | { score: number }, boolean]>([
    [{ segment: ['enterprise'] }, { segment: 'Enterprise' }, true],
    [{ segment: ['enterprise'] }, {}, false],
    [{ segment: ['(empty)'] }, {}, true],
    [score(80, null), { score: 80 }, true],
    [score(80, null), { score: 79.9 }, false],
    [score(null, 80), { score: 80 }, true],
    [score(null, 80), { score: 80.1 }, false],
    [score(10, 20), { score: 15 }, true],
    [score(10, 20), { score: 25 }, false],
    [score(null, 80), {}, false],
  ])('%j, %j: %j', (when, own, expected) => {
    expect(applies(when, { ...dimensions, ...own }, () => null)).toBe(expected)
  })
})

test('a promise until something after the end is missed', () => {
  const policy = parsePolicy('promises: { sql: { from: T1, until: T6, due: 9d } }', 'policy.yml')
  const facts = factsOf(rows([0, 'mql'], [1, 'rejected'], [2, 'sql']))
  const handoff = only(judgeFacts(facts, h(9), policy))
  expect(promise(handoff, 'sql')).toMatchObject({ state: 'missed', until: null })
})
