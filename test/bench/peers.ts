import type { Twins } from '../../src/demo/twins.ts'
import type { Database } from '../../src/store/db.ts'
import { control } from './day.ts'
import type { Figure } from './figure.ts'
import { ARMS, type ArmName, type Done, startArm, type Worker } from './peers/arm.ts'
import { liveOn, type Shown, shownAs, truth } from './peers/life.ts'
import { company, stage } from './stage.ts'

/** What of the twins' records a copy has wrong. */
interface Wrong {
  lost: number
  outdated: number
  /** No longer there at the CRM. */
  left: number
  twice: number
}

interface Result {
  first: Done
  again: Done
  calls: { first: number; again: number }
  wrong: Wrong
}

/**
 * P13: the service against two scripts of others' making, on the same twins: a copy of all HubSpot contacts with their
 * history and of all Salesforce leads, and again after a day in the company's life. The ratio is records a second of the
 * first reading, ours to the typical script's.
 */
export async function againstPeers(quick: boolean): Promise<Figure> {
  const people = quick ? 600 : 20_000
  const { db, close } = await stage()
  const twins = await company(people)
  const workers = new Map<ArmName, Worker>()
  try {
    const before = await truth(twins)
    const results: Partial<Record<ArmName, Pick<Result, 'first' | 'calls'>>> = {}
    for (const name of ARMS) {
      const worker = await startArm(name, db.url, twins)
      workers.set(name, worker)
      const [first, calls] = await counted(twins, () => worker.read('first', twins.company.now))
      results[name] = { first, calls: { first: calls, again: 0 } }
    }
    await liveOn(twins, before)
    const now = await twins.now()
    const after = await truth(twins)
    const told: Partial<Record<ArmName, Result>> = {}
    for (const name of ARMS) {
      const { first, calls } = results[name]!
      const [again, more] = await counted(twins, () => workers.get(name)!.read('again', now))
      told[name] = { first, again, calls: { ...calls, again: more }, wrong: await compare(db, name, after) }
    }
    const records = before.contact.size + before.lead.size
    const { ours, typical } = told as Record<ArmName, Result>
    const whole = Object.values(ours.wrong).every(count => count === 0)
    return {
      what: 'records a second of a first reading against a typical script',
      ratio: whole ? typical.first.seconds / ours.first.seconds : 0,
      mark: 10,
      atLeast: true,
      exact: false,
      details: [
        `${before.contact.size} contacts, ${before.lead.size} leads`,
        ...ARMS.map(name => line(name, records, told[name]!)),
      ],
    }
  } finally {
    for (const worker of workers.values()) await worker.close()
    await twins.close()
    await close()
  }
}

function line(name: ArmName, records: number, { first, again, calls, wrong }: Result): string {
  const failed = [first.failed, again.failed].filter(Boolean).map(why => `; ended early: ${why}`)
  const { lost, outdated, left, twice } = wrong
  return (
    `${name.padEnd(8)}${Math.round(records / first.seconds)} records a second, ${calls.first} calls; ` +
    `then ${again.seconds.toFixed(1)} s, ${calls.again} calls; ${Math.round(again.memory / 2 ** 20)} MB; ` +
    `lost ${lost}, outdated ${outdated}, left over ${left}, twice ${twice}${failed.join('')}`
  )
}

async function counted<T>(twins: Twins, work: () => Promise<T>): Promise<[T, number]> {
  const calls = async () => {
    const of = async (url: string) => (await control<{ total: number }>(url, 'counters')).total
    return (await of(twins.salesforceUrl)) + (await of(twins.hubspotUrl))
  }
  const before = await calls()
  const result = await work()
  return [result, (await calls()) - before]
}

/** Where each arm keeps its copy. */
const COPY = {
  contact: `select split_part(ref, ':', 3) as id, fields->>'company' as company, fields->>'lifecycle' as stage
    from record where ref like 'hubspot:contact:%' and deleted_at is null`,
  lead: `select split_part(ref, ':', 3) as id, fields->>'company' as company, fields->>'status' as stage
    from record where ref like 'salesforce:lead:%' and deleted_at is null`,
}

async function compare(
  db: Database,
  name: ArmName,
  after: Record<'contact' | 'lead', Shown>,
): Promise<Wrong> {
  const wrong = { lost: 0, outdated: 0, left: 0, twice: 0 }
  for (const object of ['contact', 'lead'] as const) {
    const text =
      name === 'ours'
        ? COPY[object]
        : `select id, company, stage from peer_${name} where object = '${object}'`
    const { rows } = await db.query<{ id: string; company: string; stage: string }>({ text, values: [] })
    const copy = new Map(rows.map(({ id, company, stage }) => [id, shownAs(company, stage)]))
    wrong.twice += rows.length - copy.size
    for (const [id, shown] of after[object]) {
      const held = copy.get(id)
      if (held === undefined) wrong.lost++
      else if (held !== shown) wrong.outdated++
    }
    for (const id of copy.keys()) if (!after[object].has(id)) wrong.left++
  }
  return wrong
}
