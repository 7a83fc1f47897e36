import type { Instant } from '../domain/time.ts'
import type { Policy } from '../policy/policy.ts'
import { jsonText } from './copy.ts'
import type { Database, Queryable } from './db.ts'
import { sql } from './sql.ts'
import { markEverything } from './stale.ts'

/**
 * Notes the policy in use. When it is not the one used last, every person is marked to be judged again.
 * @param hash the policy's hash, its identity
 * @returns true when it differs from the one used before
 */
export async function adoptPolicy(
  db: Database,
  policy: Policy,
  hash: string,
  now: Instant,
): Promise<boolean> {
  return await db.tx(async tx => {
    const last = await readLast(tx)
    if (last?.hash === hash) return false
    await tx.query(sql`
      insert into policy_version (hash, name, policy, last_used)
      values (${hash}, ${policy.name}, ${jsonText(policy)}::jsonb, ${new Date(now)})
      on conflict (hash) do update set used = nextval('policy_use'), last_used = excluded.last_used`)
    if (last === null) return true
    await markEverything(tx, String(last.policy.sharedMailboxes) !== String(policy.sharedMailboxes))
    return true
  })
}

async function readLast(tx: Queryable): Promise<{ hash: string; policy: Policy } | null> {
  await tx.query(sql`lock table policy_version in share row exclusive mode`)
  const { rows } = await tx.query<{ hash: string; policy: Policy }>(
    sql`select hash, policy from policy_version order by used desc limit 1`,
  )
  return rows[0] ?? null
}
