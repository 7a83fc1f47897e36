import { expect, test } from 'vitest'
import type { Queryable } from '../../../src/store/db.ts'
import { sql } from '../../../src/store/sql.ts'
import { testDatabase } from '../database.ts'

/** The schema as PostgreSQL describes it: tables with their columns and indexes, sequences and views, by name. */
async function describeSchema(db: Queryable): Promise<string> {
  const columns = await db.query<{ name: string; lines: string }>(sql`
    select relname as name, string_agg('  ' || attname || ' ' || format_type(atttypid, atttypmod)
        || coalesce(' collate ' || quote_ident(nullif(collname, 'default')), '') || case when attnotnull then ' not null' else '' end
        || case when attidentity <> '' then ' generated always as identity' else '' end
        || coalesce(' default ' || pg_get_expr(adbin, adrelid), ''), E',\n' order by attnum)
      || coalesce(E'\n) with (' || array_to_string(reloptions, ', ') || ')', E'\n)') as lines
    from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
      left join pg_attrdef on adrelid = attrelid and adnum = attnum left join pg_collation on pg_collation.oid = attcollation
    where relnamespace = 'public'::regnamespace and relkind = 'r' group by relname, reloptions order by relname`)
  const indexes = await db.query<{ name: string; line: string }>(sql`
    select tablename as name, indexdef as line from pg_indexes where schemaname = 'public' order by indexname`)
  const sequences = await db.query<{ line: string }>(sql`
    select format('create sequence %s as %s%s', sequencename, data_type, case when cycle then ' cycle' else '' end) as line
    from pg_sequences where schemaname = 'public' order by sequencename`)
  const views = await db.query<{ line: string }>(sql`
    select format(E'create view %s as\n%s', viewname, definition) as line
    from pg_views where schemaname = 'public' order by viewname`)
  const tables = columns.rows.map(({ name, lines }) => {
    const own = indexes.rows.filter(index => index.name === name).map(index => `${index.line};`)
    return [`create table ${name} (`, `${lines};`, ...own].join('\n')
  })
  return `${[...tables, ...sequences.rows.map(row => `${row.line};`), ...views.rows.map(row => row.line)].join('\n\n')}\n`
}

test('the migrations result in the committed schema', async () => {
  const db = await testDatabase()
  // After a new migration: npx vitest run --project integration schema -u, and read the difference.
  await expect(await describeSchema(db)).toMatchFileSnapshot('../schema.sql')
})
