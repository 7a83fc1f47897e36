import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { PolicyError } from '../../../src/policy/error.ts'
import { canonical, policyHash } from '../../../src/policy/hash.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'

const parse = (text: string) => parsePolicy(text, 'policy.yml')

/** The complaint about a text that must not pass. */
function complaint(text: string): PolicyError {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof PolicyError) return error
    throw error
  }
  throw new Error('the policy passed')
}

describe('the default', () => {
  test('is what policy.yml says', () => {
    expect(parse(readFileSync('policy.yml', 'utf8'))).toEqual(defaultPolicy)
  })

  test('holds for whatever is left out', () => {
    expect(parse('')).toEqual(defaultPolicy)
    expect(parse('# nothing\n')).toEqual(defaultPolicy)
    expect(parse('early_days: 3')).toEqual({ ...defaultPolicy, earlyMs: 3 * DAY })
  })

  test('promises what the product promises', () => {
    const [assignment, first, decision] = defaultPolicy.promises
    expect(assignment).toMatchObject({ name: 'assignment', from: 't1', until: 't2', kind: 'elapsed' })
    expect(assignment!.tiers).toEqual([{ name: 'default', when: {}, dueMs: 4 * HOUR, warnMs: null }])
    expect(first).toMatchObject({ name: 'first_attempt', from: 't2', until: 't3', kind: 'elapsed' })
    expect(first!.tiers).toEqual([{ name: 'default', when: {}, dueMs: 48 * HOUR, warnMs: 24 * HOUR }])
    expect(decision).toMatchObject({ name: 'decision', from: 't2', until: 't5', kind: 'working' })
    expect(decision!.tiers).toEqual([{ name: 'default', when: {}, dueMs: 40 * HOUR, warnMs: 32 * HOUR }])
  })

  test('never expires a handoff, and takes what happened a week early', () => {
    expect(defaultPolicy).toMatchObject({
      expireMs: null,
      earlyMs: 7 * DAY,
      attemptsBy: 'team',
      minimumN: 20,
    })
  })
})

describe('a policy of one’s own', () => {
  test('is resolved to milliseconds', () => {
    const policy = parse(`
name: strict
effective: 2026-07-01T00:00:00+02:00
expire_days: 90
activities: { attempts_by: owner }
calendars: { default: { sat: [10:00-13:00, 14:00-17:00], sun: ["22:00-02:00"] } }
promises:
  quick: { from: T2, until: T4, kind: working, warn: 2h, due: 2 working days }
`)
    expect(policy).toMatchObject({ name: 'strict', expireMs: 90 * DAY, attemptsBy: 'owner' })
    expect(policy.effective).toBe(Date.parse('2026-06-30T22:00:00Z'))
    expect(policy.calendars[0]!.hours!.blocks).toEqual([
      { day: 1, from: 0, to: 120 },
      { day: 6, from: 600, to: 780 },
      { day: 6, from: 840, to: 1_020 },
      { day: 7, from: 1_320, to: 1_440 },
    ])
    const meanDay = ((2 + 6 + 2) / 3) * HOUR
    expect(policy.promises).toHaveLength(1)
    expect(policy.promises[0]!.tiers[0]).toMatchObject({ dueMs: 2 * meanDay, warnMs: 2 * HOUR })
  })

  test('names stages by presets, or switches one off', () => {
    const { stages } = parse('stages: { mql: { salesforce_status: [Hot] }, sal: off }')
    expect(stages.mql).toEqual([{ preset: 'field', vendor: 'salesforce', field: 'status', values: ['Hot'] }])
    expect(stages.sal).toEqual([])
    expect(stages.sql).toEqual(defaultPolicy.stages.sql)
  })

  test('has tiers in order, its own due last', () => {
    const text = 'tiers: [{ name: hot, when: { source: [demo] }, due: 30m, warn: 10m }]'
    const { promises } = parse(`promises: { a: { from: T2, until: T3, due: 1d, ${text} } }`)
    expect(promises[0]!.tiers).toEqual([
      { name: 'hot', when: { source: ['demo'] }, dueMs: 30 * MINUTE, warnMs: 10 * MINUTE },
      { name: 'default', when: {}, dueMs: DAY, warnMs: null },
    ])
  })
})

describe('a wrong file is refused', () => {
  test.each([
    ['nmae: x', 'nmae', 'unknown key nmae', 'name', 1],
    ['name: x\nstages:\n  sqll: off', 'stages.sqll', 'unknown key sqll', 'sql', 3],
    ['promises:\n  a:\n    duee: 4h', 'promises.a.duee', 'unknown key duee', 'due', 3],
    [
      'promises:\n  a: { from: T2, until: T3, tiers: [{ name: x, wen: {}, due: 1h }] }',
      'promises.a.tiers.0.wen',
      'unknown key wen',
      'when',
      2,
    ],
    [
      'stages:\n  mql:\n    hubspot_lifecicle: [x]',
      'stages.mql.hubspot_lifecicle',
      'unknown key hubspot_lifecicle',
      'hubspot_lifecycle',
      3,
    ],
    ['activities: { attempts_by: owners }', 'activities.attempts_by', '"owners"', 'owner', 1],
    ['calendars: { default: { mn: [] } }', 'calendars.default.mn', 'unknown key mn', 'mon', 1],
  ])('%j: what was probably meant', (text, path, value, nearest, line) => {
    expect(complaint(text)).toMatchObject({ path, value, nearest, line, file: 'policy.yml' })
  })

  test.each([
    ['timezone: Mars/Base', 'timezone', '"Mars/Base"', /IANA time zone/],
    ['timezone: "+02:00"', 'timezone', '"+02:00"', /IANA time zone/],
    ['early_days: soon', 'early_days', '"soon"', /number/],
    ['early_days: -1', 'early_days', '-1', /^a number of days from 0 to 365$/],
    [
      'activities: { back_dated_after: 3 fortnights }',
      'activities.back_dated_after',
      '"3 fortnights"',
      /30m, 48h/,
    ],
    ['activities: { back_dated_after: 0h }', 'activities.back_dated_after', '"0h"', /30m, 48h/],
    ['effective: tomorrow', 'effective', '"tomorrow"', /2026-07-01/],
    ['effective: 2026-13-01', 'effective', '"2026-13-01"', /2026-07-01/],
    ['stages: { mql: { salesforce_status: x } }', 'stages.mql.salesforce_status', '"x"', /a list/],
    ['stages: { mql: off }', 'stages.mql', 'nothing', /at least one preset/],
    ['calendars: { default: { mon: [9-17] } }', 'calendars.default.mon.0', '"9-17"', /09:00-17:00/],
    [
      'calendars: { default: { mon: [09:00-17:00, 16:00-18:00] } }',
      'calendars.default',
      'overlapping blocks on mon',
      /disjoint/,
    ],
    [
      'calendars: { default: { mon: ["22:00-06:00"], tue: [05:00-09:00] } }',
      'calendars.default',
      'overlapping blocks on tue',
      /disjoint/,
    ],
    ['calendars: { default: {} }', 'calendars.default', 'no working hours at all', /at least one day/],
    ['promises: { a: { from: T2, until: T3 } }', 'promises.a', 'no due', /tiers/],
    ['promises: { a: { from: T3, until: T2, due: 1h } }', 'promises.a.until', 'T2', /after T3/],
    ['promises: { a: { from: T2, until: T9, due: 1h } }', 'promises.a.until', '"T9"', /T0, T1/],
    ['promises: { a: { until: T3, due: 1h } }', 'promises.a.from', 'nothing', /T0, T1/],
    ['promises: { a: { from: T2, until: T3, due: 1h, warn: 1h } }', 'promises.a.warn', '1h', /less than due/],
    [
      'promises: { a: { from: T2, until: T3, due: 5 working days } }',
      'promises.a.due',
      '5 working days',
      /48h/,
    ],
    [
      'promises: { a: { from: T2, until: T3, kind: working, due: 3d } }',
      'promises.a.due',
      '3d',
      /working days/,
    ],
    ['promises: { Big: { from: T2, until: T3, due: 3d } }', 'promises.Big', 'a mapping', /small letters/],
    ['expire_days: 0', 'expire_days', '0', /from 1 to 3,650/],
    ['minimum_n: 0', 'minimum_n', '0', /whole number/],
    ['minimum_n: 2.5', 'minimum_n', '2.5', /whole number/],
    ['write: { prefix: 9x }', 'write.prefix', '"9x"', /letter/],
    ['shared_mailboxes: [info@x.com]', 'shared_mailboxes.0', '"info@x.com"', /before the @/],
    ['version: 2', 'version', '2', /^1$/],
    ['- a', '', 'a list', /mapping/],
    ['hello', '', '"hello"', /mapping/],
    ['a: [', '', expect.stringContaining('Flow sequence'), /YAML/],
    ['name: a\nname: b', '', 'Map keys must be unique', /YAML/],
  ])('%j', (text, path, value, expected) => {
    const error = complaint(text)
    expect(error).toMatchObject({ path, value })
    expect(error.expected).toMatch(expected)
    expect(error.message).toContain(error.expected)
  })

  test('in one line that names file, line, path, value and remedy', () => {
    expect(complaint('name: x\nactivities: { attempts_by: owners }').message).toBe(
      'policy.yml:2: activities.attempts_by: "owners", expected one of owner, team; did you mean owner?',
    )
  })
})

test('an error without a place in the file names the file alone', () => {
  expect(new PolicyError('policy.yml', { path: '', value: '"hello"', expected: 'a mapping' }).message).toBe(
    'policy.yml: "hello", expected a mapping',
  )
})

describe('the hash', () => {
  test('is over JSON with its keys in order and nothing undefined', () => {
    expect(canonical({ b: [1, { d: 'x', c: undefined, a: null }], a: [] })).toBe(
      '{"a":[],"b":[1,{"a":null,"d":"x"}]}',
    )
  })

  test('tells policies apart, down to one limit', () => {
    const other = parse('expire_days: 90')
    expect(policyHash(other)).not.toBe(policyHash(defaultPolicy))
    expect(policyHash(defaultPolicy)).toMatch(/^[0-9a-f]{16}$/)
  })

  test('does not depend on the order of keys', () => {
    const { name, ...rest } = defaultPolicy
    expect(policyHash({ ...rest, name })).toBe(policyHash(defaultPolicy))
  })

  test('survives being stored as JSON', () => {
    expect(policyHash(JSON.parse(JSON.stringify(defaultPolicy)))).toBe(policyHash(defaultPolicy))
  })
})
