import { type Ref, ref } from '../../../src/domain/facts.ts'
import type { DropReason } from '../../../src/domain/handoff.ts'
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.ts'
import type { DelayReport } from '../../../src/pipeline/delays.ts'
import {
  DROP_REASONS,
  type DroppedLead,
  type Neglected,
  type NeglectQuestion,
} from '../../../src/pipeline/neglect.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import type { Spread } from '../../../src/store/measures.ts'

/** As of the same afternoon as the rest of the company. */
const NOW = Date.UTC(2026, 4, 12, 14, 20)

const rep = (i: number): Ref => ref('salesforce', 'user', `00500000000000${i}AAA`)

const LEADS: [string, string, DropReason, number, string | null][] = [
  ['Ines Carvalho', 'Porto Shipping', 'inactive_owner', 9 * HOUR, 'Colin Marsh'],
  ['Erik Sandström', 'Norrland Timber', 'no_owner', 31 * HOUR, null],
  ['Fatima Zahra', 'Atlas Ceramics', 'closed_without_attempt', 2 * DAY, 'Jonas Weber'],
  ['Ben Whitaker', 'Pennine Foods', 'inactive_owner', 4 * DAY, 'Colin Marsh'],
  ['Chiara Lombardi', 'Lombardi Tessuti', 'closed_without_attempt', 6 * DAY, 'Kenji Mori'],
  ['Tomasz Nowak', 'Wisła Cargo', 'idle', 15 * DAY, 'Jonas Weber'],
  ['Aisha Bello', 'Lagos Agritech', 'idle', 19 * DAY, 'Kenji Mori'],
  ['Piotr Zieliński', 'Gdynia Marine', 'idle', 26 * DAY, 'Jonas Weber'],
  ['Nora Fitzgerald', 'Shannon Air', 'no_owner', 40 * DAY, null],
]

const droppedLeads = (): DroppedLead[] =>
  LEADS.map(([name, company, reason, ago, owner], i) => ({
    ...{ handoff: `hubspot:contact:${2000 + i}#lifecycle`, person: 100 + i, reason, since: NOW - ago },
    ...{
      owner: owner === null ? null : { ref: rep(i), name: owner },
      source: i % 4 === 3 ? null : 'Webinar',
    },
    ...{ name, company },
    records: [
      ref('salesforce', 'lead', `00Q0000000000${60 + i}AAA`),
      ref('hubspot', 'contact', `${2000 + i}`),
    ],
  }))

/** Two reps who are falling behind and some dropped leads, with the paging a database would do. */
export function neglectOf({ after, reason, limit }: NeglectQuestion): Neglected {
  const all = droppedLeads()
  const isOpen = (lead: DroppedLead) => lead.reason !== 'closed_without_attempt'
  const meant = all.filter(
    lead => reason === null || (reason === 'open' ? isOpen(lead) : lead.reason === reason),
  )
  const rest = meant.filter(lead => after === null || lead.since < after.since)
  const rows = rest.slice(0, limit)
  const last = rest.length > limit ? rows.at(-1) : undefined
  const count = (each: DropReason) => all.filter(lead => lead.reason === each).length
  return {
    rule: defaultPolicy.neglect,
    falling: [
      { rep: rep(3), name: 'Jonas Weber', due: 19, without: 14, share: 14 / 19, since: NOW - 9 * DAY },
      { rep: rep(5), name: 'Kenji Mori', due: 24, without: 9, share: 9 / 24, since: NOW - 5 * DAY },
    ],
    counts: {
      ...(Object.fromEntries(DROP_REASONS.map(each => [each, count(each)])) as Neglected['counts']),
      open: all.filter(isOpen).length,
    },
    rows,
    next: last ? { since: last.since, handoff: last.handoff, person: last.person } : null,
  }
}

/** A company in which nobody is forgotten. */
export const unneglected = (): Neglected => ({
  ...neglectOf({ after: null, reason: null, limit: 1 }),
  falling: [],
  counts: { no_owner: 0, inactive_owner: 0, idle: 0, closed_without_attempt: 0, open: 0 },
  rows: [],
  next: null,
})

const spread = (n: number, median: number, negative = 0): Spread => ({
  ...{ n, negative, mean: median * 1.9, median, p90: median * 5.2 },
})

export const NO_SPREAD: Spread = { n: 0, negative: 0, mean: null, median: null, p90: null }

/** Ninety days in which the routing took the longest of what can be helped. */
export const delays = (): DelayReport => ({
  ...{ from: NOW - 90 * DAY, to: NOW },
  all: {
    system: spread(472, 31 * HOUR),
    rep: spread(431, 5.4 * HOUR, 3),
    spans: [
      { span: 'form', ...spread(390, 4 * MINUTE), share: 0.03 },
      { span: 'marketing', ...spread(390, 22 * HOUR), share: 0.66 },
      { span: 'form_and_marketing', ...spread(12, 20 * HOUR), share: 0.02 },
      { span: 'connector', ...spread(461, 17 * MINUTE), share: 0.09 },
      { span: 'routing', ...spread(461, 2.1 * HOUR), share: 0.19 },
      { span: 'connector_and_routing', ...spread(11, 3 * HOUR), share: 0.01 },
    ],
  },
  sources: [
    { source: 'Paid Search', system: spread(160, 44 * HOUR), rep: spread(141, 7.2 * HOUR), spans: [] },
    { source: 'Webinar', system: spread(122, 20 * HOUR), rep: spread(118, 5.1 * HOUR), spans: [] },
    { source: null, system: spread(9, 3 * HOUR), rep: spread(8, HOUR), spans: [] },
  ],
})
