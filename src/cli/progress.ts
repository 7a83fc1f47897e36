import type { Writable } from 'node:stream'
import type { Crm } from '../crm/crm.ts'
import type { Reading } from '../pipeline/context.ts'

const EVERY_MS = 200
const PATIENCE_MS = 2_000
const WIDTH = 24

/**
 * A line on a terminal that says how far a round is, and how far the longest reading that it was told of; nothing at
 * all when stderr is no terminal.
 */
export function progressLine(
  stderr: Writable,
  crms: readonly Pick<Crm, 'vendor' | 'traffic'>[],
): { reading(at: Reading): void; end(): void } {
  const readings = new Readings()
  const line = rewriting(stderr, () => [progress(crms), ...readings.words()].join(' · '))
  return { reading: at => readings.note(at), end: line.end }
}

/** The readings under way, with what each had when we first heard of it. */
export class Readings {
  readonly #known = new Map<string, { at: Reading; first: number; since: number }>()
  readonly #now: () => number

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  note(at: Reading): void {
    const name = `${at.vendor} ${at.object}`
    const { first, since } = this.#known.get(name) ?? { first: at.done, since: this.#now() }
    if (at.done < at.total) this.#known.set(name, { at, first, since })
    else this.#known.delete(name)
  }

  /** `lead [######------------------] 12,000 of 48,000, 2,400 a second, 15 s left` for each. */
  words(): string[] {
    return [...this.#known.values()].map(({ at, first, since }) => {
      const rate = ((at.done - first) / (this.#now() - since)) * 1000
      const known = Number.isFinite(rate) && rate > 0
      const left = known
        ? `, ${Math.round(rate).toLocaleString('en')} a second, ${spell((at.total - at.done) / rate)} left`
        : ''
      return `${at.object} ${bar(at.done, at.total, 'records')}${left}`
    })
  }
}

/** Seconds in the largest unit that says enough: `15 s`, `4 min`, `2.5 h`. */
function spell(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** A bar on a terminal for whatever takes longer than two seconds; nothing at all when stderr is no terminal. */
export function progressBar(
  stderr: Writable,
  what: string,
): { show(done: number, of: number): void; end(): void } {
  const began = performance.now()
  let text: string | null = null
  const line = rewriting(stderr, () => (performance.now() - began < PATIENCE_MS ? null : text))
  return {
    show: (done, of) => {
      text = bar(done, of, what)
    },
    end: line.end,
  }
}

/** `[######------------------] 12,000 of 48,000 people` */
export function bar(done: number, of: number, what: string): string {
  const filled = of === 0 ? WIDTH : Math.min(WIDTH, Math.floor((done / of) * WIDTH))
  const counts = `${done.toLocaleString('en')} of ${of.toLocaleString('en')} ${what}`
  return `[${'#'.repeat(filled)}${'-'.repeat(WIDTH - filled)}] ${counts}`
}

/** Rewrites one line of a terminal again and again until the end; null: nothing to say yet. */
function rewriting(stderr: Writable, text: () => string | null): { end(): void } {
  if (!(stderr as Writable & { isTTY?: boolean }).isTTY) return { end: () => undefined }
  const timer = setInterval(() => {
    const said = text()
    if (said !== null) stderr.write(`\r\x1b[K${said}`)
  }, EVERY_MS)
  timer.unref()
  let ended = false
  return {
    end: () => {
      clearInterval(timer)
      if (!ended) stderr.write('\r\x1b[K')
      ended = true
    },
  }
}

/** `salesforce 1,200 read, 0 written · hubspot 800 read, 15 written` */
export const progress = (crms: readonly Pick<Crm, 'vendor' | 'traffic'>[]): string =>
  crms
    .map(crm => {
      const { reads, writes } = crm.traffic()
      return `${crm.vendor} ${reads.records.toLocaleString('en')} read, ${writes.records.toLocaleString('en')} written`
    })
    .join(' · ')
