import { describe, expect, test } from 'vitest'
import { activitiesOf, isBackDated, isBy } from '../../../src/domain/activities.ts'
import { HOUR } from '../../../src/domain/time.ts'
import type { ActivityFact } from '../../../src/domain/timeline.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { directory, hs, ROBOT, sf } from './world.ts'

const call = (loggedAt: number): ActivityFact => ({
  ...{ key: 'a', at: HOUR, subject: 'salesforce:lead:1', origin: 'record', kind: 'activity' },
  ...{ channel: 'call', direction: 'out', outcome: 'done', actor: sf('ada'), automated: false, loggedAt },
})

test('what is logged later than the grace counts and is marked back-dated', () => {
  const marked = (hours: number) => {
    const [activity] = activitiesOf([call((1 + hours) * HOUR)], directory(), 900 * HOUR)
    return [activity!.attempt, isBackDated(activity!, defaultPolicy.backDatedMs)]
  }
  expect(marked(72)).toEqual(['call', false])
  expect(marked(72.1)).toEqual(['call', true])
})

const email = (
  vendor: 'salesforce' | 'hubspot',
  at: number,
  more: Partial<ActivityFact> = {},
): ActivityFact => ({
  ...{
    key: `${vendor} ${at}`,
    at,
    subject: vendor === 'salesforce' ? 'salesforce:lead:1' : 'hubspot:contact:1',
  },
  ...{
    origin: 'record',
    kind: 'activity',
    channel: 'email',
    direction: 'out',
    outcome: 'done',
    actor: sf('ada'),
  },
  ...{ automated: false, loggedAt: at, ...more },
})
const count = (...facts: ActivityFact[]) => activitiesOf(facts, directory(), 900 * HOUR).length

test('the same e-mail in both CRMs is one activity; what only looks alike is two', () => {
  expect(count(email('salesforce', 0), email('hubspot', 12_000))).toBe(1)
  expect(count(email('salesforce', 0), email('hubspot', 12_000, { actor: null }))).toBe(1)
  expect(count(email('salesforce', 0), email('salesforce', 12_000))).toBe(2)
  expect(count(email('salesforce', 0), email('hubspot', 61_000))).toBe(2)
  expect(count(email('salesforce', 0), email('hubspot', 12_000, { actor: sf('bob') }))).toBe(2)
})

test('an automated e-mail seconds after a human one does not swallow it', () => {
  const [only, ...others] = activitiesOf(
    [email('hubspot', 0), email('salesforce', 12_000, { automated: true, actor: null })],
    directory(),
    900 * HOUR,
  )
  expect(only).toMatchObject({ at: 0, attempt: 'email' })
  expect(others).toEqual([])
})

test('two e-mails of one instant, each in both CRMs, are joined with their like', () => {
  const human = { outcome: 'replied' } as const
  const told = [
    email('hubspot', 0, { ...human, key: 'h1', actor: hs('ada') }),
    email('hubspot', 0, { key: 'h2', outcome: 'bounced', actor: null }),
    email('salesforce', 0, { key: 's1', outcome: 'bounced', actor: ROBOT }),
    email('salesforce', 0, { ...human, key: 's2' }),
  ]
  const found = activitiesOf(told, directory(), HOUR)
  expect(found.map(({ attempt, contact }) => [attempt, contact])).toEqual([['email', 'email_reply']])
})

const all = (...facts: ActivityFact[]) => activitiesOf(facts, directory(), 900 * HOUR)

describe('of one activity that both CRMs tell of', () => {
  const later = 12_000

  test('the first instant counts, and when it was first logged', () => {
    const told = all(email('salesforce', 0, { loggedAt: 9 * HOUR }), email('hubspot', later))
    expect(told).toMatchObject([{ at: 0, loggedAt: later, dayPrecise: false }])
    expect(all(email('salesforce', 0, { dayPrecise: true }))).toMatchObject([{ dayPrecise: true }])
  })

  test('the fuller outcome counts, whoever tells it', () => {
    const replied = { outcome: 'replied' } as const
    const reply = [{ contact: 'email_reply' }]
    expect(all(email('salesforce', 0), email('hubspot', later, replied))).toMatchObject(reply)
    expect(all(email('salesforce', 0, replied), email('hubspot', later))).toMatchObject(reply)
  })

  test('the human did it, else whoever is named', () => {
    const by = (first: ActivityFact['actor'], second: ActivityFact['actor']) =>
      all(
        email('salesforce', 0, { actor: first, direction: 'in' }),
        email('hubspot', later, { actor: second, direction: 'in' }),
      ).map(({ actor }) => actor?.name)
    expect(by(sf('ada'), ROBOT)).toEqual(['ada'])
    expect(by(ROBOT, hs('ada'))).toEqual(['ada'])
    expect(by(null, ROBOT)).toEqual(['Automated Process'])
    expect(by(ROBOT, null)).toEqual(['Automated Process'])
  })

  test('a machine did it if one of them says so, and it is a step of a sequence if one does', () => {
    const step = { automated: true, sequence: true } as const
    const told = all(email('salesforce', 0), email('hubspot', later, step))
    expect(told.map(({ attempt }) => attempt)).toEqual(['sequence_email'])
    expect(count(email('salesforce', 0), email('hubspot', later, { automated: true }))).toBe(0)
  })
})

describe('two tellings are one activity', () => {
  test('up to a minute apart, if both CRMs tell it once', () => {
    expect(count(email('salesforce', 0), email('hubspot', 60_000))).toBe(1)
    expect(count(email('salesforce', HOUR), email('hubspot', HOUR + 12_000))).toBe(1)
    expect(count(email('hubspot', 0), email('salesforce', 1_000), email('hubspot', 2_000))).toBe(2)
    expect(count(email('hubspot', 0), email('salesforce', 1_000), email('salesforce', 2_000))).toBe(2)
  })

  test('of two alike the earlier, in whatever order they are read', () => {
    const replied = { outcome: 'replied' } as const
    for (const actor of [sf('ada'), null]) {
      const told = [
        email('hubspot', 0),
        email('hubspot', 1_000),
        email('salesforce', 2_000, { ...replied, actor }),
      ]
      for (const facts of [told, told.toReversed()]) {
        expect(all(...facts).map(({ at, contact }) => [at, contact])).toEqual([
          [0, 'email_reply'],
          [1_000, null],
        ])
      }
    }
  })

  test('if the same record tells them, however alike', () => {
    const source = 'salesforce:task:1'
    expect(count(email('salesforce', 0, { source }), email('salesforce', 1_000, { source }))).toBe(1)
    const other = 'salesforce:task:2'
    expect(count(email('salesforce', 0, { source }), email('salesforce', 0, { source: other }))).toBe(2)
  })

  test('if the other CRM tells what one record told of two subjects', () => {
    const source = 'salesforce:task:1'
    const [lead, contact] = ['salesforce:lead:1', 'salesforce:contact:1'] as const
    const twice = [lead, contact].map(subject => email('salesforce', 0, { source, subject }))
    expect(count(...twice, email('hubspot', 1_000))).toBe(1)
  })

  test('of several at one instant the first by name of its record, in whatever order they are read', () => {
    const logged = (...facts: ActivityFact[]) => all(...facts).map(({ loggedAt }) => loggedAt)
    const copy = email('hubspot', 0, { loggedAt: 9 })
    const plain = [3, 5].map(loggedAt => email('salesforce', 0, { key: `${loggedAt}`, loggedAt }))
    const tasks = plain.map(
      (fact, place): ActivityFact => ({ ...fact, source: `salesforce:task:${9 - place}` }),
    )
    expect([logged(copy, ...plain), logged(copy, ...plain.toReversed())]).toEqual([
      [3, 5],
      [3, 5],
    ])
    expect([logged(copy, ...tasks), logged(copy, ...tasks.toReversed())]).toEqual([
      [5, 3],
      [5, 3],
    ])
  })

  test('not of another channel or direction', () => {
    expect(count(email('salesforce', 0), email('hubspot', 0, { channel: 'call' }))).toBe(2)
    expect(count(email('salesforce', 0), email('hubspot', 0, { direction: 'in' }))).toBe(2)
  })

  test('that a machine signed only if both say that it did it', () => {
    const robot = { actor: ROBOT, direction: 'in' } as const
    expect(count(email('salesforce', 0, robot), email('hubspot', 0, robot))).toBe(1)
    expect(count(email('salesforce', 0, robot), email('hubspot', 0, { ...robot, automated: true }))).toBe(1)
    const [first] = all(email('salesforce', 0, robot), email('hubspot', 0, { ...robot, automated: true }))
    expect(first?.contact).toBe('email_received')
  })

  test('of several that would do, one that is signed alike', () => {
    const robot = { actor: null, direction: 'in', outcome: 'bounced' } as const
    const human = { direction: 'in' } as const
    const told = all(
      email('hubspot', 0, { ...human, key: '1' }),
      email('hubspot', 1_000, { ...robot, key: '2' }),
      email('salesforce', 2_000, { ...human, outcome: 'replied', key: '3' }),
      email('salesforce', 3_000, { ...robot, actor: ROBOT, key: '4' }),
    )
    expect(told.map(({ at, actor }) => [at, actor?.name])).toEqual([[0, 'ada']])
  })
})

describe('counts for nothing', () => {
  test('the task of an e-mail that is there itself', () => {
    const task = 'salesforce:task:1'
    const message = email('salesforce', 9_000, { source: 'salesforce:email:1', supersedes: task })
    expect(count(message, email('hubspot', 99_000))).toBe(2)
    expect(all(email('salesforce', 0, { source: task }), message).map(({ at }) => at)).toEqual([9_000])
    expect(count(email('salesforce', 0), email('hubspot', 99_000))).toBe(2)
  })

  test('what is still to come', () => {
    expect(activitiesOf([email('salesforce', 5)], directory(), 4)).toEqual([])
    expect(activitiesOf([email('salesforce', 5)], directory(), 5)).toHaveLength(1)
  })

  test('an attempt by nobody we know, where only the owner’s count', () => {
    const [mail] = all(email('salesforce', 0, { direction: 'in', actor: null }))
    expect([isBy(mail!, null), isBy(mail!, sf('ada'))]).toEqual([false, false])
    expect(isBy(all(email('salesforce', 0))[0]!, sf('ada'))).toBe(true)
  })

  test('a meeting that a machine made, and what is no step of a sequence by one of ours', () => {
    expect(count(email('hubspot', 0, { channel: 'meeting', outcome: 'held', automated: true }))).toBe(0)
    const step = { automated: true, sequence: true } as const
    expect(count(email('hubspot', 0, step))).toBe(1)
    expect(count(email('hubspot', 0, { ...step, actor: ROBOT }))).toBe(0)
    expect(count(email('hubspot', 0, { ...step, direction: 'in' }))).toBe(0)
    expect(count(email('hubspot', 0, { automated: true }))).toBe(0)
  })
})
