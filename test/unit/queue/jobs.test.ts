import { describe, expect, test } from 'vitest'
import { AuthExpired, RateLimited, Refused, Unavailable } from '../../../src/crm/errors.ts'
import { MINUTE } from '../../../src/domain/time.ts'
import { Holds } from '../../../src/queue/hold.ts'
import { dedupeKey, JOB_NAMES, JOBS, lanes, readJob, UnknownJob } from '../../../src/queue/jobs.ts'
import { outcome, storable } from '../../../src/queue/outcome.ts'

describe('the table of jobs', () => {
  test.each(JOB_NAMES)('%s: bounded, and addressable without a colon', name => {
    const { retry, concurrency, schedule } = JOBS[name]
    expect(retry.attempts).toBeGreaterThan(0)
    expect(concurrency).toBeGreaterThan(0)
    expect(schedule === null || schedule === 'poll' || schedule >= 1000).toBe(true)
    expect(dedupeKey(name, { vendor: 'hubspot', lane: 0 })).toBe(`${name}-hubspot-0`)
  })

  test('what has no payload of its own is told apart by name alone', () => {
    expect(dedupeKey('link', {})).toBe('link')
    expect(lanes('judge').map(payload => dedupeKey('judge', payload))).toEqual(['judge-0', 'judge-1'])
  })

  test('payloads carry ids and nothing else', () => {
    expect(readJob('pull', { vendor: 'hubspot' })).toEqual({ name: 'pull', payload: { vendor: 'hubspot' } })
    expect(() => readJob('pull', { vendor: 'hubspot', email: 'a@b.c' })).toThrow(UnknownJob)
    expect(() => readJob('pull', {})).toThrow("payload of a 'pull' job")
    expect(() => readJob('judge', { lane: -1 })).toThrow(UnknownJob)
  })

  test.each(['rescore', 'constructor', '__proto__', ''])('%j is no job', name => {
    expect(() => readJob(name, {})).toThrow(UnknownJob)
  })
})

describe('errors as instructions', () => {
  test.each([
    [new RateLimited('hubspot', 'read', 1500.2, 'x'), { act: 'delay', ms: 1501 }],
    [new RateLimited('hubspot', 'read', -5, 'x'), { act: 'delay', ms: 0 }],
    [new AuthExpired('salesforce', 'read', 'x'), { act: 'hold', vendor: 'salesforce' }],
    [new Refused('hubspot', 'write', 'x'), { act: 'fail' }],
    [new UnknownJob('x'), { act: 'fail' }],
    [new Unavailable('hubspot', 'read', 'x'), { act: 'retry' }],
    [new TypeError('x'), { act: 'retry' }],
    ['a string', { act: 'retry' }],
  ])('%s', (error, expected) => {
    expect(outcome(error, false)).toEqual(expected)
  })

  test('while stopping, what would be tried again goes back to the queue; the rest keeps its meaning', () => {
    expect(outcome(new Unavailable('hubspot', 'read', 'x'), true)).toEqual({ act: 'hand back' })
    expect(outcome(new Refused('hubspot', 'read', 'x'), true)).toEqual({ act: 'fail' })
    expect(outcome(new AuthExpired('hubspot', 'read', 'x'), true)).toEqual({ act: 'hold', vendor: 'hubspot' })
  })

  test('only messages written by us are stored with a job', () => {
    expect(storable(new Refused('hubspot', 'update contacts', 'no field'))).toBe(
      'hubspot: update contacts: no field',
    )
    expect(storable(new TypeError('canary'))).toBe('TypeError')
    expect(storable('canary')).toBe('unknown error')
  })
})

describe('a CRM that waits for a person', () => {
  test('is left alone, and asked once every quarter of an hour', () => {
    let now = 1_000_000
    const holds = new Holds(() => now)
    expect(holds.isHeld('hubspot')).toBe(false)
    holds.hold('hubspot')
    expect(holds.isHeld('hubspot')).toBe(true)
    expect(holds.isHeld('salesforce')).toBe(false)
    now += 15 * MINUTE
    expect(holds.isHeld('hubspot')).toBe(false)
    holds.hold('hubspot')
    expect(holds.isHeld('hubspot')).toBe(true)
  })
})
