import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Crm } from '../../src/crm/crm.ts'
import { hubspot } from '../../src/crm/hubspot/adapter.ts'
import { salesforce } from '../../src/crm/salesforce/adapter.ts'
import { startTwins, type Twins } from '../../src/demo/twins.ts'
import { type Context, Tally } from '../../src/pipeline/context.ts'
import { adopt } from '../../src/pipeline/publish.ts'
import { readDraft } from '../../src/policy/versions.ts'
import { type Database, openDatabase } from '../../src/store/db.ts'
import { startEmbedded } from '../../src/store/embedded.ts'
import { migrate } from '../../src/store/migrate.ts'

/** What a benchmark stands on: a PostgreSQL of its own, and both twins in a process of theirs. */
export interface Stage {
  db: Database
  close(): Promise<void>
}

/** @param policy the text of a policy file; nothing: all defaults */
export async function stage(policy = ''): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'leadtime-bench-'))
  await chmod(folder, 0o711)
  const server = await startEmbedded(folder, () => {})
  const db = await openDatabase(server.url)
  await migrate(db)
  await adopt(db, readDraft(policy, 'the policy of the benchmark'), 0)
  return {
    db,
    close: async () => {
      await db.close()
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export const company = (people: number): Promise<Twins> =>
  startTwins(['--people', `${people}`, '--seed', '5'])

/** Where the twins are, and how to sign in. */
export type Access = Pick<Twins, 'salesforceUrl' | 'hubspotUrl' | 'clientId' | 'clientSecret' | 'token'>

/** Both adapters, pointed at the twins or at something in front of them. */
export async function connect(
  twins: Access,
  at: { salesforce?: string; hubspot?: string } = {},
): Promise<Crm[]> {
  const { clientId, clientSecret, token } = twins
  const loginUrl = at.salesforce ?? twins.salesforceUrl
  const baseUrl = at.hubspot ?? twins.hubspotUrl
  return [
    await salesforce({ loginUrl, clientId, clientSecret, apiVersion: '66.0', prefix: 'Leadtime' }),
    await hubspot({ baseUrl, token, api: '2026-09', uiUrl: baseUrl, prefix: 'Leadtime' }),
  ]
}

export function context(db: Database, crms: readonly Crm[], now: number): Context {
  const log = { info() {}, warn() {} }
  return {
    db,
    crms,
    now: () => now,
    log,
    signal: new AbortController().signal,
    tally: new Tally(),
  }
}

/** Seconds that `work` takes. */
export async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** Forgets everything read, keeps the schema. */
export async function empty(db: Database): Promise<void> {
  const { rows } = await db.query<{ tables: string }>({
    text: `select string_agg(quote_ident(tablename), ', ') as tables from pg_tables
      where schemaname = 'public' and tablename not in ('migration', 'policy_version', 'linked_under')`,
    values: [],
  })
  await db.query({ text: `truncate ${rows[0]!.tables}`, values: [] })
  await db.query({ text: 'checkpoint', values: [] })
}
