import type { Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'

/** What a CRM gave us to act for the person who agreed. Secret but for `account`. */
export interface Grant {
  /** What the vendor calls the account (organisation id, portal id). */
  account: string
  refreshToken: string
  accessToken: string
  /** By this machine's clock; null: the vendor does not say. */
  expiresAt: Instant | null
  /** Where its API is; null: at the vendor's one address. */
  instanceUrl: string | null
}

/** The grant of one connection while nobody else may renew it. */
export interface Held {
  /** As it is now, perhaps renewed by somebody else while we waited; null: there is none, or it was refused. */
  readonly grant: Grant | null
  /** Keeps the grant in place of the old one; it may be used once this has returned. */
  replace(grant: Grant): Promise<void>
  /** The vendor refuses the grant for good (`invalid_grant`): nobody offers it again. */
  refuse(): Promise<void>
}

/** Where the grant of one connection is kept. */
export interface TokenKeeper {
  /** Null: there is none, or the vendor has refused it. */
  read(): Promise<Grant | null>
  /** Runs `work` while no other process holds this grant: of many that find a token expired, one renews it. */
  exclusively<T>(signal: AbortSignal, work: (held: Held) => Promise<T>): Promise<T>
}

/** A person's way through the vendor's own pages (OAuth's authorization code), for those who connect from ours. */
export interface Authorization {
  readonly vendor: Vendor
  /** Where the browser is sent to agree. */
  address(state: string, verifier: string): string
  /** The vendor's origins among those the browser is sent to, for the security policy of our page. */
  readonly origin: string
  /** Trades the code that the browser brought back. @throws as Crm's methods */
  redeem(code: string, verifier: string, signal: AbortSignal): Promise<Grant>
  /** Ends the grant at the vendor. One that is already over is fine. @throws as Crm's methods */
  revoke(grant: Grant, signal: AbortSignal): Promise<void>
}

/** A grant that begins with a refresh token of the environment and is forgotten when the process ends. */
export function memoryKeeper(refreshToken: string): TokenKeeper {
  let grant: Grant | null = seeded(refreshToken)
  let last: Promise<unknown> = Promise.resolve()
  const held: Held = {
    get grant() {
      return grant
    },
    async replace(next) {
      grant = next
    },
    async refuse() {
      grant = null
    },
  }
  return {
    read: async () => grant,
    exclusively(_signal, work) {
      const turn = last.then(() => work(held))
      last = turn.catch(() => undefined)
      return turn
    },
  }
}

/** What is known of a grant before the first renewal. */
export const seeded = (refreshToken: string): Grant => ({
  ...{ account: '', refreshToken, accessToken: '', expiresAt: null, instanceUrl: null },
})
