import { type KeyObject, verify } from 'node:crypto'
import { z } from 'zod'
import { GrantError } from './error.ts'

interface Expected {
  issuer: string
  publicKey: KeyObject | null
  /** Who has approved the app. */
  username: string
  /** Milliseconds since the epoch. */
  now: number
}

/** Whom an assertion may be for, whichever organisation it opens. */
export const AUDIENCES = new Set(['https://login.salesforce.com', 'https://test.salesforce.com'])
/** The longest that an assertion may hold, in seconds. */
const LONGEST = 300

const header = z.object({ alg: z.literal('RS256') })
const claims = z.object({ iss: z.string(), sub: z.string(), aud: z.string(), exp: z.number() })

/** Checks a JWT as the bearer grant does. @throws GrantError */
export function assertedUser(assertion: string, { issuer, publicKey, username, now }: Expected): void {
  const [head = '', body = '', signature = ''] = assertion.split('.')
  const said = claims.safeParse(json(body)).data
  if (!header.safeParse(json(head)).success || !said) throw refused('invalid assertion')
  if (said.iss !== issuer) throw new GrantError('invalid_client_id', 'client identifier invalid')
  const signed = Buffer.from(`${head}.${body}`)
  if (!publicKey || !verify('sha256', signed, publicKey, Buffer.from(signature, 'base64url')))
    throw refused('invalid assertion')
  if (!AUDIENCES.has(said.aud)) throw refused('audience is invalid')
  const left = said.exp - now / 1000
  if (left < 0 || left > LONGEST) throw refused('expired assertion')
  if (said.sub !== username) throw refused("user hasn't approved this consumer")
}

const refused = (description: string) => new GrantError('invalid_grant', description)

function json(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return null
  }
}
