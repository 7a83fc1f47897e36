import type { Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import { begin, type Connecting, disconnect, finish, type Returned } from '../pipeline/connect.ts'
import { type ConnectionState, type Connector, connectionStates } from '../pipeline/connections.ts'
import type { Database } from '../store/db.ts'

/** How CRMs are connected from the pages. Where a vendor cannot be, the methods give null and do nothing. */
export interface Connections {
  /** The address of these pages, to which the vendors send browsers back; null: nothing can be connected. */
  publicUrl: string | null
  /** Origins of the vendors' pages. */
  origins: readonly string[]
  list(): Promise<ConnectionState[]>
  begin(vendor: Vendor): Promise<{ address: string; browser: string } | null>
  finish(vendor: Vendor, returned: Returned): Promise<true | null>
  disconnect(vendor: Vendor): Promise<{ revoked: boolean } | null>
}

/** Milliseconds that a vendor has to answer while a person waits. */
const PATIENCE_MS = 20_000

export function storedConnections(
  db: Database,
  connectors: readonly Connector[],
  publicUrl: string | null,
  now: () => Instant,
): Connections {
  const connecting = (vendor: Vendor): Connecting | null => {
    const { authorization, keeper } = connectors.find(one => one.vendor === vendor) ?? {}
    return authorization && keeper ? { authorization, keeper } : null
  }
  const patience = () => AbortSignal.timeout(PATIENCE_MS)
  return {
    publicUrl,
    origins: connectors.flatMap(({ authorization }) => authorization?.origin ?? []),
    list: () => connectionStates(db, connectors),
    begin: async vendor => {
      const one = connecting(vendor)
      return one && (await begin(db, one))
    },
    finish: async (vendor, returned) => {
      const one = connecting(vendor)
      if (one) await finish(db, one, returned, patience())
      return one && true
    },
    disconnect: async vendor => {
      const one = connecting(vendor)
      return one && (await disconnect(db, one, now(), patience()))
    },
  }
}

export const noConnections: Connections = {
  publicUrl: null,
  origins: [],
  list: async () => [],
  begin: async () => null,
  finish: async () => null,
  disconnect: async () => null,
}
