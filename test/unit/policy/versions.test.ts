import { describe, expect, test } from 'vitest'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { policyHash } from '../../../src/policy/hash.ts'
import { policyInForce } from '../../../src/policy/policy.ts'
import { printPolicy } from '../../../src/policy/print.ts'
import {
  type Draft,
  looksElsewhere,
  readDraft,
  reignOf,
  saysTheSame,
  type Version,
  versionByNumber,
} from '../../../src/policy/versions.ts'

const version = (name: string, effective: number) => ({ ...defaultPolicy, name, effective })

test('the latest version effective at an instant is in force', () => {
  const at = policyInForce([version('c', 300), version('a', 100), version('b', 200)])
  expect([99, 100, 199, 200, 999].map(instant => at(instant).name)).toEqual(['a', 'a', 'a', 'b', 'c'])
})

test('a single version is always in force', () => {
  expect(policyInForce([version('a', 100)])(0).name).toBe('a')
})

test('without a version there is no policy', () => {
  expect(() => policyInForce([])).toThrow(/at least one version/)
})

/** A policy that uses every key there is. */
const RICH = `
name: strict
effective: 2026-12-01
timezone: Europe/Berlin
stages: { mql: { fields: [{ hubspot: score, at_least: 80 }, { all: [{ salesforce: Rating, is: Hot }] }] }, sal: off }
dimensions: { segment: { hubspot: size }, score: { salesforce: Score__c } }
holidays: { germany: [01-01, { on: 12-24, hours: "12:00-24:00", name: Eve }], us: { ics: us.ics, salesforce: true } }
calendars:
  zurich: { mon: [09:00-12:30, "22:00-06:00"], holidays: [germany, us], for: { countries: [CH] } }
  all: { salesforce: Support Hours, timezone: Asia/Tokyo, for: { teams: [EMEA], people: [Ada@example.com] } }
people:
  Ada@example.com: { team: emea, time_off: [2026-12-24, { from: 2026-11-26T12:00, to: 2026-11-26T17:00 }], ics: a.ics }
promises:
  zealous: { from: T2, attempts: { count: 6, days: 4 }, kind: working, due: 10 working days, reassignment: reset }
  first: { from: T2, until: T3, due: 2d, tiers: [{ name: demo, when: { source: x, score: { at_least: 1 } }, due: 1h }] }
pauses: { waiting for the buyer: { when: { salesforce_status: [Waiting] }, cap: 5 working days, promises: [first] } }
exceptions: { "2nd": { when: { segment: customer } } }
`

describe('a draft', () => {
  test.each(['', RICH])(
    'is the same policy when its filled-in form is read again, as JSON or as shown',
    text => {
      const draft = readDraft(text, 'policy.yml')
      expect(readDraft(JSON.stringify(draft.written), 'stored').policy).toEqual(draft.policy)
      expect(readDraft(printPolicy(draft.written), 'shown').policy).toEqual(draft.policy)
      expect(readDraft(printPolicy(draft.written), 'shown').written).toEqual(draft.written)
    },
  )

  test('takes another effective date, and is another policy by it', () => {
    const draft = readDraft('', 'policy.yml', '2026-07-01')
    expect(draft.policy.effective).toBe(Date.parse('2026-07-01'))
    expect(policyHash(draft.policy)).not.toBe(policyHash(defaultPolicy))
  })
})

const published = (draft: Draft, number = 1): Version => {
  const { effective } = draft.policy
  return { ...draft, number, hash: policyHash(draft.policy), effective, publishedAt: 0 }
}

test('a file says the same as what it was published as, also when that got an effective date of its own', () => {
  const same = readDraft('# a comment\nminimum_n: 20', 'policy.yml')
  expect(saysTheSame(same, published(readDraft('', 'x')))).toBe(true)
  expect(saysTheSame(same, published(readDraft('', 'x', '2026-07-01')))).toBe(true)
  expect(
    saysTheSame(readDraft('effective: 2026-07-01', 'x'), published(readDraft('', 'x', '2026-07-01'))),
  ).toBe(true)
  expect(saysTheSame(readDraft('minimum_n: 21', 'x'), published(readDraft('', 'x')))).toBe(false)
  expect(saysTheSame(readDraft('effective: 2026-07-02', 'x'), published(readDraft('', 'x')))).toBe(false)
})

test.each([
  [50, Number.NEGATIVE_INFINITY, 100],
  [100, Number.NEGATIVE_INFINITY, 200],
  [150, 150, 200],
  [200, 200, Number.POSITIVE_INFINITY],
  [300, 300, Number.POSITIVE_INFINITY],
])('beside versions from 100 and 200 one from %d governs MQLs from %d until %d', (effective, from, until) => {
  const others = [{ effective: 100 }, { effective: 200 }]
  expect(reignOf(effective, others)).toEqual({ from, until })
  // What it governs is what policyInForce gives it, and nothing else.
  const at = policyInForce([...others, { effective, mine: true }])
  for (const instant of [0, 49, 50, 99, 100, 149, 150, 199, 200, 299, 300, 999])
    expect('mine' in at(instant)).toBe(instant >= from && instant < until)
})

test('without other versions it governs everything', () => {
  expect(reignOf(50, [])).toEqual({ from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY })
})

test('other stages or other rules for a second handoff look elsewhere, other limits do not', () => {
  const versions = [published(readDraft('', 'x'))]
  const elsewhere = (text: string) => looksElsewhere(readDraft(text, 'x').policy, versions)
  expect(elsewhere('stages: { recycled: off }')).toBe(true)
  expect(elsewhere('re_mql: { after: 30d }')).toBe(true)
  expect(elsewhere('promises: { a: { from: T1, until: T2, due: 1h } }\ntimezone: Asia/Tokyo')).toBe(false)
  expect(looksElsewhere(readDraft('', 'x').policy, [])).toBe(true)
})

test('a version that does not exist is answered with those that do', () => {
  const [one, two] = [published(readDraft('', 'x'), 1), published(readDraft('', 'x'), 2)]
  expect(versionByNumber([one, two], 2)).toBe(two)
  expect(() => versionByNumber([one, two], 3)).toThrow('no policy version 3 was published; there are 1 to 2')
  expect(() => versionByNumber([one], 2)).toThrow('there is only 1')
})
