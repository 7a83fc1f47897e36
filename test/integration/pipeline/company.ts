import { onTestFinished } from 'vitest'
import { RETRY } from '../../../src/crm/retry.ts'
import { ref } from '../../../src/domain/facts.ts'
import { type Context, Tally } from '../../../src/pipeline/context.ts'
import { adopt } from '../../../src/pipeline/publish.ts'
import { type RoundResult, round } from '../../../src/pipeline/round.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import type { Database } from '../../../src/store/db.ts'
import { sql } from '../../../src/store/sql.ts'
import { testDatabase } from '../database.ts'
import { call, contact, FakeCrm, lead, user } from './fake-crm.ts'

export const NOW = Date.parse('2026-11-20T12:00:00Z')
export const REP = ref('salesforce', 'user', 'u1')
export const at = (text: string) => Date.parse(`2026-11-${text}:00Z`)

/** Both CRMs, empty, on a database of their own. */
export interface Company {
  db: Database
  salesforce: FakeCrm
  hubspot: FakeCrm
  clock: { now: number }
  /** Waits between two tries of a write; nobody really waits. */
  slept: number[]
  context(): Context
  round(): Promise<RoundResult>
}

/** @param policy as written in a policy file; the built-in one by default */
export async function company(policy = ''): Promise<Company> {
  const db = await testDatabase()
  await adopt(db, readDraft(policy, 'policy.yml'), NOW)
  const salesforce = new FakeCrm('salesforce', ['user', 'lead', 'deal', 'task'], ['lead'])
  const hubspot = new FakeCrm('hubspot', ['contact'], ['contact'])
  const clock = { now: NOW }
  const slept: number[] = []
  const retry = { ...RETRY, random: () => 0.5, sleep: async (ms: number) => slept.push(ms) }
  const stop = new AbortController()
  onTestFinished(() => stop.abort())
  const context = (): Context => ({
    db,
    crms: [salesforce, hubspot],
    now: () => clock.now,
    log: { info: () => {}, warn: () => {} },
    signal: stop.signal,
    tally: new Tally(),
    retry,
  })
  return { db, salesforce, hubspot, clock, slept, context, round: () => round(context()) }
}

/** `people` MQLs, each a lead and a contact with one address; every second was called after an hour. */
export function fill({ salesforce, hubspot }: Company, people: number): void {
  salesforce.put(user('u1'))
  for (let i = 0; i < people; i++) {
    const id = String(i).padStart(4, '0')
    const name = salesforce.put(lead(id, { owner: REP }))
    hubspot.put(contact(id, at('18T09:00') + i * 1_000))
    if (i % 2 === 0) salesforce.put(call(`t${id}`, name, at('18T10:00'), REP))
  }
}

/** Every value in the tables that hold derived state, in a fixed order. */
export async function state(db: Database): Promise<unknown[]> {
  const handoffs = await db.query(sql`
    select opened_by, number, t0, t1, t2, t3, t4, owner, attempts, outcome from handoff order by opened_by`)
  const promises = await db.query(
    sql`select handoff, name, state, due_at, counted_ms from promise order by handoff, name`,
  )
  const targets = await db.query(sql`
    select ref, desired, acked, claimed_by, doubt from target where desired is not null order by ref`)
  const persons = await db.query(sql`
    select array_agg(ref order by ref) as refs from person_record group by person order by 1`)
  const facts = await db.query(
    sql`select source, key, subject, kind, at, data from fact order by source, key`,
  )
  return [handoffs.rows, promises.rows, targets.rows, persons.rows, facts.rows]
}
