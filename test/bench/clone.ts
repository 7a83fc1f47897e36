import type { Database, Tx } from '../../src/store/db.ts'

const REFS = new Set(['ref', 'source', 'subject', 'via', 'deal', 'member', 'opened_by', 'handoff'])
const TABLES = [
  'record',
  'fact',
  'identity',
  'membership',
  'person',
  'person_record',
  'handoff',
  'promise',
  'target',
]

/**
 * The same people `copies` times more, each time under other ids: `~1`, `~2`, … behind every ref. Call it once in a database.
 * Rows are written copy after copy into tables without indexes; these are built again at the end. Analyze afterwards.
 * @param lean a condition by table that leaves out rows which nobody will read again
 */
export async function clone(db: Database, copies: number, lean: Record<string, string> = {}): Promise<void> {
  const tables = await columnsOf(db)
  await db.tx(async tx => {
    await run(tx, `set local statement_timeout = 0`)
    await run(tx, `set local maintenance_work_mem = '512MB'`)
    for (const { name, columns } of tables) {
      const build = await dropIndexes(tx, name)
      await copy(tx, name, columns, copies, lean[name])
      for (const statement of build) await run(tx, statement)
    }
  })
}

type Sender = Pick<Database, 'query'>

const run = (to: Sender, text: string) => to.query({ text, values: [] })

async function columnsOf(db: Database): Promise<{ name: string; columns: string[] }[]> {
  const { rows } = await db.query<{ name: string; columns: string[] }>({
    text: `select table_name as name, array_agg(column_name::text) as columns from information_schema.columns
      where table_schema = 'public' and table_name = any($1) group by 1`,
    values: [TABLES],
  })
  return rows
}

/** @returns what builds them again */
async function dropIndexes(tx: Tx, table: string): Promise<string[]> {
  const { rows } = await tx.query<{ drop: string; build: string }>({
    text: `select
        case when con.oid is null then format('drop index %I', class.relname)
          else format('alter table %I drop constraint %I', $1::text, con.conname) end as drop,
        case when con.oid is null then pg_get_indexdef(indexrelid)
          else format('alter table %I add constraint %I %s', $1::text, con.conname, pg_get_constraintdef(con.oid)) end as build
      from pg_index join pg_class class on class.oid = indexrelid
      left join pg_constraint con on con.conindid = indexrelid and con.contype in ('p', 'u')
      where indrelid = $1::regclass`,
    values: [table],
  })
  for (const { drop } of rows) await run(tx, drop)
  return rows.map(row => row.build)
}

async function copy(
  tx: Tx,
  table: string,
  columns: readonly string[],
  copies: number,
  condition = 'true',
): Promise<void> {
  // Set apart, so that a copy does not search all earlier ones for what it copies.
  await run(tx, `create temporary table original on commit drop as select * from ${table} where ${condition}`)
  const overriding = table === 'person' ? 'overriding system value' : ''
  for (let number = 1; number <= copies; number++) {
    const values = columns.map(column => copied(table, column, number))
    await run(
      tx,
      `insert into ${table} (${columns.join(', ')}) ${overriding} select ${values.join(', ')} from original`,
    )
  }
  await run(tx, 'drop table original')
}

function copied(table: string, column: string, number: number): string {
  if (column === 'person' || (table === 'person' && column === 'id'))
    return `${column} + ${number * 10_000_000}`
  if (REFS.has(column) || (column === 'key' && /^(identity|person_record)$/.test(table)))
    return `${column} || '~${number}'`
  return column
}
