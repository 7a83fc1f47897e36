import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { close, decide, settle, tell, type Wish } from '../../../src/domain/allowance.ts'
import {
  type BudgetRules,
  type Decision,
  LANES,
  type Lane,
  LEASE,
  VENDOR_LIMITS,
} from '../../../src/domain/budget.ts'
import { count, emptyLedger, type Ledger, prune, QUARTER } from '../../../src/domain/ledger.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/time.ts'

const NOW = Date.parse('2026-11-24T09:00:00Z')
const PROBE = 15 * MINUTE
const SHARES = { share: 0.5, reserve: 0.1, pauseAt: 0.95, resumeBelow: 0.75 }
const ROLLING: BudgetRules = { ...SHARES, ...VENDOR_LIMITS.salesforce, assumedLimit: 1_000 }
const HUBSPOT: BudgetRules = { ...SHARES, ...VENDOR_LIMITS.hubspot }

let ids = 0
const wish = (lane: Lane, calls = 1, bucket: Wish['bucket'] = 'general'): Wish => ({
  ...{ id: `${ids++}`, lane, bucket, calls },
})

/** Takes calls one by one until there is a refusal. */
function takeAll(
  rules: BudgetRules,
  ledger: Ledger,
  lane: Lane,
  now = NOW,
  bucket: Wish['bucket'] = 'general',
) {
  for (let taken = 0; ; taken++) {
    const answer = decide(rules, ledger, wish(lane, 1, bucket), now)
    if ('waitUntil' in answer) return { taken, answer }
  }
}

const used = (ledger: Ledger, calls: number, limit: number, at = NOW) =>
  tell(ROLLING, ledger, { day: { used: calls, limit } }, at)

describe('our ceiling', () => {
  test('is a share of the account’s day, and each lane leaves some to those before it', () => {
    const ledger = emptyLedger()
    expect(takeAll(ROLLING, ledger, 'backfill')).toMatchObject({ taken: 400, answer: { reason: 'ceiling' } })
    expect(takeAll(ROLLING, ledger, 'changes').taken).toBe(50)
    expect(takeAll(ROLLING, ledger, 'flags')).toMatchObject({ taken: 50, answer: { reason: 'ceiling' } })
  })

  test('grows and shrinks with the limit that the CRM tells', () => {
    const ledger = emptyLedger()
    used(ledger, 10, 200)
    expect(takeAll(ROLLING, ledger, 'flags').taken).toBe(100)
    used(ledger, 110, 400)
    expect(takeAll(ROLLING, ledger, 'flags').taken).toBe(100)
  })

  test('comes back a day after the calls were made', () => {
    const ledger = emptyLedger()
    const { answer } = takeAll(ROLLING, ledger, 'flags')
    const back = (answer as { waitUntil: number }).waitUntil
    expect(back).toBe(NOW + DAY + 15 * MINUTE)
    expect(decide(ROLLING, ledger, wish('flags'), back - 1)).toHaveProperty('waitUntil')
    expect(decide(ROLLING, ledger, wish('flags'), back)).toEqual({ go: 1 })
  })

  test('as soon as enough are a day old, in whatever order they were written down', () => {
    const since = (...calls: [quarter: number, calls: number][]) => {
      const ledger = emptyLedger()
      for (const [quarter, n] of calls) count(ledger, 'flags', NOW + quarter * QUARTER, n)
      const answer = decide(ROLLING, ledger, wish('backfill'), NOW + HOUR)
      return ((answer as { waitUntil: number }).waitUntil - NOW - DAY) / QUARTER
    }
    expect(since([0, 100], [2, 400])).toBe(3)
    expect(since([0, 400], [2, 100])).toBe(1)
    expect(since([2, 100], [0, 400])).toBe(1)
  })

  test('gives what is left of it, not all that was asked for', () => {
    const ledger = emptyLedger()
    count(ledger, 'changes', NOW, 497)
    expect(decide(ROLLING, ledger, wish('flags', 8), NOW)).toEqual({ go: 3 })
    const others = emptyLedger()
    used(others, 9_995, 10_000)
    expect(decide(ROLLING, others, wish('flags', 8), NOW)).toEqual({ go: 5 })
  })

  test('or at the account’s midnight, whatever the offset of its zone', () => {
    const rules: BudgetRules = { ...HUBSPOT, windows: {}, assumedLimit: 20 }
    const ledger = { ...emptyLedger(), zone: 'Asia/Kathmandu' }
    const midnight = Date.parse('2026-11-25T00:00:00+05:45')
    expect(takeAll(rules, ledger, 'flags').answer).toEqual({ waitUntil: midnight, reason: 'ceiling' })
    expect(decide(rules, ledger, wish('flags', 9), midnight)).toEqual({ go: 9 })
  })
})

describe('others who use the account', () => {
  test('a first reading yields at 80 %, changes wait at 95 %, flags go on; all again below 75 %', () => {
    const ledger = emptyLedger()
    const who = (share: number): Lane[] => {
      used(ledger, share * 10_000, 10_000)
      return LANES.filter(lane => 'go' in decide(ROLLING, ledger, wish(lane), NOW))
    }
    expect(who(0.79)).toEqual(['flags', 'changes', 'backfill'])
    expect(who(0.81)).toEqual(['flags', 'changes'])
    expect(who(0.96)).toEqual(['flags'])
    expect(who(0.76)).toEqual(['flags'])
    expect(who(0.74)).toEqual(['flags', 'changes', 'backfill'])
    expect(who(0.9)).toEqual(['flags', 'changes'])
  })

  test('at 100 % nobody calls; one asks every quarter of an hour, until there is room', () => {
    const ledger = emptyLedger()
    used(ledger, 10_000, 10_000)
    expect(decide(ROLLING, ledger, wish('flags'), NOW)).toEqual({ waitUntil: NOW + PROBE, reason: 'others' })
    expect(decide(ROLLING, ledger, wish('changes', 8), NOW + PROBE)).toEqual({ go: 1 })
    expect(decide(ROLLING, ledger, wish('flags'), NOW + PROBE)).toMatchObject({ reason: 'others' })
    used(ledger, 5_000, 10_000, NOW + PROBE + SECOND)
    expect(decide(ROLLING, ledger, wish('backfill', 8), NOW + PROBE + SECOND)).toEqual({ go: 8 })
  })

  test('each mark counts from its very share on, and below the last one all is as before', () => {
    const wait = { reason: 'others' }
    const ledger = emptyLedger()
    used(ledger, 7_999, 10_000)
    expect(decide(ROLLING, ledger, wish('backfill'), NOW)).toEqual({ go: 1 })
    expect(decide(ROLLING, ledger, wish('backfill'), NOW)).toMatchObject(wait)
    used(ledger, 7_500, 10_000)
    expect(decide(ROLLING, ledger, wish('backfill'), NOW)).toMatchObject(wait)
    used(ledger, 7_499, 10_000)
    expect(decide(ROLLING, ledger, wish('backfill'), NOW)).toEqual({ go: 1 })
    used(ledger, 10_000, 10_000)
    expect(decide(ROLLING, ledger, wish('flags'), NOW)).toMatchObject(wait)
    used(ledger, 9_000, 10_000)
    expect(decide(ROLLING, ledger, wish('flags'), NOW)).toEqual({ go: 1 })
  })

  test('a first reading yields to our own calls too, before the CRM has said a word', () => {
    const rules = { ...ROLLING, share: 1, reserve: 0 }
    expect(takeAll(rules, emptyLedger(), 'backfill')).toEqual({
      ...{ taken: 800, answer: { waitUntil: NOW + PROBE, reason: 'others' } },
    })
  })

  test('until midnight where the day ends then: nothing can come back before', () => {
    const rules: BudgetRules = { ...HUBSPOT, windows: {} }
    const ledger = emptyLedger()
    tell(rules, ledger, { day: { used: 990, limit: 1_000 } }, NOW)
    expect(decide(rules, ledger, wish('changes'), NOW + HOUR)).toEqual({
      waitUntil: Date.parse('2026-11-25T00:00Z'),
      reason: 'others',
    })
  })
})

describe('what the CRM told', () => {
  test('a refusal for the day closes it for every lane, until midnight', () => {
    const ledger = { ...emptyLedger(), zone: 'America/New_York' }
    const until = close(HUBSPOT, ledger, 'day', null, NOW)
    expect(until).toBe(Date.parse('2026-11-25T00:00-05:00'))
    expect(decide(HUBSPOT, ledger, wish('flags'), until - 1)).toEqual({ waitUntil: until, reason: 'told' })
    expect(decide(HUBSPOT, ledger, wish('backfill'), until)).toEqual({ go: 1 })
  })

  test('and over a rolling day for a quarter of an hour; the day counts as used up', () => {
    const ledger = emptyLedger()
    expect(close(ROLLING, ledger, 'search', null, NOW)).toBe(NOW + PROBE)
    expect(ledger.told).toBeNull()
    expect(close(ROLLING, ledger, 'day', null, NOW)).toBe(NOW + PROBE)
    expect(ledger.told).toEqual({ at: NOW, used: 1_000, limit: 1_000, counted: 0 })
    expect(close(ROLLING, ledger, 'day', NOW + SECOND, NOW)).toBe(NOW + SECOND)
    expect(ledger.closed.day).toBe(NOW + PROBE)
  })

  test('what it said before counts no more once it has said something else', () => {
    const ledger = emptyLedger()
    used(ledger, 20, 1_000, NOW + SECOND)
    used(ledger, 10, 1_000, NOW)
    expect(ledger.told).toMatchObject({ at: NOW + SECOND, used: 20 })
  })

  test('a refused search closes searches alone', () => {
    const ledger = emptyLedger()
    close(HUBSPOT, ledger, 'search', NOW + SECOND, NOW)
    expect(decide(HUBSPOT, ledger, wish('flags', 1, 'search'), NOW)).toHaveProperty('waitUntil')
    expect(decide(HUBSPOT, ledger, wish('flags'), NOW)).toEqual({ go: 1 })
  })

  test('the window is as large as the headers say, less what others of the same app have sent', () => {
    const ledger = emptyLedger()
    tell(HUBSPOT, ledger, { burst: { max: 190, remaining: 60 } }, NOW)
    expect(takeAll(HUBSPOT, ledger, 'flags').taken).toBe(60)
    expect(takeAll(HUBSPOT, ledger, 'flags', NOW + 10 * SECOND).taken).toBe(190 - 60)
    const free = emptyLedger()
    tell(HUBSPOT, free, { burst: { max: 100, remaining: 60 } }, NOW)
    expect(takeAll(HUBSPOT, free, 'flags', NOW + 10 * SECOND).taken).toBe(100)
  })

  test('of a window it counts as theirs what is not ours, searches and earlier calls left out', () => {
    const theirs = (at: number, now = at, remaining = 90) => {
      const ledger = emptyLedger()
      decide(HUBSPOT, ledger, wish('flags', 4), NOW)
      decide(HUBSPOT, ledger, wish('flags', 5, 'search'), NOW)
      tell(HUBSPOT, ledger, { burst: { max: 100, remaining } }, at, now)
      return ledger.foreign?.calls ?? null
    }
    expect(theirs(NOW)).toBe(6)
    expect(theirs(NOW + LEASE + 12 * SECOND - 1)).toBe(6)
    expect(theirs(NOW + LEASE + 12 * SECOND)).toBe(10)
    expect([theirs(NOW, NOW, 96), theirs(NOW, NOW, 95)]).toEqual([null, 1])
    expect([theirs(NOW, NOW + 2 * SECOND - 1), theirs(NOW, NOW + 2 * SECOND)]).toEqual([6, null])
  })

  test('of a window that there is none of it only keeps the size', () => {
    const ledger = emptyLedger()
    tell(ROLLING, ledger, { burst: { max: 100, remaining: 60 } }, NOW)
    expect(ledger).toMatchObject({ burst: 100, foreign: null })
  })
})

test('what the headers said of a window before a long wait says nothing of the present one', () => {
  const ledger = emptyLedger()
  const { taken } = takeAll(HUBSPOT, ledger, 'flags')
  const opens = NOW + LEASE + 10 * SECOND
  tell(HUBSPOT, ledger, { burst: { max: 100, remaining: 100 - taken } }, NOW + SECOND, opens)
  expect(takeAll(HUBSPOT, ledger, 'flags', opens).taken).toBe(100)
})

describe('a window', () => {
  test('leaves a hundredth of it to each lane before', () => {
    const ledger = emptyLedger()
    const lanes = ['backfill', 'changes', 'flags'] as const
    expect(lanes.map(lane => takeAll(HUBSPOT, ledger, lane).taken)).toEqual([98, 1, 1])
    const large = emptyLedger()
    tell(HUBSPOT, large, { burst: { max: 250, remaining: 250 } }, NOW)
    expect(takeAll(HUBSPOT, large, 'backfill').taken).toBe(246)
  })

  test('opens as soon as the first of its calls have left it', () => {
    const ledger = emptyLedger()
    for (let i = 0; i < 60; i++) decide(HUBSPOT, ledger, wish('flags'), NOW)
    for (let i = 0; i < 40; i++) decide(HUBSPOT, ledger, wish('flags'), NOW + 2 * SECOND)
    const waitUntil = NOW + LEASE + 10 * SECOND
    expect(decide(HUBSPOT, ledger, wish('changes'), NOW + 3 * SECOND)).toEqual({ waitUntil, reason: 'burst' })
    expect(decide(HUBSPOT, ledger, wish('flags'), NOW + 3 * SECOND)).toEqual({ waitUntil, reason: 'burst' })
    expect(takeAll(HUBSPOT, ledger, 'flags', waitUntil).taken).toBe(60)
  })

  test('of searches is their own: as large as it is, whatever is said and sent of the other', () => {
    const ledger = emptyLedger()
    tell(HUBSPOT, ledger, { burst: { max: 190, remaining: 10 } }, NOW)
    takeAll(HUBSPOT, ledger, 'flags')
    expect(takeAll(HUBSPOT, ledger, 'flags', NOW, 'search')).toEqual({
      ...{ taken: 5, answer: { waitUntil: NOW + SECOND, reason: 'burst' } },
    })
  })

  test('that there is none of is not written down', () => {
    const ledger = emptyLedger()
    decide(ROLLING, ledger, wish('flags', 8), NOW)
    expect(ledger.grants).toEqual([])
    expect(ledger.quarters).toEqual([[NOW, 8, 0, 0]])
  })
})

test('a ledger forgets what counts no more', () => {
  const later = (ms: number, rules = HUBSPOT) => {
    const ledger = emptyLedger()
    decide(HUBSPOT, ledger, wish('changes', 8), NOW)
    decide(HUBSPOT, ledger, wish('changes', 8), NOW)
    close(HUBSPOT, ledger, 'search', NOW + SECOND, NOW)
    ledger.first.flags = NOW + SECOND
    prune(rules, ledger, NOW + ms)
    const { quarters, grants, closed, first } = ledger
    return [quarters.length, grants.length, Object.keys(closed).length, Object.keys(first).length]
  }
  expect(later(0)).toEqual([1, 2, 1, 1])
  expect(later(SECOND - 1)).toEqual([1, 2, 1, 1])
  expect(later(SECOND)).toEqual([1, 2, 0, 0])
  expect(later(SECOND, ROLLING)).toEqual([1, 0, 0, 0])
  expect(later(13 * SECOND - 1)).toEqual([1, 2, 0, 0])
  expect(later(13 * SECOND)).toEqual([1, 0, 0, 0])
  expect(later(DAY + QUARTER - 1)).toEqual([1, 0, 0, 0])
  expect(later(DAY + QUARTER)).toEqual([0, 0, 0, 0])
  const ledger = emptyLedger()
  for (const at of [NOW, NOW + 2 * DAY]) decide(HUBSPOT, ledger, wish('changes', 5), at)
  expect(ledger).toMatchObject({ quarters: [[NOW + 2 * DAY, 0, 5, 0]], grants: [{ calls: 5 }], counted: 10 })
})

test('a lane that had to wait goes before a less urgent one', () => {
  const ledger = emptyLedger()
  takeAll(HUBSPOT, ledger, 'backfill')
  takeAll(HUBSPOT, ledger, 'flags')
  const opens = NOW + LEASE + 10 * SECOND
  decide(HUBSPOT, ledger, wish('flags'), opens - SECOND)
  expect(decide(HUBSPOT, ledger, wish('backfill', 8), opens)).toMatchObject({ reason: 'burst' })
  expect(decide(HUBSPOT, ledger, wish('flags', 8), opens)).toEqual({ go: 5 })
  expect(decide(HUBSPOT, ledger, wish('backfill', 8), opens)).toEqual({ go: 5 })
})

test('of a narrow window little is given at once: it all counts until its last call has left the window', () => {
  const ledger = emptyLedger()
  expect(decide(HUBSPOT, ledger, wish('changes', 8), NOW)).toEqual({ go: 5 })
  tell(HUBSPOT, ledger, { burst: { max: 190, remaining: 185 } }, NOW)
  expect(decide(HUBSPOT, ledger, wish('changes', 8), NOW)).toEqual({ go: 8 })
  expect(decide(HUBSPOT, ledger, wish('changes', 8, 'search'), NOW)).toEqual({ go: 1 })
})

test('what a lease left over is given back', () => {
  const ledger = emptyLedger()
  const one = wish('changes', 5)
  decide(HUBSPOT, ledger, one, NOW)
  settle(ledger, { id: one.id, lane: 'changes', at: NOW, calls: 5, sent: 3, last: NOW + 200 })
  expect(ledger.counted).toBe(3)
  expect(ledger.grants).toMatchObject([{ calls: 3, until: NOW + 200 }])
  const two = wish('changes', 4)
  decide(HUBSPOT, ledger, two, NOW + QUARTER)
  settle(ledger, { id: one.id, lane: 'changes', at: NOW, calls: 3, sent: 2, last: NOW + 200 })
  expect(ledger.quarters).toEqual([
    [NOW, 0, 2, 0],
    [NOW + QUARTER, 0, 4, 0],
  ])
  settle(ledger, { id: two.id, lane: 'changes', at: NOW + QUARTER, calls: 4, sent: 0, last: NOW + QUARTER })
  expect(ledger.grants.filter(grant => grant.id === two.id)).toEqual([])
  const forgetful = emptyLedger()
  settle(forgetful, { id: one.id, lane: 'changes', at: NOW, calls: 8, sent: 3, last: NOW })
  expect(forgetful).toEqual(emptyLedger())
})

/**
 * The same rules told slowly: every call with its instant, no leases, no quarters. What it must never see is what the
 * vendors would refuse or what we promised not to take.
 */
class Witness {
  readonly sent: { at: number; lane: Lane; bucket: Wish['bucket'] }[] = []

  /** The most calls within any `ms`. */
  most(ms: number, keep: (one: Witness['sent'][number]) => boolean = () => true): number {
    const times = this.sent
      .filter(keep)
      .map(one => one.at)
      .sort((a, b) => a - b)
    return Math.max(0, ...times.map((end, i) => times.slice(0, i + 1).filter(at => at > end - ms).length))
  }
}

const step = fc.record({
  lane: fc.constantFrom(...LANES),
  bucket: fc.constantFrom('general' as const, 'general' as const, 'search' as const),
  calls: fc.constantFrom(1, 4, 8),
  /** How many of the lease are sent, and how late. */
  sent: fc.constantFrom(0, 0.5, 1, 1),
  after: fc.constantFrom(0, LEASE / 2, LEASE),
  settles: fc.boolean(),
  /** Often at the edges of what counts: of leases, windows, quarters and days. */
  pause: fc.constantFrom(
    ...[0, 0, 0, 0, 1, 100, 400, 2 * SECOND, 9 * SECOND, 10 * SECOND - 1, 10 * SECOND],
    ...[14 * MINUTE, 14 * MINUTE, 23 * HOUR + 50 * MINUTE, DAY],
  ),
})

/** Lets lanes of any processes call in any order; hands each decision and the ledger to `check`. */
function play(
  rules: BudgetRules,
  steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
  check: (now: number, lane: Lane, decision: Decision, ledger: Ledger) => void = () => undefined,
): Witness {
  let ledger = emptyLedger()
  const witness = new Witness()
  let now = NOW
  for (const { lane, bucket, calls, sent, after, settles, pause } of steps) {
    now += pause
    const one = wish(lane, calls, bucket)
    // As the database keeps it.
    ledger = JSON.parse(JSON.stringify(ledger)) as Ledger
    const decision = decide(rules, ledger, one, now)
    check(now, lane, decision, ledger)
    if (!('go' in decision)) continue
    const used = Math.round(sent * decision.go)
    const last = now + after
    for (let i = 0; i < used; i++) witness.sent.push({ at: now + (after * (i + 1)) / used, lane, bucket })
    if (settles) settle(ledger, { id: one.id, lane, at: now, calls: decision.go, sent: used, last })
  }
  return witness
}

const steps = fc.array(step, { minLength: 60, maxLength: 150 })

test('property: never more than the ceiling in any 24 hours, of any lane and all together', () => {
  const rules: BudgetRules = { ...ROLLING, assumedLimit: 160 }
  fc.assert(
    fc.property(steps, all => {
      const witness = play(rules, all)
      expect(witness.most(DAY)).toBeLessThanOrEqual(80)
      expect(witness.most(DAY, one => one.lane === 'backfill')).toBeLessThanOrEqual(64)
      expect(witness.most(DAY, one => one.lane !== 'flags')).toBeLessThanOrEqual(72)
    }),
    { numRuns: 300 },
  )
})

test('property: never more than a window holds in any ten seconds, nor five searches in any second', () => {
  const rules: BudgetRules = {
    ...HUBSPOT,
    windows: { general: { ms: 10 * SECOND, calls: 25 }, search: { ms: SECOND, calls: 5 } },
  }
  fc.assert(
    fc.property(steps, all => {
      const witness = play(rules, all)
      expect(witness.most(10 * SECOND, one => one.bucket === 'general')).toBeLessThanOrEqual(25)
      expect(witness.most(SECOND, one => one.bucket === 'search')).toBeLessThanOrEqual(5)
    }),
    { numRuns: 300 },
  )
})

test('property: flags wait only for flags: for the burst no longer than a window, for the day only when they used it', () => {
  const rules: BudgetRules = { ...HUBSPOT, assumedLimit: 400 }
  fc.assert(
    fc.property(steps, all => {
      play(rules, all, (now, lane, decision, ledger) => {
        if (lane !== 'flags' || !('waitUntil' in decision)) return
        if (decision.reason === 'burst')
          expect(decision.waitUntil - now).toBeLessThanOrEqual(10 * SECOND + LEASE)
        // The reserve is theirs: a tenth of 200 calls.
        else expect(ledger.quarters.reduce((sum, quarter) => sum + quarter[1], 0)).toBeGreaterThanOrEqual(20)
      })
    }),
    { numRuns: 300 },
  )
})
