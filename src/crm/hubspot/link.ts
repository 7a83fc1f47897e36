import { parseRef, type Ref } from '../../domain/facts.ts'

/** The object type ids in the addresses of record pages. */
const PAGE_TYPES: Readonly<Record<string, string>> = {
  contact: '0-1',
  deal: '0-3',
  meeting: '0-47',
  call: '0-48',
  email: '0-49',
}

/** The page of a record in HubSpot; while the portal's number is unknown (''), HubSpot itself. */
export function recordPage(uiUrl: string, portal: string, ref: Ref): string {
  const { object, id } = parseRef(ref)
  const base = uiUrl.replace(/\/+$/, '')
  return portal ? `${base}/contacts/${portal}/record/${PAGE_TYPES[object] ?? '0-1'}/${id}` : base
}
