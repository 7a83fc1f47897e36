import type { Twins } from '../../src/demo/twins.ts'
import { round } from '../../src/pipeline/round.ts'
import { control } from './day.ts'
import type { Figure } from './figure.ts'
import { company, connect, context, stage } from './stage.ts'

interface Counters {
  reads: number
  writes: number
}

/**
 * P3: calls of a first full sync and the write-back it leads to, counted by the twins, against the fewest calls the
 * vendors' limits allow for the same records: Salesforce 2,000 a query page and 200 a write, HubSpot 100 a page (50
 * where property history is asked for, which contacts and deals need) and 100 a write; one call at least for every object.
 */
export async function callsAgainstMinimum(quick: boolean): Promise<Figure> {
  const people = quick ? 6_000 : 50_000
  const { db, close } = await stage()
  const twins = await company(people)
  const crms = await connect(twins)
  try {
    await round(context(db, crms, twins.company.now))
    const used = await counted(twins)
    const least = await minimum(db)
    const total = (calls: Counters) => calls.reads + calls.writes
    const lines = (['salesforce', 'hubspot'] as const).map(
      vendor =>
        `${vendor}: reads ${used[vendor].reads} of at least ${least[vendor].reads}, ` +
        `writes ${used[vendor].writes} of at least ${least[vendor].writes}`,
    )
    return {
      what: 'API calls of a first sync against the fewest possible',
      ratio:
        (total(used.salesforce) + total(used.hubspot)) / (total(least.salesforce) + total(least.hubspot)),
      mark: 1.05,
      atLeast: false,
      exact: true,
      details: [`${people} people`, ...lines],
    }
  } finally {
    for (const crm of crms) await crm.close()
    await twins.close()
    await close()
  }
}

async function counted({
  salesforceUrl,
  hubspotUrl,
}: Twins): Promise<Record<'salesforce' | 'hubspot', Counters>> {
  const of = async (url: string) => {
    const { reads, writes } = await control<Record<string, { calls: number }>>(url, 'counters')
    return { reads: reads!.calls, writes: writes!.calls }
  }
  return { salesforce: await of(salesforceUrl), hubspot: await of(hubspotUrl) }
}

const LIMITS = {
  salesforce: { page: () => 2_000, write: 200 },
  hubspot: { page: (object: string) => (object === 'contact' || object === 'deal' ? 50 : 100), write: 100 },
}

async function minimum(
  db: Awaited<ReturnType<typeof stage>>['db'],
): Promise<Record<'salesforce' | 'hubspot', Counters>> {
  const records = await count(db, 'record', '')
  const written = await count(db, 'target', 'where acked <> original')
  const least = { salesforce: { reads: 0, writes: 0 }, hubspot: { reads: 0, writes: 0 } }
  for (const { vendor, object, n } of records)
    least[vendor].reads += Math.max(1, Math.ceil(n / LIMITS[vendor].page(object)))
  for (const { vendor, n } of written) least[vendor].writes += Math.ceil(n / LIMITS[vendor].write)
  return least
}

async function count(db: Awaited<ReturnType<typeof stage>>['db'], table: string, where: string) {
  const { rows } = await db.query<{ vendor: 'salesforce' | 'hubspot'; object: string; n: number }>({
    text: `select split_part(ref, ':', 1) as vendor, split_part(ref, ':', 2) as object, count(*) as n
      from ${table} ${where} group by 1, 2`,
    values: [],
  })
  return rows
}
