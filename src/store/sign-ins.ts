import type { Vendor } from '../domain/facts.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** A sign-in that a browser has begun; both are SHA-256. */
export interface SignIn {
  state: Buffer
  browser: Buffer
  vendor: Vendor
}

/** Notes a sign-in that may be finished within ten minutes, and forgets those that no longer may. */
export async function beginSignIn(db: Queryable, { state, browser, vendor }: SignIn): Promise<void> {
  await db.query(sql`
    with over as (delete from sign_in where expires_at < now())
    insert into sign_in (state_hash, browser_hash, vendor, expires_at)
    values (${state}, ${browser}, ${vendor}, now() + interval '10 minutes')`)
}

/** Takes the sign-in of `state`: a second time it is not there. Null: it was never begun, was taken, or is over. */
export async function takeSignIn(db: Queryable, state: Buffer): Promise<Omit<SignIn, 'state'> | null> {
  const { rows } = await db.query<{ vendor: Vendor; browser: Buffer; fresh: boolean }>(sql`
    delete from sign_in where state_hash = ${state}
    returning vendor, browser_hash as browser, expires_at > now() as fresh`)
  const [found] = rows
  return found?.fresh ? { vendor: found.vendor, browser: found.browser } : null
}
