import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Handoff } from '../../../src/domain/handoff.ts'
import { judge } from '../../../src/domain/judge.ts'
import { addComparison, LISTED, nothingCompared, type VerdictChange } from '../../../src/domain/replay.ts'
import { percentile } from '../../../src/domain/statistics.ts'
import { compliance, emptyTally, increase, inState, medianMinutes } from '../../../src/domain/tally.ts'
import { DAY, MINUTE } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { history, START } from './histories.ts'
import { type Crowd, policy, replayed } from './replayed.ts'
import { directory, factsOf } from './world.ts'

const POLICIES = [
  defaultPolicy,
  policy('promises: { first_attempt: { from: T2, until: T3, kind: elapsed, due: 3h } }'),
  policy('promises: { first_attempt: { from: T1, until: T4, kind: working, due: 2 working days } }'),
  policy('stages: { mql: { hubspot_lifecycle: [salesqualifiedlead] }, sql: { deal_opened: true } }'),
  policy('expire_days: 2\nactivities: { attempts_by: owner }'),
]

const crowd: fc.Arbitrary<Crowd> = fc.record({
  people: fc.array(
    history.map(events => factsOf(events)),
    { minLength: 1, maxLength: 12 },
  ),
  before: fc.constantFrom(...POLICIES),
  after: fc.constantFrom(...POLICIES),
  now: fc.integer({ min: 0, max: 60 }).map(days => START + days * DAY),
  from: fc.integer({ min: -1, max: 10 }).map(days => START + days * DAY),
  to: fc.integer({ min: 10, max: 60 }).map(days => START + days * DAY),
})

test('the same policy changes nothing', () => {
  fc.assert(
    fc.property(crowd, one => {
      const { comparison, changes } = replayed({ ...one, after: one.before })
      expect(changes).toEqual([])
      expect(comparison).toMatchObject({ changed: 0, changes: 0, only: { before: 0, after: 0 }, first: [] })
      expect(comparison.handoffs.after).toBe(comparison.handoffs.before)
      for (const { before, after } of comparison.promises.values()) expect(after).toEqual(before)
    }),
    { numRuns: 100 },
  )
})

test('people shared out in any way add up to the same', () => {
  const cuts = fc.array(fc.nat(12), { maxLength: 4 })
  fc.assert(
    fc.property(crowd, cuts, fc.boolean(), (one, at, backwards) => {
      const whole = replayed(one).comparison
      const bounds = [0, ...at.sort((a, b) => a - b), one.people.length]
      const parts = bounds
        .slice(1)
        .map(
          (end, i) =>
            replayed({ ...one, people: one.people.slice(bounds[i], end) }, bounds[i]! + 1).comparison,
        )
      if (backwards) parts.reverse()
      const sum = nothingCompared()
      const rest = nothingCompared()
      const half = Math.floor(parts.length / 2)
      for (const part of parts.slice(half)) addComparison(rest, part)
      for (const part of parts.slice(0, half)) addComparison(sum, part)
      addComparison(sum, rest)
      expect(sum).toEqual(whole)
    }),
    { numRuns: 150 },
  )
})

test('a list of everything, gone through once for every figure, says the same', () => {
  fc.assert(
    fc.property(crowd, one => {
      const { comparison, changes } = replayed(one)
      for (const side of ['before', 'after'] as const) {
        const all = handoffsOf(one, side)
        expect(comparison.handoffs[side]).toBe(all.length)
        expect(comparison.overdue[side]).toBe(all.filter(handoff => has(handoff, 'overdue')).length)
        for (const name of new Set(all.flatMap(({ promises }) => promises.map(promise => promise.name)))) {
          const expected = slow(all, name)
          expect(figures(comparison.promises.get(name)![side])).toEqual(expected)
          for (const source of new Set(all.map(handoff => handoff.source))) {
            const tally = comparison.groups.source.get(source ?? '(empty)')!.get(name)
            const those = all.filter(handoff => handoff.source === source)
            expect(figures(tally?.[side] ?? emptyTally())).toEqual(slow(those, name))
          }
          for (const owner of new Set(all.map(handoff => handoff.owner))) {
            const tally = comparison.groups.rep.get(owner ?? '(none)')!.get(name)
            const those = all.filter(handoff => handoff.owner === owner)
            expect(figures(tally?.[side] ?? emptyTally())).toEqual(slow(those, name))
          }
        }
      }
      expect(changes.map(brief).sort()).toEqual(slowChanges(one).sort())
      expect(comparison.changes).toBe(changes.length)
      expect(comparison.changed).toBe(
        new Set(changes.map(({ person, openedBy }) => `${person} ${openedBy}`)).size,
      )
      expect([...comparison.whys.values()].reduce((sum, times) => sum + times, 0)).toBe(changes.length)
      expect(changes.every(({ why }) => why !== '' && !/undefined|null|NaN/.test(why))).toBe(true)
    }),
    { numRuns: 200 },
  )
})

const has = ({ promises }: Handoff, state: string) => promises.some(promise => promise.state === state)

function handoffsOf(
  { people, before, after, now, from, to }: Crowd,
  side: 'before' | 'after',
): (Handoff & { person: number })[] {
  const one = side === 'before' ? before : after
  return people.flatMap((facts, index) =>
    judge({ facts, policyAt: () => one, directory: directory(), now })
      .handoffs.filter(({ t1 }) => from! <= t1 && t1 < to!)
      .map(handoff => ({ ...handoff, person: index + 1 })),
  )
}

/** Every figure of one promise from the list of its verdicts. */
function slow(handoffs: readonly Handoff[], name: string) {
  const verdicts = handoffs.flatMap(({ promises }) => promises.filter(promise => promise.name === name))
  const many = (...states: string[]) => verdicts.filter(({ state }) => states.includes(state)).length
  const due = many('met', 'met_late', 'overdue', 'missed')
  const median = (kind: string) => {
    const minutes = verdicts
      .filter(one => one.kind === kind && ['met', 'met_late'].includes(one.state))
      .flatMap(({ countedMs }) => (countedMs === null || countedMs < 0 ? [] : Math.floor(countedMs / MINUTE)))
      .sort((x, y) => x - y)
    return minutes.length === 0 ? null : percentile(minutes, 0.5)
  }
  return {
    met: many('met'),
    missed: many('missed'),
    overdue: many('overdue'),
    compliance: due === 0 ? null : many('met') / due,
    elapsed: median('elapsed'),
    working: median('working'),
  }
}

const figures = (tally: Parameters<typeof compliance>[0]) => ({
  met: inState(tally, 'met'),
  missed: inState(tally, 'missed'),
  overdue: inState(tally, 'overdue'),
  compliance: compliance(tally),
  elapsed: medianMinutes(tally, 'elapsed'),
  working: medianMinutes(tally, 'working'),
})

const brief = ({ person, openedBy, promise, state }: VerdictChange) =>
  `${person} ${openedBy} ${promise} ${state.before} ${state.after}`

/** Both lists of verdicts, side by side by their names. */
function slowChanges(one: Crowd): string[] {
  const verdicts = (side: 'before' | 'after') =>
    new Map(
      handoffsOf(one, side).map(({ person, openedBy, promises }) => [
        `${person} ${openedBy}`,
        new Map(promises.map(({ name, state }) => [name, state])),
      ]),
    )
  const [before, after] = [verdicts('before'), verdicts('after')]
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(key => {
    const [old, now] = [before.get(key), after.get(key)]
    if (!old || !now) return [`${key} null null null`]
    return [...new Set([...old.keys(), ...now.keys()])]
      .filter(name => old.get(name) !== now.get(name))
      .map(name => `${key} ${name} ${old.get(name) ?? null} ${now.get(name) ?? null}`)
  })
}

describe('what is kept', () => {
  test('the first hundred changes in order of person, whoever comes first', () => {
    const people = Array.from({ length: 150 }, () => factsOf([MQL]))
    const strict = policy('promises: { assignment: { from: T1, until: T2, kind: elapsed, due: 1h } }')
    const crowd = { people, before: defaultPolicy, after: strict, now: MQL.at + 2 * 60 * MINUTE }
    const { comparison } = replayed(crowd)
    expect(comparison.people).toBe(150)
    expect(comparison.first.map(({ person }) => person).slice(0, 3)).toEqual([1, 1, 1])
    expect(comparison.first).toHaveLength(LISTED)
    const late = replayed({ ...crowd, people: people.slice(50) }, 51).comparison
    addComparison(late, replayed({ ...crowd, people: people.slice(0, 50) }).comparison)
    expect(late).toEqual(comparison)
  })
})

test('a handoff belongs to a period that it began in, its end excluded', () => {
  const crowd = { people: [factsOf([MQL])], before: defaultPolicy, after: defaultPolicy, now: MQL.at + 1 }
  const found = (from: number, to: number) => {
    const { people, handoffs } = replayed({ ...crowd, from, to }).comparison
    return [people, handoffs.before, handoffs.after]
  }
  expect(found(MQL.at, MQL.at + 1)).toEqual([1, 1, 1])
  expect([found(MQL.at - 1, MQL.at), found(MQL.at + 1, MQL.at + 2)]).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ])
})

test('handoffs under one policy only are counted, and why', () => {
  const never = policy('stages: { mql: { hubspot_lifecycle: [evangelist] } }')
  const crowd = { people: [factsOf([MQL])], before: defaultPolicy, after: never, now: MQL.at + 1 }
  const gone = replayed(crowd)
  expect(gone.comparison).toMatchObject({ people: 1, changed: 1, only: { before: 1, after: 0 } })
  expect(gone.comparison.whys).toEqual(new Map([['* no longer an MQL', 1]]))
  expect(gone.changes[0]!.handoff).toEqual({ before: 1, after: null })
  const come = replayed({ ...crowd, before: never, after: defaultPolicy })
  expect(come.comparison.only).toEqual({ before: 0, after: 1 })
  expect(come.changes[0]!.handoff).toEqual({ before: null, after: 1 })
})

test('changes are in order of time, whichever policy they come from', () => {
  const again = (days: number, event: 'mql' | 'rejected') => ({ ...MQL, event, at: MQL.at + days * DAY })
  const people = [
    factsOf([MQL, again(1, 'rejected'), again(2, 'mql'), again(3, 'rejected'), again(9, 'mql')]),
  ]
  const patient = policy('re_mql: { after: 3d }')
  const strict = policy('promises: { assignment: { from: T1, until: T2, kind: elapsed, due: 1h } }')
  const { changes } = replayed({ people, before: patient, after: strict, now: MQL.at + 10 * DAY })
  const times = changes.map(({ t1 }) => (t1 - MQL.at) / DAY)
  expect(new Set(times)).toEqual(new Set([0, 2, 9]))
  expect(times).toEqual(times.toSorted((a, b) => a - b))
})

describe('the list of changes', () => {
  const change = (person: number, t1: number, openedBy = 'a', promise: string | null = 'x') =>
    ({ person, t1, openedBy, promise }) as VerdictChange
  const listed = (...lists: VerdictChange[][]) => {
    const sum = nothingCompared()
    for (const first of lists) addComparison(sum, { ...nothingCompared(), first })
    return sum.first
  }

  test('is in order of person, time, fact and promise', () => {
    const all = [
      ...[change(1, 5, 'a', 'x'), change(1, 5, 'a', 'y'), change(1, 5, 'b', null), change(1, 7)],
      ...[change(2, 3), change(10, 1)],
    ]
    expect(listed(all)).toEqual(all)
    expect(listed(all.toReversed())).toEqual(all)
    expect(listed(...all.toReversed().map(one => [one]))).toEqual(all)
  })

  test('when it is full takes in what is before its last, and nothing else', () => {
    const full = Array.from({ length: LISTED }, (_, index) => change(index + 2, 1))
    const last = change(LISTED + 2, 1)
    expect(listed(full, [change(1, 1), last])).toEqual([change(1, 1), ...full.slice(0, -1)])
    expect(listed(full, [last])).toEqual(full)
  })
})

test('a median is that of the times in their order, however they were counted', () => {
  const median = (...minutes: number[]) => {
    const tally = emptyTally()
    for (const one of minutes) increase(tally.minutes.elapsed, one, 1)
    return [medianMinutes(tally, 'elapsed'), medianMinutes(tally, 'working')]
  }
  expect(median(30, 10, 20)).toEqual([20, null])
  expect(median(40, 10, 30, 10)).toEqual([20, null])
})

const MQL = {
  seq: 1,
  person: 'p1',
  at: START,
  event: 'mql',
  actor: '',
  direction: '',
  outcome: '',
  amount: null,
  deal: '',
  detail: '',
} as const
