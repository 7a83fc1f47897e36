import type { Database } from '../../src/store/db.ts'

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
 * The same people once more under other ids.
 * @param lean a condition by table that leaves out rows which nobody will read again, beginning with ` and`
 */
export async function clone(db: Database, number: number, lean: Record<string, string> = {}): Promise<void> {
  const { rows } = await db.query<{ name: string; columns: string[] }>({
    text: `select table_name as name, array_agg(column_name::text) as columns from information_schema.columns
      where table_schema = 'public' and table_name = any($1) group by 1`,
    values: [TABLES],
  })
  await db.tx(async tx => {
    for (const { name, columns } of rows) {
      const own =
        name === 'person' ? `id < 10000000` : name === 'identity' ? `ref not like '%~%'` : filter(columns)
      const values = columns.map(column => copied(name, column, number))
      await tx.query({
        text: `insert into ${name} (${columns.join(', ')}) ${name === 'person' ? 'overriding system value' : ''}
          select ${values.join(', ')} from ${name} where ${own}${lean[name] ?? ''}`,
        values: [],
      })
    }
  })
}

const filter = (columns: readonly string[]): string =>
  `${columns.find(column => REFS.has(column)) ?? 'ref'} not like '%~%'`

function copied(table: string, column: string, number: number): string {
  if (column === 'person' || (table === 'person' && column === 'id'))
    return `${column} + ${number * 10_000_000}`
  if (REFS.has(column) || (column === 'key' && /^(identity|person_record)$/.test(table)))
    return `${column} || '~${number}'`
  return column
}
