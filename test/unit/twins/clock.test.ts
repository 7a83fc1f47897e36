import { describe, expect, it, vi } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'

const START = Date.UTC(2026, 10, 18, 15)

/** A clock over a hand-moved real time. */
function clockOn(start = START) {
  const real = { ms: 1000 }
  return { clock: new VirtualClock(start, () => real.ms), real }
}

describe('VirtualClock', () => {
  it('stands where it was put', () => {
    const { clock, real } = clockOn()
    real.ms += 5000
    expect(clock.now()).toBe(START)
    expect(clock.state()).toEqual({ now: START, rate: 0 })
  })

  it('runs at its rate from the present instant and keeps it through a change of rate', () => {
    const { clock, real } = clockOn()
    clock.run(600)
    real.ms += 1000
    expect(clock.now()).toBe(START + 600_000)
    clock.run(1)
    real.ms += 1000
    expect(clock.now()).toBe(START + 601_000)
    clock.stand()
    real.ms += 1000
    expect(clock.now()).toBe(START + 601_000)
  })

  it('never runs backwards, even when the real source does', () => {
    const { clock, real } = clockOn()
    clock.run(10)
    real.ms -= 500
    expect(clock.now()).toBe(START)
  })

  it('jumps forward while standing and while running', () => {
    const { clock, real } = clockOn()
    clock.set(START + 1000)
    expect(clock.now()).toBe(START + 1000)
    clock.run(2)
    clock.set(START + 5000)
    real.ms += 100
    expect(clock.now()).toBe(START + 5200)
  })

  it('refuses to go back and says what to do', () => {
    const { clock } = clockOn()
    expect(() => clock.set(START - 1)).toThrow(/2026-11-18T14:59:59.999Z is before .* start new twins/)
    expect(clock.now()).toBe(START)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the rate %s', rate => {
    expect(() => clockOn().clock.run(rate)).toThrow(/is not a number above 0/)
  })

  it('refuses an instant that is none', () => {
    expect(() => new VirtualClock(Number.NaN)).toThrow(/NaN is not an instant/)
    expect(() => clockOn().clock.set(Number.NaN)).toThrow(/NaN is not an instant/)
  })

  it('tells listeners of a set once, and of nothing when it has not moved', () => {
    const { clock } = clockOn()
    const heard: number[] = []
    const stop = clock.onAdvance(now => heard.push(now))
    clock.tick()
    clock.set(START + 5)
    clock.tick()
    stop()
    clock.set(START + 9)
    expect(heard).toEqual([START + 5])
  })

  it('waits until an instant has come', async () => {
    const { clock } = clockOn()
    let reached = false
    const waiting = clock.waitUntil(START + 100).then(() => {
      reached = true
    })
    clock.set(START + 99)
    await Promise.resolve()
    expect(reached).toBe(false)
    clock.set(START + 100)
    await waiting
    expect(reached).toBe(true)
    await clock.waitUntil(START)
  })

  it('stops waiting when aborted', async () => {
    const { clock } = clockOn()
    const abort = new AbortController()
    const waiting = clock.waitUntil(START + 100, abort.signal)
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(clock.waitUntil(START + 100, abort.signal)).rejects.toThrow('enough')
  })

  it('holds a timer only while it runs and somebody listens', () => {
    vi.useFakeTimers()
    try {
      const { clock } = clockOn()
      const stop = clock.onAdvance(() => {})
      expect(vi.getTimerCount()).toBe(0)
      clock.run(1)
      expect(vi.getTimerCount()).toBe(1)
      clock.stand()
      expect(vi.getTimerCount()).toBe(0)
      clock.run(1)
      stop()
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('tells listeners as it runs', () => {
    vi.useFakeTimers()
    try {
      const { clock, real } = clockOn()
      const heard: number[] = []
      clock.onAdvance(now => heard.push(now))
      clock.run(10)
      real.ms += 50
      vi.advanceTimersByTime(50)
      clock.stand()
      expect(heard).toEqual([START + 500])
    } finally {
      vi.useRealTimers()
    }
  })
})
