import { type Instant, iso } from '../domain/time.ts'
import { readWritten } from '../policy/parse.ts'
import { type Policy, policyInForce } from '../policy/policy.ts'
import { resolvePolicy } from '../policy/resolve.ts'
import type { Reign, Version } from '../policy/versions.ts'
import { storable } from './copy.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

type Restored = Pick<Version, 'written' | 'policy'>

/** What was restored, by what is stored: the same policy is the same object, so that what is made for it is made once. */
const restored = new Map<string, Restored>()
const KEPT = 200

/**
 * A stored policy is the file with every default filled in, and is read as a file is. So a release that knows more keys
 * gives those their defaults, one with other defaults changes nothing that was agreed before, and one that writes files
 * differently has to read the old `version` too.
 */
function restore(stored: string, file: string): Restored {
  const known = restored.get(stored)
  if (known) return known
  const written = readWritten(stored, file)
  const made = { written, policy: resolvePolicy(written, file) }
  if (restored.size >= KEPT) restored.clear()
  restored.set(stored, made)
  return made
}

interface Row {
  number: number
  hash: string
  effective: Instant
  policy: string
  text: string
  publishedAt: Instant
}

/**
 * All published versions in the order of publication. What was read within a transaction stays true until its end:
 * publishing waits for it (see {@link lockVersions}).
 * @param knownBy only those published by this instant; the first was always known, as nothing was judged before it
 * @throws PolicyError when another release published something this one cannot read
 */
export async function readVersions(
  db: Queryable,
  knownBy: Instant = Number.POSITIVE_INFINITY,
): Promise<Version[]> {
  const { rows } = await db.query<Row>(sql`
    select number, hash, effective, policy::text, text, published_at as "publishedAt" from policy_version
    where number = 1 or published_at <= ${stamp(knownBy)}::timestamptz order by number`)
  return rows.map(({ policy, ...row }) => {
    const file = `policy version ${row.number}`
    return { ...row, file, ...restore(policy, file) }
  })
}

/**
 * The policy of each handoff by its MQL instant.
 * @param knownBy as of {@link readVersions}
 * @throws RangeError when none was published
 */
export async function readPolicyAt(db: Queryable, knownBy?: Instant): Promise<(at: Instant) => Policy> {
  const at = policyInForce(await readVersions(db, knownBy))
  return instant => at(instant).policy
}

/** Until the transaction ends nobody else publishes, and whoever judges by the versions there are has finished. */
export async function lockVersions(tx: Queryable): Promise<void> {
  await tx.query(sql`lock table policy_version in access exclusive mode`)
}

export async function addVersion(tx: Queryable, version: Version): Promise<void> {
  const { number, hash, effective, text, publishedAt } = version
  await tx.query(sql`
    insert into policy_version (number, hash, name, effective, policy, text, published_at)
    values (${number}, ${hash}, ${version.policy.name}, ${stamp(effective)},
      ${storable(JSON.stringify(version.written))}::json, ${storable(text)}, ${stamp(publishedAt)})`)
}

/** The handoffs of a reign, and the first MQL among them; whether anybody is known at all. */
export interface Governed {
  handoffs: number
  first: Instant | null
  anybody: boolean
}

export async function countGoverned(db: Queryable, { from, until }: Reign): Promise<Governed> {
  const { rows } = await db.query<Governed>(sql`
    select count(*) as handoffs, min(t1) as first, exists (select from person) as anybody from handoff
    where t1 >= ${stamp(from)}::timestamptz and t1 < ${stamp(until)}::timestamptz`)
  return rows[0]!
}

/** Marks the persons with a handoff in a reign to be judged again. @returns how many */
export async function markGoverned(tx: Queryable, { from, until }: Reign): Promise<number> {
  const { count } = await tx.query(sql`
    insert into stale_person (person) select distinct person from handoff
    where t1 >= ${stamp(from)}::timestamptz and t1 < ${stamp(until)}::timestamptz order by person`)
  return count
}

const stamp = (at: Instant): string => {
  if (Number.isFinite(at)) return iso(at)!
  return at > 0 ? 'infinity' : '-infinity'
}
