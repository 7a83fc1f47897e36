import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../../domain/time.ts'

/** A signature is valid for so long, and as long before its own time: clocks differ. */
export const VALID_MS = 5 * 60_000

/** What HubSpot signs. */
export interface Signed {
  method: string
  /** As HubSpot calls it: our public address, with path and query. */
  uri: string
  /** As it came, byte for byte. */
  body: Buffer
  /** The header `X-HubSpot-Request-Timestamp`, milliseconds since the epoch as text. */
  timestamp: string
}

/** The signature in the header, 32 bytes; null for what is none. */
export function readSignature(header: string | undefined): Buffer | null {
  return header !== undefined && /^[A-Za-z0-9+/]{43}=$/.test(header) ? Buffer.from(header, 'base64') : null
}

export function isFresh(timestamp: string | undefined, now: Instant): timestamp is string {
  if (timestamp === undefined || !/^\d{1,15}$/.test(timestamp)) return false
  return Math.abs(now - Number(timestamp)) <= VALID_MS
}

/**
 * Whether HubSpot signed this with our app's secret: HMAC-SHA256 over method, URI, body and timestamp
 * (developers.hubspot.com, "Validating requests", version 3). Takes as long for a wrong one as for a right one.
 */
export function isSigned(
  secret: string,
  signature: Buffer,
  { method, uri, body, timestamp }: Signed,
): boolean {
  const hmac = createHmac('sha256', secret).update(method).update(decoded(uri)).update(body).update(timestamp)
  return timingSafeEqual(hmac.digest(), signature)
}

/** The escapes that HubSpot resolves before it signs; all others stay as they are. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '%3A': ':', '%2F': '/', '%3F': '?', '%40': '@', '%21': '!', '%24': '$', '%27': "'" },
  ...{ '%28': '(', '%29': ')', '%2A': '*', '%2C': ',', '%3B': ';' },
}

const decoded = (uri: string): string =>
  uri.replace(/%[0-9a-f]{2}/gi, found => ESCAPES[found.toUpperCase()] ?? found)
