import type { Writable } from 'node:stream'
import type { Crm } from '../crm/crm.ts'

const EVERY_MS = 200
const PATIENCE_MS = 2_000
const WIDTH = 24

/** A line on a terminal that says how far a round is; nothing at all when stderr is no terminal. */
export function progressLine(
  stderr: Writable,
  crms: readonly Pick<Crm, 'vendor' | 'traffic'>[],
): { end(): void } {
  return rewriting(stderr, () => progress(crms))
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
