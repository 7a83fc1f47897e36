import { setTimeout as delay } from 'node:timers/promises'
import { type Grant, type Held, seeded, type TokenKeeper } from '../crm/credentials.ts'
import type { Vendor } from '../domain/facts.ts'
import type { Database, Queryable } from './db.ts'
import { DatabaseUnavailable } from './errors.ts'
import { KeyRefused, type Keyring, type Sealed } from './keyring.ts'
import { sql } from './sql.ts'

/** The advisory lock of whoever renews a grant; its second number is the vendor's. */
const RENEWING = 72_402
const KIND = 'oauth'
/** A grant that was just given out is lost when it is not stored: worth waiting for a database that restarts. */
const STORE_TRIES = 5
const STORE_PAUSE_MS = 1_000

interface Row extends Sealed {
  vendor: Vendor
  kind: string
  account: string
  refused: boolean
}

/** What a ciphertext is bound to: moved to another row, it does not open. */
const boundTo = ({ vendor, account, kind }: Pick<Row, 'vendor' | 'account' | 'kind'>) =>
  `${vendor}|${account}|${kind}`

/** What is encrypted: the grant, and the refresh token of the environment from which it descends. */
interface Kept extends Grant {
  seed: string | null
}

/**
 * The grant of one vendor in the database, encrypted. One process at a time renews it, by an advisory lock of a
 * connection of its own: it ends with the process, however that ends.
 * @param seed a refresh token of the environment, with which it begins; a grant of another seed is not used
 */
export function storedKeeper(db: Database, keys: Keyring, vendor: Vendor, seed: string | null): TokenKeeper {
  const read = async (): Promise<Grant | null> => {
    const row = await readCredential(db, vendor)
    const kept = row && opened(keys, row)
    if (!kept || kept.grant.seed !== seed) return seed === null ? null : seeded(seed)
    return kept.refused ? null : kept.grant
  }
  return {
    read,
    async exclusively(signal, work) {
      const session = await db.session()
      const stop = () => void session.close().catch(() => undefined)
      signal.addEventListener('abort', stop, { once: true })
      try {
        await session.query(sql`select pg_advisory_lock(${RENEWING}, hashtext(${vendor}))`)
        const grant = await read()
        const held: Held = {
          grant,
          replace: next => insist(() => storeGrant(db, keys, vendor, { ...next, seed }), signal),
          refuse: async () => {
            // One of the environment may not have been stored yet.
            if (grant) await storeGrant(db, keys, vendor, { ...grant, seed })
            await refuseCredential(db, vendor)
          },
        }
        return await work(held)
      } catch (error) {
        signal.throwIfAborted()
        throw error
      } finally {
        signal.removeEventListener('abort', stop)
        await session.close().catch(() => undefined)
      }
    },
  }
}

/** Whether a grant is kept for `vendor`, and for which account; nothing is decrypted. */
export async function readConnected(
  db: Queryable,
): Promise<{ vendor: Vendor; account: string; refused: boolean }[]> {
  const { rows } = await db.query<{ vendor: Vendor; account: string; refused: boolean }>(sql`
    select vendor, account, refused_at is not null as refused from credential where kind = ${KIND} order by vendor`)
  return rows
}

/** Keeps a grant in place of whatever was kept for `vendor`. */
export async function storeGrant(db: Queryable, keys: Keyring, vendor: Vendor, kept: Kept): Promise<void> {
  const { account } = kept
  const { version, bytes } = keys.seal(JSON.stringify(kept), boundTo({ vendor, account, kind: KIND }))
  await db.query(sql`
    insert into credential (vendor, kind, account, key_version, sealed)
    values (${vendor}, ${KIND}, ${account}, ${version}, ${bytes})
    on conflict (vendor, kind) do update set account = excluded.account, key_version = excluded.key_version,
      sealed = excluded.sealed, updated_at = now(), refused_at = null`)
}

/** Wipes what was kept for `vendor`. */
export async function forgetGrant(db: Queryable, vendor: Vendor): Promise<void> {
  await db.query(sql`delete from credential where vendor = ${vendor} and kind = ${KIND}`)
}

/** @throws KeyRefused when one of the credentials does not open with these keys, or there are no keys */
export async function checkKeys(db: Queryable, keys: Keyring | null): Promise<void> {
  for (const row of await readCredentials(db)) {
    if (!keys)
      throw new KeyRefused(
        `the database holds credentials of ${row.vendor} and LEADTIME_KEYS is not set; set it to the keys that encrypted them`,
      )
    keys.open(row, boundTo(row))
  }
}

/**
 * Encrypts with the newest key what an older one encrypted. Each row carries the number of its key and all change in one
 * transaction, so a rotation that was killed has changed nothing or everything, and running it again does no harm.
 * @returns how many were encrypted anew, of how many
 */
export async function rotateKeys(db: Database, keys: Keyring): Promise<{ rotated: number; all: number }> {
  return await db.tx(async tx => {
    const rows = await readCredentials(tx)
    const old = rows.filter(row => row.version !== keys.version)
    const sealed = old.map(row => keys.seal(keys.open(row, boundTo(row)), boundTo(row)))
    await tx.query(sql`
      update credential set key_version = ${keys.version}, sealed = new.sealed
      from unnest(${old.map(row => row.vendor)}::text[], ${old.map(row => row.kind)}::text[],
        ${sealed.map(one => one.bytes)}::bytea[]) as new (vendor, kind, sealed)
      where credential.vendor = new.vendor and credential.kind = new.kind`)
    return { rotated: old.length, all: rows.length }
  })
}

function opened(keys: Keyring, row: Row): { grant: Kept; refused: boolean } {
  return { grant: JSON.parse(keys.open(row, boundTo(row))) as Kept, refused: row.refused }
}

async function readCredential(db: Queryable, vendor: Vendor): Promise<Row | undefined> {
  const { rows } = await db.query<Row>(sql`
    select vendor, kind, account, key_version as version, sealed as bytes, refused_at is not null as refused
    from credential where vendor = ${vendor} and kind = ${KIND}`)
  return rows[0]
}

/** In a transaction, nobody changes them until it ends. */
async function readCredentials(db: Queryable): Promise<Row[]> {
  const { rows } = await db.query<Row>(sql`
    select vendor, kind, account, key_version as version, sealed as bytes, refused_at is not null as refused
    from credential order by vendor, kind for update`)
  return rows
}

async function refuseCredential(db: Queryable, vendor: Vendor): Promise<void> {
  await db.query(sql`
    update credential set refused_at = coalesce(refused_at, now()) where vendor = ${vendor} and kind = ${KIND}`)
}

async function insist(store: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await store()
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || tries >= STORE_TRIES || signal.aborted) throw error
      await delay(STORE_PAUSE_MS)
    }
  }
}
