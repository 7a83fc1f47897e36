import type { AlmanacSource, Closed, Years } from '../domain/almanac.ts'
import { type Fetch, fetchCalendar, isAddress, readCalendarFile } from './body.ts'
import { SourceError } from './errors.ts'

type IcsSource = Extract<AlmanacSource, { kind: 'ics' }>

/** Reads the iCalendar data that policies name. */
export interface IcsReader {
  /** What a source closes in these years. @throws SourceError */
  read(source: IcsSource, years: Years, signal: AbortSignal): Promise<Closed[]>
}

export interface IcsReaderOptions {
  /** Where the policy file stands; files are named relative to it. */
  folder: string
  fetch?: Fetch
}

/** The reader of files and https addresses. What parses is loaded at the first use: most policies name no calendar. */
export function icsReader({ folder, fetch = globalThis.fetch }: IcsReaderOptions): IcsReader {
  return {
    async read({ address, holidays }, years, signal) {
      const text = await (isAddress(address)
        ? fetchCalendar(address, fetch, signal)
        : readCalendarFile(address, folder))
      const { readIcs } = await import('./ics.ts')
      const { closed, events } = readIcs(text, years)
      if (!holidays) return closed.map(one => ({ ...one, name: null }))
      if (closed.length > 0) return closed
      const none = events === 0 ? 'it has no events' : `none of its ${events} events closes a day these years`
      throw new SourceError(none, 'give a calendar of public holidays that are not marked as free')
    },
  }
}

/** How a source is called where others read along: no path and no secret in it. */
export function sourceName({ address, place }: IcsSource): string {
  return `${place} (${isAddress(address) ? (URL.parse(address)?.host ?? 'an address') : address})`
}
