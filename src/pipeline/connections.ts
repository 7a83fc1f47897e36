import type { Authorization, TokenKeeper } from '../crm/credentials.ts'
import type { Vendor } from '../domain/facts.ts'
import { readConnections } from '../store/connections.ts'
import { readConnected } from '../store/credentials.ts'
import type { Queryable } from '../store/db.ts'

/** How one CRM is signed in to. */
export interface Connector {
  vendor: Vendor
  /** For people: `OAuth`, `client credentials`. */
  how: string
  /** Where a person connects it; null: the environment signs in, or the pages have no public address. */
  authorization: Authorization | null
  /** Where what was granted is kept; null: nothing is. */
  keeper: TokenKeeper | null
}

/** How a connection stands. */
export interface ConnectionState {
  vendor: Vendor
  how: string
  /** What the vendor calls the account whose records we hold; null: none yet. */
  account: string | null
  standing: 'working' | 'untried' | 'needs_person' | 'not_connected'
  /** What a person has to do; null: nothing. */
  reason: string | null
  canConnect: boolean
  canDisconnect: boolean
}

/** Every CRM that the environment names; one statement a table, and no call to a CRM. */
export async function connectionStates(
  db: Queryable,
  connectors: readonly Connector[],
): Promise<ConnectionState[]> {
  const [known, granted] = await Promise.all([readConnections(db), readConnected(db)])
  return connectors.map(({ vendor, how, authorization, keeper }) => {
    const row = known.find(one => one.vendor === vendor)
    const grant = granted.find(one => one.vendor === vendor)
    const canConnect = authorization !== null && keeper !== null
    const missing = canConnect && !grant
    const reason = missing ? null : (row?.refusal ?? null)
    const account = row?.account ?? null
    return {
      ...{ vendor, how, account, reason, canConnect, canDisconnect: canConnect && !!grant },
      standing: missing
        ? 'not_connected'
        : reason || grant?.refused
          ? 'needs_person'
          : account
            ? 'working'
            : 'untried',
    }
  })
}
