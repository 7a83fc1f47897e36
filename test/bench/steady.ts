import type { Crm } from '../../src/crm/crm.ts'
import type { Twins } from '../../src/demo/twins.ts'
import type { ObjectName, Vendor } from '../../src/domain/facts.ts'
import { HOUR, MINUTE } from '../../src/domain/time.ts'
import type { Context } from '../../src/pipeline/context.ts'
import { judge } from '../../src/pipeline/judge.ts'
import { link } from '../../src/pipeline/link.ts'
import { worthAsking } from '../../src/pipeline/poll.ts'
import { pullAllOf } from '../../src/pipeline/pull.ts'
import { push } from '../../src/pipeline/push.ts'
import { round } from '../../src/pipeline/round.ts'
import { readScans } from '../../src/store/cursors.ts'
import { control, countedCalls, morningAfter, RULES, setClock, TEN_HOURS, VENDORS } from './day.ts'
import type { Figure } from './figure.ts'
import { contacts, leads } from './peers/life.ts'
import { company, connect, context, stage } from './stage.ts'

/** Salesforce queries that one composite call takes. */
const QUERIES = 5
/** HubSpot contacts that one call reads with their history. */
const READ = 50
/** Records that one call writes. */
const WRITE: Record<Vendor, number> = { salesforce: 200, hubspot: 100 }

/**
 * P3b: API calls of a working day on which people change 5,000 records, polled every minute as the workers do it, against
 * the fewest for what was asked and what had changed: Salesforce five queries a call, HubSpot a search for every object
 * asked and a call for 50 contacts found; 200 and 100 records a write; what we wrote is found and read once more. Which
 * objects are asked when is the service's own choice, measured by `idle`.
 */
export async function steadyDay(quick: boolean): Promise<Figure> {
  const changes = quick ? 500 : 5_000
  const hours = quick ? 1 : 10
  const { db, close } = await stage(TEN_HOURS)
  const twins = await company(quick ? 1_000 : 6_000)
  const crms = await connect(twins)
  try {
    await round(context(db, crms, twins.company.now))
    const people = {
      contacts: [...(await contacts(twins)).keys()],
      leads: [...(await leads(twins, 'WHERE IsConverted = false')).keys()],
    }
    const begin = morningAfter(twins.company.now) + 8 * HOUR
    const day = new Day(twins, crms, people)
    await day.wrote()
    // What the first writing has moved is found before the day begins.
    for (let now = begin - 10 * MINUTE; now < begin; now += MINUTE)
      await day.minute(context(db, crms, now), 0)
    const least = { ...day.least }
    const written = day.written
    const before = await countedCalls(twins)
    const minutes = hours * 60
    for (let i = 0; i < minutes; i++) {
      const edits = Math.floor(((i + 1) * changes) / minutes) - Math.floor((i * changes) / minutes)
      await day.minute(context(db, crms, begin + i * MINUTE), edits)
    }
    const after = await countedCalls(twins)
    const used = (vendor: Vendor) => after[vendor] - before[vendor]
    const needed = (vendor: Vendor) => day.least[vendor] - least[vendor]
    return {
      what: 'API calls of a working day of changes against the fewest possible',
      ratio: (used('salesforce') + used('hubspot')) / (needed('salesforce') + needed('hubspot')),
      mark: 1.1,
      atLeast: false,
      exact: true,
      details: [
        `${changes} changes in ${minutes} minutes, ${day.written - written} records written`,
        ...VENDORS.map(vendor => `${vendor}: ${used(vendor)} calls of at least ${needed(vendor)}`),
      ],
    }
  } finally {
    for (const crm of crms) await crm.close()
    await twins.close()
    await close()
  }
}

/** Ids of records that people change. */
interface People {
  contacts: string[]
  leads: string[]
}

/** Plays minutes and counts the calls that each would need. */
class Day {
  readonly least: Record<Vendor, number> = { salesforce: 0, hubspot: 0 }
  written = 0
  readonly #twins: Twins
  readonly #crms: readonly Crm[]
  readonly #people: People
  /** Contacts that have changed since they were last asked for. */
  readonly #changed = new Set<string>()
  readonly #seen: Record<Vendor, number> = { salesforce: 0, hubspot: 0 }
  #edits = 0

  constructor(twins: Twins, crms: readonly Crm[], people: People) {
    this.#twins = twins
    this.#crms = crms
    this.#people = people
  }

  async minute(at: Context, edits: number): Promise<void> {
    await setClock(this.#twins, at.now())
    for (let i = 0; i < edits; i++) await this.#edit()
    for (const crm of this.#crms) {
      const objects = await worthAsking(at, crm, RULES[crm.vendor], MINUTE)
      if (objects.length === 0) continue
      await pullAllOf(at, crm, { objects, rareMs: HOUR })
      this.#asked(crm.vendor, await scanned(at, crm))
    }
    await link(at)
    await judge(at)
    await push(at)
    await this.wrote()
  }

  /** One change of a lead or a contact, in turn, by a person. */
  async #edit(): Promise<void> {
    const { contacts, leads } = this.#people
    const { hubspotUrl, salesforceUrl } = this.#twins
    const turn = this.#edits++
    if (turn % 2 === 0) {
      const id = contacts[(turn * 7) % contacts.length]!
      const properties = {
        hs_lead_status: turn % 4 === 0 ? 'OPEN' : 'IN_PROGRESS',
        company: `Company ${turn}`,
      }
      await control(hubspotUrl, 'edit', { do: 'edit', object: 'contacts', id, properties })
      this.#changed.add(id)
    } else {
      const id = leads[(turn * 7) % leads.length]!
      const Status = turn % 4 === 1 ? 'Working - Contacted' : 'Open - Not Contacted'
      const fields = { Status, Company: `Company ${turn}` }
      await control(salesforceUrl, 'records/edit', { id, fields })
    }
  }

  #asked(vendor: Vendor, objects: readonly ObjectName[]): void {
    if (vendor === 'salesforce') {
      this.least.salesforce += Math.ceil(objects.length / QUERIES)
      return
    }
    this.least.hubspot += objects.length
    if (!objects.includes('contact')) return
    this.least.hubspot += Math.ceil(this.#changed.size / READ)
    this.#changed.clear()
  }

  /** What has been written since this was last asked; of it, contacts will be found once more. */
  async wrote(): Promise<void> {
    for (const vendor of VENDORS) {
      const url = this.#twins[`${vendor}Url`]
      const path = `writes?limit=100000&after=${this.#seen[vendor]}`
      const { writes } = await control<{ writes: { seq: number; record: string }[] }>(url, path)
      const records = new Set(writes.map(({ record }) => record))
      this.#seen[vendor] = writes.at(-1)?.seq ?? this.#seen[vendor]
      this.least[vendor] += Math.ceil(records.size / WRITE[vendor])
      this.written += records.size
      if (vendor === 'hubspot') for (const record of records) this.#changed.add(record.split('/').at(-1)!)
    }
  }
}

/** The objects that have just been read to their end. */
async function scanned({ db, now }: Context, { vendor }: Crm): Promise<ObjectName[]> {
  const last = await readScans(db, vendor)
  return [...last].filter(([, { at }]) => at === now()).map(([object]) => object)
}
