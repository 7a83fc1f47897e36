import type { Certificate } from '../../../src/domain/certificate.ts'
import { type Ref, ref } from '../../../src/domain/facts.ts'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../../src/domain/time.ts'
import type {
  CrmState,
  Figures,
  ObjectState,
  OverdueLead,
  OverduePage,
  OverdueQuestion,
  Overview,
  SyncState,
  Views,
} from '../../../src/http/views.ts'
import type { DelayReport } from '../../../src/pipeline/delays.ts'
import type { Neglected } from '../../../src/pipeline/neglect.ts'
import { delays, NO_SPREAD, neglectOf, unneglected } from './neglect.ts'

/** A Tuesday afternoon. */
export const NOW: Instant = Date.UTC(2026, 4, 12, 14, 20)

const REPS = ['Maya Lindqvist', 'Tomás Herrera', 'Priya Raman', 'Jonas Weber', 'Aoife Brennan', 'Kenji Mori']
const SOURCES = ['Paid Search', 'Webinar', 'Trade Show', 'Referral', 'Organic Search', 'Content', 'Partner']
const PEOPLE = [
  ['Eleni Papadaki', 'Northwind Logistics'],
  ['Marcus Oyelaran', 'Halden Robotics'],
  ['Sofia Marchetti', 'Cantiere Verde S.p.A.'],
  ['Daniel Okafor', 'Brightwater Health'],
  ['Hannah Brandt', 'Falk & Söhne GmbH'],
  ['Yuki Tanabe', 'Shirakawa Instruments'],
  ['Louis Charpentier', 'Atelier Rhône'],
  ['Amira Haddad', 'Meridian Freight'],
  ['Oskar Nyström', 'Kiruna Mining Services'],
  ['Grace Achieng', 'Lakeview Insurance'],
  ['Peter van der Meulen', 'Delta Pumps BV'],
  ['Rosa Delgado', 'Agrícola San Telmo'],
] as const

export const repRef = (i: number): Ref => ref('salesforce', 'user', `00500000000000${i}AAA`)

/** Overdue leads of the company, the longest overdue first. */
export function overdueLeads(n: number): OverdueLead[] {
  return Array.from({ length: n }, (_, i) => {
    const due = NOW - Math.round((n - i) ** 1.6 * 41 * MINUTE) - 17 * MINUTE
    const [name, company] = PEOPLE[i % PEOPLE.length]!
    const owned = i % 9 !== 4
    const rep = (i * 5 + 1) % REPS.length
    return {
      position: { due, handoff: `hubspot:contact:${1000 + i}#lifecycle`, person: i + 1 },
      name,
      company,
      owner: owned ? { ref: repRef(rep), name: REPS[rep]! } : null,
      source: i % 7 === 6 ? null : SOURCES[(i * 3) % SOURCES.length]!,
      promise: owned ? 'first_attempt' : 'assignment',
      due,
      reason: owned
        ? `Overdue since ${day(due)}: no attempt since assigned ${day(due - 48 * HOUR)} (UTC)`
        : `Overdue since ${day(due)}: no owner since MQL ${day(due - 4 * HOUR)} (UTC)`,
      records: [
        ref('salesforce', 'lead', `00Q0000000000${10 + i}AAA`),
        ref('hubspot', 'contact', `${1000 + i}`),
      ],
    }
  })
}

const day = (at: Instant): string =>
  new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZone: 'UTC',
  }).format(at)

export const figures = (mql: number, quality: number, pace = 6): Figures => ({
  mql,
  sql: Math.round(mql * quality),
  won: Math.round(mql * quality * 0.23),
  onTime: { met: Math.round(mql * (1 - pace / 60)), decided: mql },
  followUpHours: { n: Math.round(mql * 0.93), negative: 0, median: pace, p90: pace * 6.2 },
})

const SHARES = [0.14, 0.15, 0.135, 0.16, 0.17, 0.165, 0.19, 0.185, 0.21, 0.2, 0.17, 0.06]

/** Twelve months of a company that is getting better; the last one has hardly begun. */
export function overview(): Overview {
  const months = SHARES.map((share, i) => ({
    month: new Date(Date.UTC(2025, 5 + i, 1)).toISOString().slice(0, 7),
    ...figures(i === 11 ? 61 : 150 + ((i * 37) % 60), share),
  }))
  const mql = months.reduce((sum, m) => sum + m.mql, 0)
  const sql = months.reduce((sum, m) => sum + m.sql, 0)
  return {
    overdue: 23,
    open: 318,
    all: {
      ...figures(mql, sql / mql, 5.4),
      followUpHours: { n: 1794, negative: 12, median: 5.37, p90: 33.6 },
    },
    months,
    sources: [
      { source: 'Paid Search', ...figures(612, 0.11, 7.2) },
      { source: 'Webinar', ...figures(421, 0.19, 5.1) },
      { source: 'Organic Search', ...figures(377, 0.17, 4.6) },
      { source: 'Trade Show', ...figures(288, 0.13, 11.8) },
      { source: 'Referral', ...figures(166, 0.34, 2.2) },
      { source: null, ...figures(57, 0.09, 9) },
      { source: 'Partner', ...figures(14, 0.21, 3) },
    ],
    reps: [
      ...REPS.map((name, i) => ({
        rep: repRef(i),
        name,
        ...figures(392 - i * 47, 0.21 - i * 0.021, 2.4 + i * 3.1),
      })),
      { rep: null, name: '(none)', ...figures(31, 0, 50) },
    ],
    minimumN: 20,
    matureDays: 30,
  }
}

/** Of yesterday evening; it agreed. */
export const certificate = (
  object: ObjectState['object'],
  records: number,
  change: Partial<Certificate> = {},
): Certificate => ({
  ...{
    vendor: 'salesforce',
    object,
    from: NOW - 34 * HOUR,
    until: NOW - 10 * HOUR,
    endedAt: NOW - 9.8 * HOUR,
  },
  ...{ crm: { records, high: 7, low: 9 }, mirror: { records, high: 7, low: 9 }, remaining: 0, unsettled: 2 },
  ...{ healed: { missing: 1, stale: 2, vanished: 0 }, stopped: null, seconds: 4, calls: 12 },
  ...change,
})

const object = (
  name: ObjectState['object'],
  records: number,
  changedAgo: number,
  pending: number | null = null,
): ObjectState => ({
  object: name,
  records,
  lastChange: NOW - changedAgo,
  lastRead: NOW - 8 * SECOND,
  certificate: certificate(name, records),
  blindSince: null,
  detour: null,
  pending,
  errors: pending === null ? null : 0,
})

const crms = (): CrmState[] => [
  {
    vendor: 'salesforce',
    trouble: null,
    budget: {
      ...{ vendor: 'salesforce', zone: 'UTC', used: 41_870, limit: 100_000, isTold: true, closedUntil: null },
      ...{ ours: { flags: 212, changes: 4_930, backfill: 0 }, reserve: 2_500, rate: 214, expected: 5_136 },
      ceilings: { flags: 25_000, changes: 22_500, backfill: 20_000 },
      ...{ ends: NOW + DAY, stops: { flags: null, changes: null, backfill: null } },
    },
    heard: { lastAt: null, waiting: 0 },
    objects: [
      object('user', 48, 6 * DAY),
      object('lead', 9_412, 21 * SECOND, 3),
      object('contact', 3_120, 4 * MINUTE, 0),
      object('history', 41_907, 21 * SECOND),
      object('deal', 1_204, 12 * MINUTE),
      object('task', 22_871, 35 * SECOND),
      object('event', 2_315, 2 * HOUR),
    ],
  },
  {
    vendor: 'hubspot',
    trouble: null,
    budget: {
      ...{ vendor: 'hubspot', zone: 'Europe/Berlin', used: 511_400, limit: 625_000, isTold: true },
      ...{
        ours: { flags: 3_140, changes: 9_020, backfill: 0 },
        reserve: 31_250,
        rate: 840,
        expected: 18_600,
      },
      ceilings: { flags: 312_500, changes: 281_250, backfill: 250_000 },
      ...{ ends: NOW + 8 * HOUR, closedUntil: null, stops: { flags: null, changes: null, backfill: NOW } },
    },
    heard: { lastAt: NOW - 40 * SECOND, waiting: 2 },
    objects: [
      object('user', 52, 6 * DAY),
      object('contact', 12_480, 26 * SECOND, 5),
      object('deal', 1_190, 12 * MINUTE),
      object('call', 8_745, 70 * SECOND),
      object('email', 31_022, 40 * SECOND),
      object('meeting', 2_108, 2 * HOUR),
    ],
  },
]

export const syncState = (change: Partial<SyncState> = {}): SyncState => ({
  machineNow: NOW,
  lastRound: NOW - 8 * SECOND,
  lastError: null,
  crms: crms(),
  waiting: 0,
  calendars: [],
  ...change,
})

/** The same state with one CRM in trouble. */
export const troubled = (kind: 'credentials' | 'unreachable' | 'refused' | 'rate_limited'): SyncState => ({
  ...syncState(),
  crms: crms().map(crm =>
    crm.vendor === 'hubspot'
      ? { ...crm, trouble: { kind, since: NOW - HOUR, text: 'hubspot: list contacts' } }
      : crm,
  ),
})

interface Given {
  leads?: OverdueLead[]
  overview?: Overview
  neglect?: Neglected
  delays?: DelayReport
  sync?: SyncState
}

/** Views over these leads, with the paging a database would do. */
export function company(given: Given = {}): Views {
  const leads = given.leads ?? overdueLeads(23)
  return {
    overview: async () => given.overview ?? overview(),
    neglect: async question => given.neglect ?? neglectOf(question),
    delays: async () => given.delays ?? delays(),
    sync: async () => given.sync ?? syncState(),
    overdue: async question => pageOf(leads, question),
  }
}

function pageOf(leads: OverdueLead[], { owner, after, limit }: OverdueQuestion): OverduePage {
  const theirs = leads.filter(l => !owner || (owner === 'none' ? l.owner === null : l.owner?.ref === owner))
  const rest = theirs.filter(
    ({ position: p }) => !after || p.due > after.due || (p.due === after.due && p.handoff > after.handoff),
  )
  const rows = rest.slice(0, limit)
  return {
    rows,
    next: rest.length > limit ? rows.at(-1)!.position : null,
    total: theirs.length,
    owners: owners(leads),
  }
}

function owners(leads: OverdueLead[]): OverduePage['owners'] {
  const byOwner = Map.groupBy(leads, l => l.owner?.ref ?? null)
  return [...byOwner]
    .map(([of, theirs]) => ({ ref: of, name: theirs[0]?.owner?.name ?? 'Nobody', overdue: theirs.length }))
    .sort((a, b) => b.overdue - a.overdue)
}

/** A company on its first day. */
export const nothingYet = (): Views =>
  company({
    leads: [],
    neglect: unneglected(),
    delays: { ...delays(), all: { system: NO_SPREAD, rep: NO_SPREAD, spans: [] }, sources: [] },
    overview: { ...overview(), overdue: 0, open: 0, all: figuresOfNone(), months: [], sources: [], reps: [] },
    sync: syncState({
      lastRound: null,
      crms: crms().map(crm => ({
        ...crm,
        ...{ budget: null, heard: { lastAt: null, waiting: 0 } },
        objects: crm.objects.map(unread),
      })),
    }),
  })

const unread = (o: ObjectState): ObjectState => ({
  ...o,
  records: 0,
  lastChange: null,
  lastRead: null,
  certificate: null,
  pending: o.pending && 0,
})

const figuresOfNone = (): Figures => ({
  mql: 0,
  sql: 0,
  won: 0,
  onTime: { met: 0, decided: 0 },
  followUpHours: { n: 0, negative: 0, median: null, p90: null },
})
