import type { Page } from '../crm/crm.ts'
import type { Ref, Vendor } from '../domain/facts.ts'
import { type Encoded, encodeAll } from './encode.ts'

/** Records of one transaction, about: small pages are gathered up to it. */
const ENOUGH = 1_000

/** Pages of a scan as one, their records ready to be stored. */
export interface Gathered extends Omit<Page, 'records'> {
  records: Map<Ref, Encoded>
}

/** Joins small pages. Those read before an error are handed out before it. */
export async function* gather(vendor: Vendor, scan: AsyncIterable<Page>): AsyncGenerator<Gathered> {
  let open: Gathered | null = null
  let failed: { error: unknown } | null = null
  try {
    for await (const page of scan) {
      open = join(vendor, open, page)
      // What there is to tell is told at once.
      if (open.detour === undefined && open.records.size < ENOUGH) continue
      yield open
      open = null
    }
  } catch (error) {
    failed = { error }
  }
  if (open) yield open
  if (failed) throw failed.error
}

const join = (vendor: Vendor, open: Gathered | null, page: Page): Gathered => ({
  ...open,
  ...page,
  records: encodeAll(vendor, page.records, open?.records),
})

/** The same items, the next one always in the making while one is in use. Whoever gives them closes them. */
export async function* ahead<T>(items: AsyncIterator<T>): AsyncGenerator<T> {
  let next = items.next()
  for (;;) {
    const { value, done } = await next
    if (done) return
    next = items.next()
    // Its failure is told to whoever comes for it; until then it waits unobserved.
    next.catch(() => undefined)
    yield value
  }
}
