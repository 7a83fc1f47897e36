import { hash } from 'node:crypto'
import { type Almanac, almanacOf, EMPTY_ALMANAC } from '../domain/almanac.ts'
import type { Instant } from '../domain/time.ts'
import { jsonText } from './copy.ts'
import type { Database, Queryable } from './db.ts'
import { sql } from './sql.ts'
import { markEverybody } from './stale.ts'

/** The advisory lock of whoever reads what calendars take from outside. */
const LOCK = 72_400_002

/** Runs `work` unless another process is at it; false: it is. */
export async function refreshing(db: Database, work: () => Promise<void>): Promise<boolean> {
  const session = await db.session()
  try {
    const { rows } = await session.query<{ held: boolean }>(sql`select pg_try_advisory_lock(${LOCK}) as held`)
    if (rows[0]?.held) await work()
    return rows[0]?.held ?? false
  } finally {
    await session.close()
  }
}

/** The last try to read a source. */
export interface Tried {
  source: string
  triedAt: Instant
  error: string | null
}

/** The last try of each source that was ever tried. */
export async function readTried(db: Queryable): Promise<Map<string, Tried>> {
  const { rows } = await db.query<Tried>(sql`select source, tried_at as "triedAt", error from almanac`)
  return new Map(rows.map(row => [row.source, row]))
}

export interface ReadSource {
  source: string
  name: string
  data: object
  /** Something is wrong with it all the same, and a person has to act; null: nothing. */
  error: string | null
}

/** Keeps what was read; everybody is judged again when it differs from what was read before. @returns whether it does */
export async function keepRead(db: Database, read: ReadSource, now: Instant): Promise<boolean> {
  const { source, name, error } = read
  const data = jsonText(read.data)
  const at = new Date(now)
  return await db.tx(async tx => {
    const { rows } = await tx.query<{ changed: boolean }>(sql`
      with before as (select hash from almanac where source = ${source})
      insert into almanac (source, name, data, hash, fetched_at, tried_at, error, needs_person)
      values (${source}, ${name}, ${data}::jsonb, ${hash('md5', data)}, ${at}, ${at}, ${error}, ${error !== null})
      on conflict (source) do update set name = excluded.name, data = excluded.data, hash = excluded.hash,
        fetched_at = excluded.fetched_at, tried_at = excluded.tried_at, error = excluded.error,
        needs_person = excluded.needs_person
      returning hash is distinct from (select hash from before) as changed`)
    const changed = rows[0]?.changed === true
    if (changed) await markEverybody(tx)
    return changed
  })
}

export interface UnreadSource {
  source: string
  name: string
  error: string
  /** False: it may pass by itself. */
  needsPerson: boolean
}

/** Notes that a source could not be read; what was last read of it stays. */
export async function noteUnread(db: Queryable, unread: UnreadSource, now: Instant): Promise<void> {
  const { source, name, error, needsPerson } = unread
  await db.query(sql`
    insert into almanac (source, name, tried_at, error, needs_person)
    values (${source}, ${name}, ${new Date(now)}, ${error}, ${needsPerson})
    on conflict (source) do update set name = excluded.name, tried_at = excluded.tried_at, error = excluded.error,
      needs_person = excluded.needs_person`)
}

/** Forgets all sources but these: no policy names the others any more. */
export async function forgetSources(db: Queryable, but: readonly string[]): Promise<void> {
  await db.query(sql`delete from almanac where source <> all(${[...but]}::text[])`)
}

/** A source that could not be read, or not all of it. */
export interface AlmanacTrouble {
  name: string
  error: string
  needsPerson: boolean
  /** When what is used in its place was read; null: nothing is. */
  fetchedAt: Instant | null
}

export async function readAlmanacTroubles(db: Queryable): Promise<AlmanacTrouble[]> {
  const { rows } = await db.query<AlmanacTrouble>(sql`
    select name, error, needs_person as "needsPerson", fetched_at as "fetchedAt" from almanac
    where error is not null order by source`)
  return rows
}

/** The almanac read last by this process and the hashes it had: calendars are prepared for the object, once. */
let last: { hashes: string; almanac: Almanac } = { hashes: '', almanac: EMPTY_ALMANAC }

/** Everything that was read from outside; the same object as long as it has not changed. */
export async function readAlmanac(db: Queryable): Promise<Almanac> {
  const { rows: known } = await db.query<{ hash: string }>(
    sql`select source || ' ' || hash as hash from almanac where hash is not null order by source`,
  )
  const hashes = known.map(row => row.hash).join('\n')
  if (hashes === last.hashes) return last.almanac
  const { rows } = await db.query<{ source: string; data: unknown; hash: string }>(
    sql`select source, data, hash from almanac where hash is not null order by source`,
  )
  const read = rows.map(({ source, hash }) => `${source} ${hash}`).join('\n')
  last = { hashes: read, almanac: almanacOf(new Map(rows.map(({ source, data }) => [source, data]))) }
  return last.almanac
}
