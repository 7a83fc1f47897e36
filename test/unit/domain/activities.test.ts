import { expect, test } from 'vitest'
import { activitiesOf, isBackDated } from '../../../src/domain/activities.ts'
import { HOUR } from '../../../src/domain/time.ts'
import type { ActivityFact } from '../../../src/domain/timeline.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { directory, hs, ROBOT, sf } from './world.ts'

const call = (loggedAt: number): ActivityFact => ({
  ...{ key: 'a', at: 0, subject: 'salesforce:lead:1', origin: 'record', kind: 'activity' },
  ...{ channel: 'call', direction: 'out', outcome: 'done', actor: sf('ada'), automated: false, loggedAt },
})

test('what is logged later than the grace counts and is marked back-dated', () => {
  const marked = (hours: number) => {
    const [activity] = activitiesOf([call(hours * HOUR)], directory(), 900 * HOUR)
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
