import { performance } from 'node:perf_hooks'

/** How often listeners hear of a running clock, in real milliseconds. */
const TICK_MS = 50

export interface ClockState {
  /** Virtual instant, milliseconds since the epoch. */
  now: number
  /** Virtual seconds per real second; 0 when the clock stands. */
  rate: number
}

/**
 * The twins' time. It stands at an instant, or runs at a rate of virtual seconds per real second. It never
 * goes back: what the CRMs have already shown cannot be unshown. Timers exist only while it runs and
 * somebody listens, and they never keep the process alive.
 */
export class VirtualClock {
  #base: number
  #rate = 0
  #since = 0
  #told: number
  #timer: NodeJS.Timeout | undefined
  readonly #listeners = new Set<(now: number) => void>()
  readonly #real: () => number

  /** @param start milliseconds since the epoch; @param real a monotonic source of real milliseconds */
  constructor(start: number, real: () => number = () => performance.now()) {
    this.#base = instant(start)
    this.#told = this.#base
    this.#real = real
  }

  /** The virtual instant in whole milliseconds since the epoch. */
  now(): number {
    if (this.#rate === 0) return this.#base
    return Math.floor(this.#base + Math.max(0, this.#real() - this.#since) * this.#rate)
  }

  state(): ClockState {
    return { now: this.now(), rate: this.#rate }
  }

  /** Stops at the present instant. */
  stand(): void {
    this.#base = this.now()
    this.#rate = 0
    this.tick()
    this.#arm()
  }

  /** Runs from the present instant. @throws RangeError for a rate that is not above 0 */
  run(rate: number): void {
    if (!Number.isFinite(rate) || rate <= 0) {
      throw new RangeError(`clock rate ${rate} is not a number above 0; to stop the clock let it stand`)
    }
    this.#base = this.now()
    this.#since = this.#real()
    this.#rate = rate
    this.#arm()
  }

  /** Jumps forward and keeps standing or running. @throws RangeError for an instant before now */
  set(at: number): void {
    const next = instant(at)
    const now = this.now()
    if (next < now) {
      const words = `${new Date(next).toISOString()} is before the clock's ${new Date(now).toISOString()}`
      throw new RangeError(`${words}; the clock only goes forward, start new twins for an earlier instant`)
    }
    this.#base = next
    this.#since = this.#real()
    this.tick()
  }

  /** Tells the listeners the time if it moved since they last heard; each request to a twin does this. */
  tick(): void {
    const now = this.now()
    if (now <= this.#told) return
    this.#told = now
    for (const listener of [...this.#listeners]) listener(now)
  }

  /** Calls back as the clock advances: on every set, on every tick while running. Returns how to stop. */
  onAdvance(listener: (now: number) => void): () => void {
    this.#listeners.add(listener)
    this.#arm()
    return () => {
      this.#listeners.delete(listener)
      this.#arm()
    }
  }

  /** Resolves once the clock has reached the instant; rejects with the signal's reason when aborted. */
  waitUntil(at: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      if (this.now() >= at) return resolve()
      const finish = (settle: () => void) => {
        stop()
        signal?.removeEventListener('abort', abort)
        settle()
      }
      const abort = () => finish(() => reject(signal?.reason))
      const stop = this.onAdvance(now => {
        if (now >= at) finish(resolve)
      })
      signal?.addEventListener('abort', abort)
    })
  }

  #arm(): void {
    const needed = this.#rate > 0 && this.#listeners.size > 0
    if (needed && !this.#timer) this.#timer = setInterval(() => this.tick(), TICK_MS).unref()
    if (!needed && this.#timer) {
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }
}

function instant(at: number): number {
  if (!Number.isFinite(at)) throw new RangeError(`${at} is not an instant in milliseconds since the epoch`)
  return Math.floor(at)
}
