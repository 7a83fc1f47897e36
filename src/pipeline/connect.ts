import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Authorization, TokenKeeper } from '../crm/credentials.ts'
import { OtherAccount } from '../crm/errors.ts'
import type { Instant } from '../domain/time.ts'
import { claimAccount, noteAccepted, noteRefusing } from '../store/connections.ts'
import { forgetGrant } from '../store/credentials.ts'
import type { Database } from '../store/db.ts'
import { beginSignIn, takeSignIn } from '../store/sign-ins.ts'

/** The sign-in cannot be finished; the message is for whoever sits at the browser. */
export class SignInRefused extends Error {
  override name = 'SignInRefused'
}

/** A CRM that a person connects, and where its grant is kept. */
export interface Connecting {
  authorization: Authorization
  keeper: TokenKeeper
}

/** What the browser brought back. */
export interface Returned {
  state: string
  code: string | null
  /** The vendor's name for why there is no code. */
  error: string | null
  /** The secret that the browser was given when it began. */
  browser: string
}

const secret = () => randomBytes(32).toString('base64url')
const hash = (text: string) => createHash('sha256').update(text).digest()
/** Known to whoever has the browser's cookie; the table of sign-ins holds nothing that helps to redeem a code. */
const verifierOf = (browser: string, state: string) =>
  createHmac('sha256', browser).update(state).digest('base64url')

/** Sends a browser on its way to agree: where to, and the secret that it has to bring back as a cookie. */
export async function begin(
  db: Database,
  { authorization }: Connecting,
): Promise<{ address: string; browser: string }> {
  const [state, browser] = [secret(), secret()]
  await beginSignIn(db, { state: hash(state), browser: hash(browser), vendor: authorization.vendor })
  return { address: authorization.address(state, verifierOf(browser, state)), browser }
}

/**
 * Trades what the browser brought back for a grant and keeps it. A state serves once, for ten minutes, in the browser that
 * began: nobody can be made to connect somebody else's account.
 * @throws SignInRefused; OtherAccount when it is not the account whose records we hold; what `redeem` throws
 */
export async function finish(
  db: Database,
  { authorization, keeper }: Connecting,
  { state, code, error, browser }: Returned,
  signal: AbortSignal,
): Promise<void> {
  const { vendor } = authorization
  const begun = await takeSignIn(db, hash(state))
  if (!begun || begun.vendor !== vendor)
    throw new SignInRefused('This sign-in is over: it was finished already, or took longer than ten minutes')
  if (!timingSafeEqual(begun.browser, hash(browser)))
    throw new SignInRefused('This sign-in was begun in another browser')
  if (!code) throw new SignInRefused(declined(error))
  const grant = await authorization.redeem(code, verifierOf(browser, state), signal)
  const held = await claimAccount(db, vendor, grant.account)
  if (held !== grant.account) {
    // Nobody will use it.
    await authorization.revoke(grant, signal).catch(() => undefined)
    throw new OtherAccount(vendor, held, grant.account)
  }
  await keeper.exclusively(signal, kept => kept.replace(grant))
  await noteAccepted(db, vendor)
}

const declined = (error: string | null): string =>
  error === 'access_denied'
    ? 'The access was not allowed; nothing has changed'
    : `The CRM gave no access${error && /^\w{3,40}$/.test(error) ? ` (${error})` : ''}; nothing has changed`

/**
 * Ends the grant at the vendor, then wipes it here; also when the vendor does not answer, for whoever disconnects wants
 * us to stop.
 * @returns whether the vendor has ended it
 */
export async function disconnect(
  db: Database,
  { authorization, keeper }: Connecting,
  now: Instant,
  signal: AbortSignal,
): Promise<{ revoked: boolean }> {
  const { vendor } = authorization
  const revoked = await keeper.exclusively(signal, async ({ grant }) => {
    const ended = !grant || (await authorization.revoke(grant, signal).then(yes, no))
    await forgetGrant(db, vendor)
    return ended
  })
  await noteRefusing(db, {
    vendor,
    since: now,
    reason: `${vendor} was disconnected on the page /connections`,
  })
  return { revoked }
}

const yes = () => true
const no = () => false
