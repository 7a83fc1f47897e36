import { expect, test } from 'vitest'
import { inline, printPolicy } from '../../../src/policy/print.ts'
import { readDraft } from '../../../src/policy/versions.ts'

const printed = (text: string) => printPolicy(readDraft(text, 'policy.yml').written)

test('a policy is shown with what its keys mean, a blank line between the parts, and lists of words on one line', () => {
  const shown = printed('')
  expect(shown.slice(0, shown.indexOf('effective:'))).toBe(`# Version of this file's format.
version: 1

# How the policy is called in charts and explanations.
name: default

# From when on it holds: a date (00:00 UTC) or an instant. A handoff keeps the policy in force at its MQL.
`)
  expect(shown).toContain(`
  # Marketing hands over: opens a handoff.
  mql:
    hubspot_lifecycle: [marketingqualifiedlead]
  # Sales accepts. Reaching SQL implies it.
  sal:
    salesforce_status: [Working - Contacted]
`)
  expect(shown).toContain(`
shared_mailboxes: [info, sales, contact, office, hello, support, admin, marketing, team, noreply]
`)
  expect(shown).toContain(`
holidays: {}

# What`)
})

test('the same hours are written out for every day', () => {
  expect(printed('')).toContain(`
calendars:
  default:
    mon: [09:00-17:00]
    tue: [09:00-17:00]
    wed: [09:00-17:00]
    thu: [09:00-17:00]
    fri: [09:00-17:00]
    sat: []
    sun: []
    holidays: []
    for:
      people: []
`)
})

test('a long description goes on on the next line, and none is wider than the text', () => {
  const shown = printed('')
  expect(shown).toContain(`
# What a new owner does to a running clock. carry: it goes on; reset: it starts again; apportion: each owner
# is charged their own time only.
reassignment: carry
`)
  expect(Math.max(...shown.split('\n').map(line => line.length))).toBeLessThanOrEqual(110)
})

test('keys that stand below a name are not described again and again; things in a list begin with a dash', () => {
  const shown = printed(`
dimensions: { segment: { hubspot: size } }
promises: { first: { from: T2, until: T3, due: 2d, tiers: [{ name: demo, when: { source: x }, due: 1h }] } }
`)
  expect(shown).toContain(`
  # The fields that hold the segment.
  segment:
    hubspot: size
  # The fields that hold the score, a number.
  score: {}
`)
  expect(shown).toContain(`
promises:
  first:
    from: T2
    until: T3
    kind: elapsed
    due: 2d
    tiers:
      - name: demo
        when:
          source: [x]
        due: 1h
`)
})

test.each([
  [null, 'null'],
  [{ after: null, days: [1, 'a'], none: {}, empty: [], left: undefined }, '{ after: null, days: [1, a] }'],
  [{ none: { inner: {} } }, '{}'],
])('on one line: %j', (value, words) => {
  expect(inline(value)).toBe(words)
})
