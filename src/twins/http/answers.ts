import { gzipSync } from 'node:zlib'
import type { Fault } from './faults.ts'

/** A page of either vendor, as far as faults touch it. */
interface PageBody {
  results?: Stamped[]
  records?: Stamped[]
  total?: number
  totalSize?: number
  done?: boolean
  nextRecordsUrl?: string
  paging?: { next?: { after: string; link?: string } }
}

interface Stamped {
  id?: string
  updatedAt?: string
  SystemModstamp?: string
}

/** The request that was answered. */
interface Asked {
  url: string
  /** Its JSON body, parsed. */
  body: unknown
  now: number
}

/** The answer as the fault leaves it. What is no page passes unchanged where only pages are changed. */
export function altered(payload: string, fault: Fault, previous: string | undefined, asked: Asked): string {
  switch (fault.alter) {
    case 'empty':
      return ''
    case 'truncate':
      return payload.slice(0, Math.floor(payload.length / 2))
    case 'same':
      return previous ?? payload
    case 'empty_page':
      return changed(payload, page => emptied(page, asked))
    case 'total':
      return changed(payload, miscounted)
    case 'late':
      return changed(payload, page => withoutLate(page, asked.now - (fault.late_s ?? 60) * 1000))
    default:
      return payload
  }
}

/** Of spaces, which JSON may begin with: whoever reads this to its end gets a good answer and has held them all. */
const SPACES = 128
let spaces: Buffer | undefined

/** The answer in gzip, behind so many MiB that are about a thousandth of it on the wire. */
export function bomb(payload: string): Buffer {
  spaces ??= Buffer.concat(Array(SPACES).fill(gzipSync(Buffer.alloc(1024 * 1024, ' '))))
  // Members of gzip one after the other are one text.
  return Buffer.concat([spaces, gzipSync(payload)])
}

function changed(payload: string, change: (page: PageBody) => PageBody): string {
  try {
    const page = JSON.parse(payload) as PageBody
    return Array.isArray(page.results ?? page.records) ? JSON.stringify(change(page)) : payload
  } catch {
    return payload
  }
}

/** No records, and the way to those that would have been here: the same page under another name. */
function emptied(page: PageBody, { url, body }: Asked): PageBody {
  if (page.records) {
    const again = `${url}${url.includes('?') ? '&' : '?'}again`
    return { ...page, records: [], done: false, nextRecordsUrl: again }
  }
  const first = page.results?.[0]?.id
  if (first === undefined) return page
  const query = new URL(url, 'http://twin').searchParams.get('after')
  const given = query ?? (body as { after?: string | number } | undefined)?.after
  // Ids and offsets are numbers: with a zero before it, one is written differently and says the same.
  const after = given === undefined ? (isSearch(url) ? '0' : first) : `0${given}`
  return { ...page, results: [], paging: { next: { after } } }
}

const isSearch = (url: string) => /\/search(\?|$)/.test(url)

const miscounted = (page: PageBody): PageBody => ({
  ...page,
  ...(page.total !== undefined && { total: Math.floor(page.total / 2) }),
  ...(page.totalSize !== undefined && { totalSize: Math.floor(page.totalSize / 2) }),
})

function withoutLate(page: PageBody, until: number): PageBody {
  const early = (one: Stamped) => !(Date.parse(one.updatedAt ?? one.SystemModstamp ?? '') > until)
  if (page.records) return { ...page, records: page.records.filter(early) }
  return { ...page, results: (page.results ?? []).filter(early) }
}
