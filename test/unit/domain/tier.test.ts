import { describe, expect, test } from 'vitest'
import type { Dimensions } from '../../../src/domain/dimensions.ts'
import { applies } from '../../../src/domain/tier.ts'
import { DAY } from '../../../src/domain/time.ts'
import type { TierMatch } from '../../../src/policy/policy.ts'
import { assigned, call, h, under } from './judged.ts'

const NOBODY: Dimensions = {
  source: null,
  campaign: null,
  country: null,
  segment: null,
  score: null,
}

const meant = (when: TierMatch, of: Dimensions) => applies(when, of, () => null)

describe('whom a tier is meant for', () => {
  test('a score from one end to the other, both included', () => {
    const hot = { score: { atLeast: 80, atMost: 90 } }
    expect([79.9, 80, 90, 90.1].map(score => meant(hot, { ...NOBODY, score }))).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(meant({ score: { atLeast: null, atMost: 5 } }, { ...NOBODY, score: -3 })).toBe(true)
  })

  test('any of the values named will do', () => {
    expect(meant({ source: ['ads', 'social'] }, { ...NOBODY, source: 'social' })).toBe(true)
  })

  test('an unknown score is in no range, an unknown segment is called so', () => {
    expect(meant({ score: { atLeast: null, atMost: null } }, NOBODY)).toBe(false)
    expect(meant({ segment: ['(empty)'] }, NOBODY)).toBe(true)
    expect(meant({ segment: ['Enterprise'] }, { ...NOBODY, segment: 'enterprise' })).toBe(true)
  })
})

const PEOPLE = `
people: { ada@reps.example.com: { team: emea }, bob@reps.example.com: { team: us } }
promises:
  first:
    from: T1
    until: T3
    due: 9h
    tiers: [{ name: us, when: { team: us }, due: 5h }, { name: unowned, when: { team: (empty) }, due: 2h }]
`

test('the team is that of the owner when the clock starts, whoever comes later', () => {
  expect(under(PEOPLE, 1, assigned(-1, 'bob')).tier).toBe('us')
  expect(under(PEOPLE, 4, assigned(-1, 'bob'), assigned(2)).tier).toBe('us')
  expect(under(PEOPLE, 1, assigned(-1)).tier).toBe('default')
  expect(under(PEOPLE, 4, assigned(2, 'bob')).tier).toBe('unowned')
})

test('somebody who got it at the instant it ended had it', () => {
  const fromOwner = PEOPLE.replace('T1', 'T2')
  expect(under(fromOwner, 4, assigned(2, 'bob'), [2, 'rejected'])).toMatchObject({ tier: 'us', repMs: 0 })
})

describe('an exception', () => {
  const excepted = `
promises: { first: { from: T2, until: T3, due: 2h } }
exceptions: { partners: { when: { source: [social] }, promises: [first] } }
`
  test('excuses for good: neither late nor kept', () => {
    expect(under(excepted, 99, assigned(0))).toMatchObject({
      state: 'excused',
      excuse: 'partners',
      pause: null,
      dueAt: h(2),
      words: 'Excused: partners',
      // Only to see whether anybody still takes care of it.
      wakeAt: h(0) + 14 * DAY + 1,
    })
    expect(under(excepted, 99, assigned(0), call(1)).state).toBe('excused')
    expect(under(excepted, 99, assigned(0), [5, 'rejected']).state).toBe('excused')
    expect(under(excepted, 1).state).toBe('excused')
  })

  test('is for those it names', () => {
    expect(under(excepted.replace('social', 'ads'), 99, assigned(0)).state).toBe('overdue')
    const other = excepted.replace('{ first:', '{ other: { from: T2, until: T4, due: 2h }, first:')
    expect(under(other, 99, assigned(0)).state).toBe('overdue')
  })

  test('is for all promises when it names none', () => {
    expect(under(excepted.replace(', promises: [first]', ''), 99, assigned(0)).excuse).toBe('partners')
  })

  test('not of a handoff that is void', () => {
    expect(under(excepted, 99, assigned(0), [5, 'deleted']).state).toBe('void')
  })
})
