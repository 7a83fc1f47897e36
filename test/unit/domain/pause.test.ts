import { describe, expect, test } from 'vitest'
import { HOUR } from '../../../src/domain/time.ts'
import { assigned, call, h, status, under } from './judged.ts'

/** A first attempt within 10 hours of the assignment; waiting for the buyer is no fault, for 6 hours at most. */
const agreed = (pauses = 'waiting: { when: { salesforce_status: [Waiting] }, cap: 6h }') =>
  `promises: { first: { from: T2, until: T3, due: 10h, warn: 8h } }\npauses: { ${pauses} }`

describe('a pause', () => {
  const waiting = [assigned(0), status(4, 'Waiting')]

  test('excuses while it holds, and due is as if it lasted until its cap', () => {
    expect(under(agreed(), 5, ...waiting)).toMatchObject({
      state: 'excused',
      excuse: 'waiting',
      pause: { name: 'waiting', since: h(4), latest: h(10) },
      warnAt: h(14),
      dueAt: h(16),
      countedMs: 4 * HOUR,
      pausedMs: 1 * HOUR,
      leadMs: 5 * HOUR,
      words:
        'Paused since Tue 24 Nov 2026 13:12: waiting; the clock goes on at the latest Tue 24 Nov 2026 19:12 (Europe/Berlin)',
    })
  })

  test('runs out at its cap without a new fact', () => {
    expect(under(agreed(), 5, ...waiting).wakeAt).toBe(h(10))
    expect(under(agreed(), 10, ...waiting)).toMatchObject({ state: 'running', excuse: null, pause: null })
    expect(under(agreed(), 16, ...waiting)).toMatchObject({ state: 'due_soon', pausedMs: 6 * HOUR })
    expect(under(agreed(), 16.001, ...waiting).state).toBe('overdue')
  })

  test('that ends earlier moves due back', () => {
    const answered = [...waiting, status(6, 'Open - Not Contacted')]
    expect(under(agreed(), 6, ...answered)).toMatchObject({ state: 'running', dueAt: h(12) })
    expect(under(agreed(), 7, ...answered)).toMatchObject({ state: 'running', dueAt: h(12) })
    expect(under(agreed(), 20, ...answered, call(11))).toMatchObject({
      state: 'met',
      countedMs: 9 * HOUR,
      words: 'First attempt 9 h after assignment, not counting 2 h paused',
    })
  })

  test('has one cap over the whole handoff', () => {
    const twice = [...waiting, status(8, 'Open - Not Contacted'), status(9, 'Waiting')]
    // Four hours the first time leave two for the second.
    expect(under(agreed(), 10, ...twice)).toMatchObject({ pause: { latest: h(11) }, dueAt: h(16) })
  })

  test('uses its cap up before the clock starts too', () => {
    expect(under(agreed(), 6, status(1, 'Waiting'), assigned(5))).toMatchObject({
      pause: { since: h(5), latest: h(7) },
      dueAt: h(17),
    })
  })

  test('heals nothing once due has passed', () => {
    expect(under(agreed(), 12, assigned(0), status(11, 'Waiting'))).toMatchObject({
      state: 'overdue',
      dueAt: h(10),
    })
  })

  test('begun at the very instant of due does not move it', () => {
    expect(under(agreed(), 10, assigned(0), status(10, 'Waiting')).dueAt).toBe(h(10))
  })

  test('that was over before the MQL uses nothing of the cap', () => {
    const legal = agreed('legal: { when: { hubspot_lead_status: [LEGAL] }, cap: 6h }')
    const lead = (hours: number, value: string): ReturnType<typeof status> => [
      hours,
      'updated',
      { detail: `hubspot.status=${value}` },
    ]
    const before = [lead(-5, 'LEGAL'), lead(-3, 'NEW')]
    expect(under(legal, 5, ...before, assigned(0), lead(4, 'LEGAL')).pause?.latest).toBe(h(10))
  })

  test('that is over wakes nobody any more', () => {
    const answered = [...waiting, status(6, 'Open - Not Contacted')]
    expect(under(agreed(), 11, ...answered)).toMatchObject({ state: 'due_soon', wakeAt: h(12) + 1 })
  })

  test('does not excuse an end without an attempt', () => {
    expect(under(agreed(), 9, ...waiting, [5, 'rejected']).state).toBe('missed')
  })

  test('is measured in its own kind', () => {
    const inWork = agreed('waiting: { when: { salesforce_status: [Waiting] }, cap: 1 working days }')
    // Berlin closes at 17:00; eight hours from 13:12 end at 13:12 the next day.
    expect(under(inWork, 5, ...waiting).pause?.latest).toBe(h(28))
  })

  test('stops only the promises it names', () => {
    const other = agreed('waiting: { when: { salesforce_status: [Waiting] }, cap: 6h, promises: [first] }')
    expect(under(other, 5, ...waiting).state).toBe('excused')
    const two = other.replace('{ first:', '{ second: { from: T2, until: T5, due: 9d }, first:')
    expect(under(two, 5, ...waiting).state).toBe('running')
  })
})

test('overlapping pauses do not count twice, but each uses its own cap', () => {
  const both = agreed(`
    waiting: { when: { salesforce_status: [Waiting] }, cap: 6h },
    legal: { when: { hubspot_lead_status: [LEGAL] }, cap: 5h } `)
  const lines = [
    assigned(0),
    status(2, 'Waiting'),
    [4, 'updated', { detail: 'hubspot.status=LEGAL' }],
  ] as const
  const at = (hours: number) => under(both, hours, lines[0]!, lines[1]!, [...lines[2]] as never)
  expect(at(5)).toMatchObject({
    excuse: 'waiting',
    pause: { since: h(2), latest: h(9) },
    dueAt: h(17),
    wakeAt: h(8),
  })
  expect(at(8)).toMatchObject({ excuse: 'legal', pause: { since: h(8), latest: h(9) }, wakeAt: h(9) })
  expect(at(9)).toMatchObject({ state: 'running', pausedMs: 7 * HOUR })
})
