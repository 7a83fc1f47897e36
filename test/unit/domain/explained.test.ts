import { expect, test } from 'vitest'
import { explain } from '../../../src/domain/explain.ts'
import type { Fact } from '../../../src/domain/facts.ts'
import { HOUR } from '../../../src/domain/time.ts'
import { assigned, call, h, rows } from './judged.ts'
import { policy } from './replayed.ts'
import { COMPANY, directory, factsOf, hs, sf } from './world.ts'

type Lines = Parameters<typeof rows>
const explained = (hours: number, lines: Lines, yaml = '{}', more: Fact[] = []) =>
  explain({
    ...{ facts: [...factsOf(rows(...lines)), ...more], policyAt: () => policy(yaml) },
    ...{ directory: directory(COMPANY), now: h(hours) },
  })
const rules = (yaml: string) =>
  explained(2, [[0, 'mql'], assigned(1)], `promises: { a: { ${yaml} } }`).handoffs[0]!.promises[0]!

test('who owned it while it was open, from its MQL to its end', () => {
  const moved: Lines = [[0, 'mql'], assigned(2), assigned(5, 'bob'), [9, 'rejected'], assigned(12, 'eve')]
  const owners = (hours: number, lines: Lines = moved) =>
    explained(hours, lines).handoffs[0]!.owners.map(({ from, to, owner }) => [
      (from - h(0)) / HOUR,
      to === null ? null : (to - h(0)) / HOUR,
      owner?.name ?? null,
    ])
  expect(owners(20)).toEqual([
    [2, 5, 'ada'],
    [5, 9, 'bob'],
  ])
  expect(owners(4)).toEqual([[2, null, 'ada']])
})

test('what happened belongs to the handoff that was open then, and is marked by what it made true', () => {
  const twice: Lines = [
    ...([[-3, 'inquiry'], [0, 'mql'], assigned(1), call(2), [5, 'rejected'], [7, 'inquiry']] as Lines),
    ...([[9, 'mql'], call(10)] as Lines),
  ]
  const { timeline } = explained(20, twice)
  const of = (hours: number) => [
    ...new Set(timeline.filter(one => one.at === h(hours)).map(one => one.handoff)),
  ]
  expect([-3, 0, 2, 5, 7, 9, 10].map(of)).toEqual([[null], [1], [1], [1], [null], [2], [2]])
  const calls = timeline.filter(one => one.kind === 'activity' && one.at === h(2))
  expect(calls.flatMap(one => one.marks)).toEqual(['First attempt'])
})

test.each([
  ['small', null],
  [null, 'call in spring'],
  ['small', 'call in spring'],
])('feedback %j, %j is part of it, with the policy it is held to', (reason, note) => {
  const fact = {
    key: 'f',
    at: h(1),
    subject: 'hubspot:contact:p1',
    origin: 'record',
    kind: 'feedback',
  } as const
  const [handoff] = explained(
    3,
    [
      [0, 'mql'],
      [1, 'rejected'],
    ],
    'name: strict',
    [{ ...fact, reason, note }],
  ).handoffs
  expect(handoff).toMatchObject({ feedback: { reason, note }, owner: null })
  expect(handoff!.policy).toEqual({ name: 'strict', effective: Date.parse('2000-01-01') })
  expect(explained(3, [[0, 'mql']]).handoffs[0]!.feedback).toBeNull()
})

test.each([
  ['count: 1', '1 attempt'],
  ['count: 6, days: 4', '6 attempts on 4 days'],
  ['count: 6, channels: 2', '6 attempts by 2 channels'],
  ['count: 6, days: 4, channels: 3', '6 attempts on 4 days by 3 channels'],
])('persistence in words: %s', (attempts, words) => {
  const { agreed: rule } = rules(`from: T2, attempts: { ${attempts} }, due: 5d`)
  expect(rule.startsWith(`${words} within`)).toBe(true)
  expect(rule).toContain(', unless contacted or decided')
  expect(rules('from: T2, until: T3, due: 5d').agreed).not.toContain('unless')
})

test('the limit is that of the tier that applies', () => {
  const tiers = (source: string) =>
    rules(`from: T2, until: T3, due: 2d, tiers: [{ name: x, when: { source: ${source} }, due: 3h }]`)
  expect([tiers('social').dueMs, tiers('other').dueMs]).toEqual([3 * HOUR, 48 * HOUR])
  expect([tiers('social').agreed, tiers('other').agreed]).toEqual([
    expect.stringContaining('3 h'),
    expect.stringContaining('48 h'),
  ])
})

test('it is summed up by its last handoff: open, or ended', () => {
  expect(explained(3, [[0, 'mql'], assigned(1)]).summary).toContain('open')
  expect(explained(9, [[0, 'mql'], assigned(1), [5, 'rejected']]).summary).toMatch(
    /^Handoff 1 ended as rejected/,
  )
  expect([sf('ada'), hs('ada')]).toContain(explained(3, [[0, 'mql'], assigned(1)]).handoffs[0]!.owner!.ref)
})
