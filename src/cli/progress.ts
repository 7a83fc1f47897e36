import type { Writable } from 'node:stream'
import type { Crm } from '../crm/crm.ts'

const EVERY_MS = 200

/** A line on a terminal that says how far a round is; nothing at all when stderr is no terminal. */
export function progressLine(
  stderr: Writable,
  crms: readonly Pick<Crm, 'vendor' | 'traffic'>[],
): { end(): void } {
  if (!(stderr as Writable & { isTTY?: boolean }).isTTY) return { end: () => undefined }
  const timer = setInterval(() => stderr.write(`\r\x1b[K${progress(crms)}`), EVERY_MS)
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
