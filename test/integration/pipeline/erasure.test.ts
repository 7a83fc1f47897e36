/** Whom a CRM has erased for privacy, nothing of ours names any more. */
import { expect, onTestFinished, test } from 'vitest'
import { MINUTE } from '../../../src/domain/time.ts'
import { reconcileAll } from '../../../src/pipeline/certify.ts'
import { type Context, Tally } from '../../../src/pipeline/context.ts'
import { fetchHinted } from '../../../src/pipeline/hints.ts'
import { adopt } from '../../../src/pipeline/publish.ts'
import { round } from '../../../src/pipeline/round.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import type { Database } from '../../../src/store/db.ts'
import { storeHints } from '../../../src/store/hints.ts'
import { sql } from '../../../src/store/sql.ts'
import type { Sink } from '../../../src/twins/scenario/types.ts'
import { bench, event, HOUR, NOW, somebody } from '../../contract/crm/company.ts'
import { testDatabase } from '../database.ts'

function fill(sink: Sink): void {
  for (let i = 0; i < 40; i++) {
    const names = {
      email: `p${i}@people.test`,
      first_name: `First${i}`,
      last_name: `Last${i}`,
      company: `Firm${i}`,
    }
    const at = NOW - 30 * HOUR + i * MINUTE
    const mql = event(`p${i}`, at, 'mql')
    sink.person({ ...somebody(`p${i}`), ...names }, [
      mql,
      event(`p${i}`, at + HOUR, 'assigned', { actor: 'ann' }),
    ])
  }
}

/** Every value of every table, as text. */
async function everything(db: Database): Promise<string> {
  const { rows } = await db.query<{ name: string }>(
    sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  )
  const parts = rows.map(async ({ name }) => {
    const text = `select coalesce(string_agg(t::text, E'\\n'), '') as text from ${name} t`
    return (await db.query<{ text: string }>({ text, values: [] })).rows[0]!.text
  })
  return (await Promise.all(parts)).join('\n')
}

async function stand() {
  const at = await bench('hubspot', fill)
  onTestFinished(() => at.close())
  const db = await testDatabase()
  const now = () => at.clock.now()
  await adopt(db, readDraft('', 'policy.yml'), now())
  const log = { info: () => undefined, warn: () => undefined }
  const context = (): Context => ({
    ...{ db, crms: [at.crm], now, log, signal: new AbortController().signal, tally: new Tally() },
  })
  const hand = (deed: object) =>
    fetch(`${at.url}/_twin/edit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ object: 'contacts', ...deed }),
    })
  const later = () => at.clock.set(at.clock.now() + HOUR)
  await round(context())
  // The old names are in what is kept of the past, then.
  later()
  await hand({ do: 'edit', id: 51, properties: { lastname: 'Renamed0', email: 'p0@renamed.test' } })
  await round(context())
  later()
  return { ...at, db, context, hand }
}

/** Who the contact 51 is, under any name it ever had. */
const NAMES = /p0@people|p0@renamed|First0\b|Last0\b|Renamed0|Firm0\b/

test.each(['told by its webhook', 'found by comparing'])('a contact erased in HubSpot, %s', async how => {
  const { crm, db, context, hand } = await stand()
  const verdicts = async () =>
    (await db.query(sql`select opened_by, t0, t2, outcome from handoff order by opened_by`)).rows
  expect(await everything(db)).toMatch(NAMES)
  const before = await verdicts()
  await hand({ do: 'erase', id: 51 })
  if (how === 'told by its webhook') {
    await storeHints(db, 'hubspot', [{ object: 'contact', id: '51' }])
    await fetchHinted(context(), crm)
  } else {
    await reconcileAll(context(), crm, ['contact'])
  }
  await round(context())
  const left = await everything(db)
  expect(left.match(new RegExp(`.{0,200}(${NAMES.source}).{0,50}`))?.[0]).toBeUndefined()
  // Everybody else is there, and so is what happened.
  expect(left).toMatch(/p1@people\.test/)
  expect(await verdicts()).toEqual(before.map((row, i) => (i === 0 ? { ...row, outcome: 'void' } : row)))
})
