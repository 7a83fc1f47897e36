import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Database, Tx } from './db.ts'
import { DatabaseRefused } from './errors.ts'
import { sql } from './sql.ts'

/** One file of migrations/. */
export interface Migration {
  number: number
  /** `0001_records.sql` */
  name: string
  text: string
  checksum: string
}

const FOLDER = fileURLToPath(new URL('../../migrations/', import.meta.url))
/** The advisory lock of whoever migrates; any constant, the same in every release. */
const LOCK = 72_400_001

/**
 * Brings the schema up to date: every file of `folder` not yet applied, in order, each in a transaction of its own.
 * Any number of processes may call it at once; one works, the others wait and find it done.
 * @returns the names applied.
 * @throws DatabaseRefused when an applied file has changed, is unknown here, or a number is missing or used twice.
 */
export async function migrate(db: Database, folder: string = FOLDER): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const applied: string[] = []
  for (;;) {
    const name = await db.tx(tx => applyNext(tx, migrations))
    if (name === null) return applied
    applied.push(name)
  }
}

/** The migrations of a folder in order. @throws DatabaseRefused on a bad name, a gap or a repeated number. */
export async function readMigrations(folder: string = FOLDER): Promise<Migration[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.sql')).sort()
  return await Promise.all(
    names.map(async (name, i) => {
      const number = Number(/^(\d{4})_\w+\.sql$/.exec(name)?.[1])
      if (number !== i + 1) {
        const expected = String(i + 1).padStart(4, '0')
        throw new DatabaseRefused(`migration ${name}: expected a file ${expected}_name.sql in its place`)
      }
      const text = await readFile(join(folder, name), 'utf8')
      return { number, name, text, checksum: createHash('sha256').update(text).digest('hex') }
    }),
  )
}

async function applyNext(tx: Tx, migrations: readonly Migration[]): Promise<string | null> {
  await tx.query(sql`select pg_advisory_xact_lock(${LOCK})`)
  await tx.query(sql`
    create table if not exists migration (
      number integer primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default now())`)
  const { rows } = await tx.query<{ number: number; name: string; checksum: string }>(
    sql`select number, name, checksum from migration order by number`,
  )
  for (const [i, row] of rows.entries()) compare(row, i + 1, migrations[i])
  const next = migrations[rows.length]
  if (next === undefined) return null
  await tx.query({ text: next.text, values: [] })
  await tx.query(
    sql`insert into migration (number, name, checksum) values (${next.number}, ${next.name}, ${next.checksum})`,
  )
  return next.name
}

function compare(
  row: { number: number; name: string; checksum: string },
  expected: number,
  known: Migration | undefined,
): void {
  if (row.number !== expected) {
    throw new DatabaseRefused(`migration ${expected} was never applied but ${row.name} was; restore a backup`)
  }
  if (known === undefined) {
    throw new DatabaseRefused(
      `migration ${row.name} is unknown to this release; run the newer release that made it`,
    )
  }
  if (row.checksum !== known.checksum) {
    throw new DatabaseRefused(
      `migration ${known.name} was changed after it was applied; restore the file and add a new one instead`,
    )
  }
}
