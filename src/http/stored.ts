import type { BudgetRules } from '../domain/budget.ts'
import type { Certificate } from '../domain/certificate.ts'
import type { ObjectName, Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import { oursOf, readBudgeted } from '../pipeline/budgeted.ts'
import { delays } from '../pipeline/delays.ts'
import { neglect } from '../pipeline/neglect.ts'
import { readAlmanacTroubles } from '../store/almanac.ts'
import { readCertificates } from '../store/certificates.ts'
import { type Refusing, readRefusing } from '../store/connections.ts'
import type { Queryable } from '../store/db.ts'
import { readHeard } from '../store/hints.ts'
import {
  countWaiting,
  type FiguresRow,
  type ObjectRow,
  type OverdueRow,
  readFailedRun,
  readFigures,
  readObjects,
  readOverdue,
  readOverdueOwners,
} from '../store/pages.ts'
import { readPolicyAt } from '../store/policies.ts'
import { readStreams } from '../store/streams.ts'
import { withEvents } from './events.ts'
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
} from './views.ts'

export interface StoredOptions {
  /** How much of a CRM's calls we may take. Left out: no budget is shown. */
  budget?: (vendor: Vendor) => BudgetRules
  machineNow?: () => Instant
}

/** The views as the database has them; every method asks it anew. @throws DatabaseUnavailable */
export function storedViews(db: Queryable, options: StoredOptions = {}): Views {
  return {
    overview: async now =>
      overview(await readFigures(db), await readOverdueOwners(db), {
        minimumN: (await readPolicyAt(db))(now).minimumN,
        matureDays: MATURE_DAYS,
        now,
      }),
    overdue: question => overdue(db, question),
    neglect: async (question, now) => neglect(db, (await readPolicyAt(db))(now).neglect, question, now),
    delays: period => delays(db, period),
    sync: async () => {
      const [objects, certificates, waiting, failed, refusing, calendars, streams] = await Promise.all([
        readObjects(db),
        readCertificates(db),
        countWaiting(db, COUNTED),
        readFailedRun(db),
        readRefusing(db),
        readAlmanacTroubles(db),
        readStreams(db),
      ])
      const machineNow = (options.machineNow ?? Date.now)()
      const state = syncState(objects, certificates, waiting, failed, refusing)
      const crms = await Promise.all(
        state.crms.map(async crm => ({ ...crm, ...(await callsOf(db, crm.vendor, machineNow, options)) })),
      )
      return { ...state, crms: withEvents(crms, streams), machineNow, calendars }
    },
  }
}

async function callsOf(
  db: Queryable,
  vendor: Vendor,
  now: Instant,
  { budget: rules }: StoredOptions,
): Promise<Pick<CrmState, 'budget' | 'heard'>> {
  const budget = rules ? await readBudgeted(db, vendor, rules(vendor), now) : null
  const called = budget !== null && (budget.isTold || oursOf(budget) > 0)
  return { budget: called ? budget : null, heard: await readHeard(db, vendor, COUNTED) }
}

/** A cohort's conversion is compared once its youngest handoff has had a month. */
const MATURE_DAYS = 30

/** Marks are counted up to here: beyond, "many" is enough. */
const COUNTED = 100_000

async function overdue(db: Queryable, { after, owner, limit }: OverdueQuestion): Promise<OverduePage> {
  const [rows, owners] = await Promise.all([readOverdue(db, after, owner, limit + 1), readOverdueOwners(db)])
  const leads = rows.slice(0, limit).map(lead)
  const theirs = owners.filter(o => owner === null || (o.owner ?? 'none') === owner)
  return {
    rows: leads,
    next: rows.length > limit ? (leads.at(-1)?.position ?? null) : null,
    total: theirs.reduce((sum, o) => sum + o.overdue, 0),
    owners: owners.map(o => ({ ref: o.owner, name: ownerName(o.owner, o.name), overdue: o.overdue })),
  }
}

const ownerName = (owner: string | null, name: string | null): string =>
  owner === null ? 'Nobody' : (name ?? 'Unknown user')

const lead = ({ handoff, person, due, owner, ownerName: name, ...row }: OverdueRow): OverdueLead => ({
  position: { due, handoff, person },
  due,
  owner: owner && { ref: owner, name: ownerName(owner, name) },
  ...row,
})

function overview(
  rows: readonly FiguresRow[],
  owners: readonly { overdue: number }[],
  { now, ...rest }: { now: Instant; minimumN: number; matureDays: number },
): Overview {
  const at = (level: FiguresRow['level']) => rows.filter(row => row.level === level)
  const all = at('all')[0]
  return {
    overdue: owners.reduce((sum, o) => sum + o.overdue, 0),
    open: all?.open ?? 0,
    all: figures(all),
    months: everyMonth(at('month'), now),
    sources: at('source').map(row => ({ source: row.source, ...figures(row) })),
    reps: at('owner').map(row => ({
      rep: row.owner,
      name: ownerName(row.owner, row.ownerName),
      ...figures(row),
    })),
    ...rest,
  }
}

const figures = (row?: FiguresRow): Figures => ({
  mql: row?.mql ?? 0,
  sql: row?.sql ?? 0,
  won: row?.won ?? 0,
  onTime: { met: row?.met ?? 0, decided: row?.decided ?? 0 },
  followUpHours: {
    n: row?.followedUp ?? 0,
    negative: row?.negative ?? 0,
    median: row?.median ?? null,
    p90: row?.p90 ?? null,
  },
})

/** Months without a handoff are months too. */
function everyMonth(rows: readonly FiguresRow[], now: Instant): Overview['months'] {
  const known = new Map(rows.map(row => [row.month, row]))
  const [first] = rows.map(row => row.month ?? '').sort()
  const months: Overview['months'] = []
  if (!first) return months
  const last = new Date(now).toISOString().slice(0, 7)
  const [year = 0, number = 1] = first.split('-').map(Number)
  for (let i = number - 1; ; i++) {
    const month = new Date(Date.UTC(year, i, 1)).toISOString().slice(0, 7)
    if (month > last) return months
    months.push({ month, ...figures(known.get(month)) })
  }
}

/** In this order: people first, then what they did, then what came of it. */
const ORDER: readonly ObjectName[] = [
  'lead',
  'contact',
  'history',
  'task',
  'call',
  'email',
  'meeting',
  'event',
  'deal',
  'deal_history',
  'deal_role',
  'campaign',
  'campaign_member',
  'user',
  'queue',
]

/** Those that carry our fields. */
const WRITTEN: readonly ObjectName[] = ['lead', 'contact']

/** A CRM as what was read of it tells. */
type ReadState = Omit<CrmState, 'budget' | 'heard'>

type Failed = { at: Instant; error: string } | null

function syncState(
  rows: readonly ObjectRow[],
  certificates: readonly Certificate[],
  waiting: number,
  failed: Failed,
  refusing: readonly Refusing[],
): Pick<SyncState, 'lastRound' | 'lastError' | 'waiting'> & { crms: ReadState[] } {
  const byVendor = Map.groupBy(rows, row => row.vendor)
  // One that was never let in has no objects yet, and somebody has to know.
  for (const { vendor } of refusing) if (!byVendor.has(vendor)) byVendor.set(vendor, [])
  const crms = [...byVendor].map(([vendor, objects]) =>
    crmState(vendor, objects, certificates, failed, refusing),
  )
  return {
    lastRound: lastRound(rows),
    lastError: failed && { at: failed.at, text: failed.error.slice(0, 200) },
    crms: crms.sort((a, b) => b.vendor.localeCompare(a.vendor)),
    waiting,
  }
}

/** Everything was looked at since, as far as it was worth asking: the oldest. Null while an object has not been read to its end. */
function lastRound(rows: readonly ObjectRow[]): Instant | null {
  if (rows.length === 0 || rows.some(row => row.freshAt === null)) return null
  return Math.min(...rows.map(row => row.freshAt ?? 0))
}

function crmState(
  vendor: Vendor,
  rows: readonly ObjectRow[],
  certificates: readonly Certificate[],
  failed: Failed,
  refusing: readonly Refusing[],
): ReadState {
  const objects = rows
    .toSorted((a, b) => ORDER.indexOf(a.object) - ORDER.indexOf(b.object))
    .map(row => objectState(row, certificates))
  const refused = refusing.find(one => one.vendor === vendor)
  const trouble: CrmState['trouble'] = refused
    ? { kind: 'credentials', since: refused.since, text: refused.reason }
    : failure(vendor, rows, failed)
  return { vendor, trouble, objects }
}

const KINDS = {
  AuthExpired: 'credentials',
  Unavailable: 'unreachable',
  OtherAccount: 'other_account',
  Refused: 'refused',
  RateLimited: 'rate_limited',
} as const

/**
 * What the last round said of this CRM (`Name: vendor: operation: …`), unless it was read again since; while it refuses
 * one object, the others are.
 */
export function failure(
  vendor: Vendor,
  rows: readonly { scannedAt: Instant | null }[],
  failed: Failed,
): CrmState['trouble'] {
  const said =
    failed && /^(AuthExpired|Unavailable|OtherAccount|Refused|RateLimited): (\w+): /.exec(failed.error)
  if (!failed || said?.[2] !== vendor) return null
  if (said[1] !== 'Refused' && rows.some(row => (row.scannedAt ?? 0) > failed.at)) return null
  return { kind: KINDS[said[1] as keyof typeof KINDS], since: failed.at, text: failed.error.slice(0, 200) }
}

const objectState = (row: ObjectRow, certificates: readonly Certificate[]): ObjectState => ({
  object: row.object,
  lastChange: row.lastChange,
  lastRead: row.scannedAt,
  records: row.records,
  certificate:
    certificates.find(({ vendor, object }) => vendor === row.vendor && object === row.object) ?? null,
  blindSince: row.blindSince,
  detour: row.detour,
  pending: WRITTEN.includes(row.object) ? row.pending : null,
  errors: WRITTEN.includes(row.object) ? row.refused : null,
})
