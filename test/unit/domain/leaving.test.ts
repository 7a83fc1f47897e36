import { expect, test } from 'vitest'
import { explain } from '../../../src/domain/explain.ts'
import type { Fact } from '../../../src/domain/facts.ts'
import type { Directory } from '../../../src/domain/handoff.ts'
import { judge } from '../../../src/domain/judge.ts'
import type { Instant } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { assigned, call, h, rows } from './judged.ts'
import { COMPANY, directory, factsOf, sf } from './world.ts'

type Line = Parameters<typeof rows>[0]

/** The people of the tests, with ada gone since so many hours after the first instant; null: nobody knows since when. */
function without(left: number | null): Directory {
  const users = COMPANY.users.map(user =>
    user.user === 'ada' ? { ...user, left: left === null ? null : h(left), active: false } : user,
  )
  const people = new Map(directory({ ...COMPANY, users }))
  if (left === null)
    for (const [ref, rep] of people) if (rep.name === 'ada') people.set(ref, { ...rep, inactiveSince: null })
  return people
}

const after = (left: number | null, facts: readonly Fact[], now: Instant = h(99)) =>
  judge({ facts, policyAt: () => defaultPolicy, directory: without(left), now }).handoffs

const story = (left: number | null, ...lines: Line[]) => after(left, factsOf(rows(...lines))).at(-1)!

test('somebody owns until they leave: a departure rewrites nothing before it', () => {
  expect(story(5, [0, 'mql'], assigned(1), call(2))).toMatchObject({ owner: sf('ada'), t2: h(1), t3: h(2) })
})

test('from the instant they left on nobody owns, until somebody is assigned', () => {
  const handoff = story(-2, assigned(-5), [0, 'mql'], assigned(3, 'bob'))
  expect(handoff).toMatchObject({ owner: sf('bob'), t2: h(3) })
  expect(story(-2, assigned(-5), [0, 'mql'])).toMatchObject({ owner: null, t2: null })
  expect(story(0, assigned(-5), [0, 'mql'])).toMatchObject({ t2: null })
  expect(story(0.001, assigned(-5), [0, 'mql'])).toMatchObject({ t2: h(0) })
})

test('whoever had it before them does not get it back', () => {
  const facts = factsOf(rows([-9, 'mql'], assigned(-8, 'bob'), [-7, 'rejected'], assigned(-6), [0, 'mql']))
  const kept = facts.filter(
    fact => fact.kind !== 'owner' || fact.subject.startsWith('salesforce') || fact.at < h(-7),
  )
  expect(after(-3, kept).at(-1)).toMatchObject({ owner: null, t2: null })
})

test('the judgement wakes when an owner is known to leave, unless it is over by then', () => {
  const wake = (...lines: Line[]) => {
    const facts = factsOf(rows(...lines))
    return judge({ facts, policyAt: () => defaultPolicy, directory: without(5), now: h(3) }).wakeAt
  }
  expect(wake([0, 'mql'], assigned(1))).toBe(h(5))
  expect(wake([0, 'mql'], assigned(1), call(2), [2, 'rejected'])).toBeNull()
})

test('given to them after they left, it is nobody’s', () => {
  expect(story(1, [0, 'mql'], assigned(2))).toMatchObject({ owner: null, t2: null })
})

test('of whom nobody knows since when they are inactive, they never owned', () => {
  expect(story(null, [0, 'mql'], assigned(1))).toMatchObject({ owner: null, t2: null })
})

test('what they did stays done', () => {
  expect(story(1.5, [0, 'mql'], assigned(1), call(2))).toMatchObject({ t3: h(2), attempts: 1 })
})

test('the explanation says when they left, and who owned it until then', () => {
  const facts = factsOf(rows([0, 'mql'], assigned(1)))
  const told = explain({ facts, policyAt: () => defaultPolicy, directory: without(5), now: h(20) })
  expect(told.handoffs[0]!.owners.map(({ from, to, owner }) => [from, to, owner?.name])).toEqual([
    [h(1), h(5), 'ada'],
    [h(5), null, undefined],
  ])
  const left = told.timeline.filter(({ words }) => words === 'ada left')
  expect(left.map(({ at, note }) => [at, note])).toContainEqual([
    h(5),
    expect.stringContaining('nobody owns'),
  ])
  const late = explain({
    facts: factsOf(rows([0, 'mql'], assigned(9))),
    policyAt: () => defaultPolicy,
    directory: without(5),
    now: h(20),
  })
  const given = late.timeline.find(({ words }) => words === 'Given to ada')
  expect(given?.note).toBe('not counted as an owner: left on Tue 24 Nov 2026 13:12')
})
