import { expect, test } from 'vitest'
import { AuthExpired, RateLimited, Refused, Unavailable } from '../../../src/crm/errors.ts'
import { RETRY, type RetryPlan, retrying, waitAfter } from '../../../src/crm/retry.ts'

const never = new AbortController().signal
const broken = new Unavailable('hubspot', 'list contacts', 'HTTP 500')

function plan() {
  const slept: number[] = []
  const at: RetryPlan = { tries: 5, random: () => 0.5, sleep: async ms => slept.push(ms) }
  return { at, slept }
}

test('an unavailable server is asked five times with growing waits, then its error goes up', async () => {
  const { at, slept } = plan()
  let asked = 0
  const attempt = async () => {
    asked++
    throw broken
  }
  await expect(retrying(attempt, at, never)).rejects.toBe(broken)
  expect(asked).toBe(5)
  expect(slept).toEqual([250, 500, 1000, 2000])
})

test('the first success ends it', async () => {
  const { at, slept } = plan()
  let asked = 0
  const attempt = async () => {
    asked++
    if (asked < 3) throw broken
    return 'here'
  }
  expect(await retrying(attempt, at, never)).toBe('here')
  expect(slept).toHaveLength(2)
})

test('a short rate limit is waited out, a long one belongs to the caller', () => {
  const short = new RateLimited('hubspot', 'search contacts', 10_000, 'TEN_SECONDLY_ROLLING')
  const long = new RateLimited('hubspot', 'search contacts', 900_000, 'DAILY')
  expect(waitAfter(short, 1, 0)).toBe(10_000)
  expect(waitAfter(short, 3, 1)).toBe(12_000)
  expect(waitAfter(long, 1, 0)).toBeNull()
})

test.each([
  new AuthExpired('hubspot', 'list contacts', 'HTTP 401'),
  new Refused('hubspot', 'list contacts', 'HTTP 400'),
  new TypeError('a bug'),
])('%s is never tried again', error => {
  expect(waitAfter(error, 1, 0)).toBeNull()
})

test('an abort ends a wait at once', async () => {
  const stop = new AbortController()
  const waiting = RETRY.sleep(60_000, stop.signal)
  stop.abort(new Error('stopping'))
  await expect(waiting).rejects.toThrow('stopping')
  await expect(RETRY.sleep(1, stop.signal)).rejects.toThrow('stopping')
})
