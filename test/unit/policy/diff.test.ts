import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { differences } from '../../../src/policy/diff.ts'
import { readDraft } from '../../../src/policy/versions.ts'

const written = (text: string) => readDraft(text, 'policy.yml').written
const diff = (before: string, after: string) => differences(written(before), written(after))
const promise = (more: string) => `promises: { first_attempt: { from: T2, until: T3, ${more} } }`

describe('a difference is told', () => {
  test.each([
    ['a value', promise('due: 48h'), promise('due: 24h'), 'promises.first_attempt.due: 48h → 24h'],
    ['a value that is null', '', 'expire_days: 90', 'expire_days: null → 90'],
    [
      'a key added',
      promise('due: 48h'),
      promise('due: 48h, warn: 1h'),
      'promises.first_attempt.warn: added 1h',
    ],
    [
      'a key removed',
      promise('due: 2h, warn: 1h'),
      promise('due: 2h'),
      'promises.first_attempt.warn: removed (it was 1h)',
    ],
    [
      'a calendar added, by what it says and not by its defaults',
      '',
      'calendars: { berlin: { mon: [09:00-12:00], for: { countries: [DE] } } }',
      'calendars.berlin: added { mon: [09:00-12:00], for: { countries: [DE] } }',
    ],
    [
      'items of a list',
      'shared_mailboxes: [info, sales]',
      'shared_mailboxes: [billing, info]',
      'shared_mailboxes: + billing, - sales',
    ],
    [
      'a list in another order',
      'shared_mailboxes: [a, b]',
      'shared_mailboxes: [b, a]',
      'shared_mailboxes: [a, b] → [b, a]',
    ],
    [
      'items of a list that was empty',
      'shared_mailboxes: []',
      'shared_mailboxes: [a]',
      'shared_mailboxes: + a',
    ],
    [
      'days off, which are a list even where all have names',
      'holidays: { us: [{ on: 12-24, name: Eve }] }',
      'holidays: { us: [{ on: 12-26, name: Eve }, 01-01] }',
      'holidays.us.days: + { on: 12-26, name: Eve }, + { on: 01-01 }, - { on: 12-24, name: Eve }',
    ],
    ['something that says nothing', '', 'exceptions: { all: {} }', 'exceptions.all: added {}'],
    [
      'promises in another order, as explanations keep it',
      `promises: { a: { from: T1, until: T2, due: 1h }, b: { from: T2, until: T3, due: 1h } }`,
      `promises: { b: { from: T2, until: T3, due: 1h }, a: { from: T1, until: T2, due: 1h } }`,
      'promises: order a, b → b, a',
    ],
    [
      'exceptions in another order, as the first that matches counts',
      'exceptions: { a: { when: { source: x } }, b: { when: { source: y } } }',
      'exceptions: { b: { when: { source: y } }, a: { when: { source: x } } }',
      'exceptions: order a, b → b, a',
    ],
    [
      'a tier, by its name',
      promise('tiers: [{ name: demo, due: 1h }, { name: rest, due: 2h }]'),
      promise(
        'tiers: [{ name: new, when: { source: x }, due: 3h }, { name: demo, due: 2h }, { name: rest, due: 2h }]',
      ),
      'promises.first_attempt.tiers.demo.due: 1h → 2h\npromises.first_attempt.tiers.new: added { name: new, when: { source: [x] }, due: 3h }',
    ],
    [
      'tiers in another order, as the first that matches counts',
      promise('tiers: [{ name: a, when: { source: x }, due: 1h }, { name: b, due: 2h }]'),
      promise('tiers: [{ name: b, due: 2h }, { name: a, when: { source: x }, due: 1h }]'),
      'promises.first_attempt.tiers: order a, b → b, a',
    ],
    [
      'a stage switched off',
      '',
      'stages: { sal: off }',
      'stages.sal: { salesforce_status: [Working - Contacted], hubspot_lead_status: [IN_PROGRESS, CONNECTED, OPEN_DEAL] } → off',
    ],
    ['the effective date', '', 'effective: 2026-07-01', 'effective: 2000-01-01 → 2026-07-01'],
  ])('%s', (_what, before, after, expected) => {
    expect(diff(before, after).join('\n')).toBe(expected)
  })
})

test.each([
  [promise('due: 48h'), promise('due: 2d')],
  [promise('due: 90m'), promise('due: 1.5 hours')],
  ['effective: 2026-07-01', 'effective: 2026-07-01T00:00:00Z'],
  ['early_days: 3\nminimum_n: 5', '# a comment\nminimum_n: 5\nearly_days: 3'],
  [
    '',
    'calendars: { default: { mon: [09:00-17:00], tue: [09:00-17:00], wed: [09:00-17:00], thu: [09:00-17:00], fri: [09:00-17:00], sat: [], sun: [] } }',
  ],
])('%j and %j are spelt differently and say the same', (before, after) => {
  expect(diff(before, after)).toEqual([])
})

test('a day of work is not eight hours', () => {
  const working = (due: string) => `promises: { a: { from: T2, until: T5, kind: working, due: ${due} } }`
  expect(diff(working('1 working day'), working('8h'))).toEqual(['promises.a.due: 1 working day → 8h'])
  expect(diff(working('1 working day'), working('2 working days'))).toEqual([
    'promises.a.due: 1 working day → 2 working days',
  ])
  expect(diff(working('1 working day'), working('1.0 working days'))).toEqual([])
})

test('every changed number is found, and nothing else', () => {
  const numbers = fc.record({ early_days: fc.nat(365), minimum_n: fc.integer({ min: 1, max: 99 }) })
  fc.assert(
    fc.property(numbers, numbers, (a, b) => {
      const expected = (['early_days', 'minimum_n'] as const).filter(key => a[key] !== b[key])
      expect(diff(JSON.stringify(a), JSON.stringify(b)).map(line => line.split(':')[0])).toEqual(expected)
    }),
  )
})
