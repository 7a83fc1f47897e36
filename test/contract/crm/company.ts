import type { Crm, Cursor, Page, PulledRecord } from '../../../src/crm/crm.ts'
import { hubspot } from '../../../src/crm/hubspot/adapter.ts'
import type { RetryPlan } from '../../../src/crm/retry.ts'
import { salesforce } from '../../../src/crm/salesforce/adapter.ts'
import type { ObjectName, PolicyField, Vendor } from '../../../src/domain/facts.ts'
import { VirtualClock } from '../../../src/twins/clock.ts'
import type { Fault } from '../../../src/twins/http/faults.ts'
import type { TwinApp } from '../../../src/twins/http.ts'
import { type HubspotTwinOptions, hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import type { Company, Person, ScenarioEvent, Sink } from '../../../src/twins/scenario/types.ts'

export const NOW = Date.parse('2026-10-01T09:00:00Z')
export const HOUR = 3_600_000

/** A twin filled by hand and the real adapter on it, over HTTP. */
export interface Bench {
  vendor: Vendor
  crm: Crm
  clock: VirtualClock
  app: TwinApp
  sink: Sink
  url: string
  slept: number[]
  fault(fault: Fault): void
  close(): Promise<void>
}

/** The object that carries our fields for a person who became an MQL. */
export const personObject = (vendor: Vendor): ObjectName => (vendor === 'salesforce' ? 'lead' : 'contact')

export async function bench(
  vendor: Vendor,
  fill: (sink: Sink) => void,
  options: {
    api?: '2026-09' | 'v3'
    clientSecret?: string
    /** Of the policy. */
    fields?: readonly PolicyField[]
    /** What else the scenario says of the company. */
    company?: Partial<Company>
    token?: string
    /** Of the HubSpot twin. */
    twin?: Partial<HubspotTwinOptions>
    prefix?: string
    refreshToken?: string
    /** Salesforce: from how many records on, and in which pages, a first reading is a bulk job. */
    bulk?: { from: number; page: number }
    /** What goes on while the adapter waits. */
    meanwhile?: (ms: number) => void
  } = {},
): Promise<Bench> {
  const clock = new VirtualClock(NOW)
  const twin =
    vendor === 'salesforce'
      ? salesforceTwin({ clock, file: ':memory:' })
      : hubspotTwin({ clock, file: ':memory:', token: 'secret-token', ...options.twin })
  twin.sink.begin({ ...company, ...options.company })
  fill(twin.sink)
  twin.sink.end()
  const url = await twin.app.listen({ port: 0, host: '127.0.0.1' })
  const slept: number[] = []
  const sleep = async (ms: number) => {
    slept.push(ms)
    options.meanwhile?.(ms)
  }
  const retry: RetryPlan = { tries: 5, random: () => 0.5, sleep }
  const crm = await connect(vendor, url, retry, options)
  const close = async () => {
    await crm.close()
    await twin.close()
  }
  const fault = (one: Fault) => twin.app.faults.add(one)
  return { vendor, crm, clock, app: twin.app, sink: twin.sink, url, slept, fault, close }
}

export function connect(
  vendor: Vendor,
  url: string,
  retry: RetryPlan,
  options: Parameters<typeof bench>[2] = {},
): Promise<Crm> {
  const {
    api = '2026-09',
    clientSecret = 'leadtime-secret',
    token = 'secret-token',
    prefix = 'Leadtime',
    fields,
  } = options
  if (vendor === 'hubspot') return hubspot({ baseUrl: url, token, api, uiUrl: url, prefix, fields, retry })
  return salesforce({
    loginUrl: url,
    clientId: 'leadtime',
    clientSecret,
    apiVersion: '66.0',
    prefix,
    fields,
    retry,
    refreshToken: options.refreshToken,
    bulk: options.bulk,
  })
}

export const company: Company = {
  ...{ name: 'Bench', description: '', timeZone: 'Europe/Berlin', start: NOW - 400 * 24 * HOUR, now: NOW },
  ...{ connector: true, hubspotLagSeconds: 0, accounts: [] },
  users: [user('ann'), user('bob')],
  campaigns: [
    { campaign: 'fair', name: 'Spring fair', type: 'Event', start: '', end: '', cost: null, owner: '' },
  ],
}

function user(key: string): Company['users'][number] {
  return {
    ...{ user: key, name: `${key} Rep`, email: `${key}@bench.test`, manager: '', role: 'rep' },
    ...{ time_zone: 'Europe/Berlin', active: true, works_in: 'salesforce' },
  }
}

export const somebody = (key: string): Person => ({
  ...{ person: key, email: `${key}@people.test`, first_name: 'Pat', last_name: key, company: 'Engines' },
  ...{ account: '', country: 'DE', source: 'Web', campaign: 'fair', job_title: '' },
})

let seq = 0

/** An event of a person; `more` fills the cells. */
export function event(
  key: string,
  at: number,
  name: ScenarioEvent['event'],
  more: Partial<ScenarioEvent> = {},
): ScenarioEvent {
  const empty = { actor: '', direction: '', outcome: '', amount: null, deal: '', detail: '' } as const
  return { seq: seq++, person: key, at, event: name, ...empty, ...more }
}

/** So many people who became MQLs, `apart` milliseconds from each other, the last one a day ago. */
export function mqls(count: number, apart: number) {
  return (sink: Sink) => {
    for (let i = 0; i < count; i++) {
      const key = `p${String(i).padStart(5, '0')}`
      const at = NOW - 24 * HOUR - (count - i) * apart
      sink.person(somebody(key), [event(key, at, 'mql')])
    }
  }
}

const never = new AbortController().signal

/** A whole scan: every page's records and the last cursor. */
export async function scan(
  crm: Crm,
  object: ObjectName,
  cursor: Cursor | null = null,
): Promise<{ records: PulledRecord[]; pages: Page[]; cursor: Cursor }> {
  const pages: Page[] = []
  for await (const page of crm.changes(object, cursor, never)) pages.push(page)
  const last = pages.at(-1)
  if (!last) throw new Error('a scan ends with a cursor')
  return { records: pages.flatMap(page => page.records), pages, cursor: last.cursor }
}

export const idsOf = (records: readonly PulledRecord[]): string[] =>
  [...new Set(records.map(({ id }) => id))].sort()

/** The ids a twin holds of the object that carries our fields. */
export async function idsIn(bench: Bench): Promise<string[]> {
  const ids: string[] = []
  let after = ''
  for (;;) {
    const reply = await fetch(`${bench.url}/_twin/people?limit=1000&after=${encodeURIComponent(after)}`)
    const { people: page } = (await reply.json()) as {
      people: { person: string; records: { object: string; id: string }[] }[]
    }
    const wanted = bench.vendor === 'salesforce' ? /^Lead$/i : /^(0-1|contacts?)$/i
    ids.push(
      ...page.flatMap(({ records }) =>
        records.filter(({ object }) => wanted.test(object)).map(({ id }) => id),
      ),
    )
    const last = page.at(-1)
    if (!last || page.length < 1000) return ids.sort()
    after = last.person
  }
}
