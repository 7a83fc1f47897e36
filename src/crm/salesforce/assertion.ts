import { createPrivateKey, type KeyObject, sign } from 'node:crypto'
import type { Instant } from '../../domain/time.ts'

/** The app and the user an assertion speaks for. */
export interface Assertion {
  /** Consumer key of the connected app. */
  clientId: string
  username: string
  /** `https://login.salesforce.com` or `https://test.salesforce.com`. */
  audience: string
}

/** Salesforce takes assertions of a few minutes only. */
const LIFETIME_SECONDS = 180

/** A JWT for the bearer grant (RFC 7523), signed RS256: jsforce does not sign. */
export function signedAssertion(
  { clientId, username, audience }: Assertion,
  key: KeyObject,
  now: Instant,
): string {
  const exp = Math.floor(now / 1000) + LIFETIME_SECONDS
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256' })}.${part({ iss: clientId, sub: username, aud: audience, exp })}`
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`
}

/** An RSA key from PEM text; null when it is none, or is protected by a passphrase. */
export function rsaKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem)
    return key.asymmetricKeyType === 'rsa' ? key : null
  } catch {
    return null
  }
}
