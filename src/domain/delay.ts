import type { Handoff, HandoffInstants } from './handoff.ts'
import type { Sources } from './instants.ts'
import { isAlive, isClosed } from './owners.ts'
import type { Passage } from './passage.ts'
import { type Elapsed, type Instant, soonest } from './time.ts'
import type { RecordLife } from './timeline.ts'

/** Where the way of a lead from its inquiry to its first owner can be cut, besides T0, T1 and T2. */
export type Crossings = Pick<Handoff, 'hubspotAt' | 'salesforceAt'>

/**
 * A piece of that way, or of what comes after it. `form`: from the inquiry until HubSpot knows of it. `marketing`: until the
 * MQL. `connector`: until Salesforce has the lead. `routing`: until a human owns it. Where no record shows the instant
 * between two pieces they are one. `rep`: from there to the first attempt.
 */
export type SpanName =
  | 'form'
  | 'marketing'
  | 'form_and_marketing'
  | 'connector'
  | 'routing'
  | 'connector_and_routing'
  | 'rep'

export interface DelaySpan {
  name: SpanName
  from: Instant
  to: Instant
  /** Negative only for `rep`: an attempt before the assignment. */
  ms: Elapsed
  /** It still goes on: `to` is now. */
  running: boolean
}

export interface Delays {
  /** From T0 (T1 without an inquiry) to T2, in order and without a gap; until the end or now while nobody owns it. */
  system: DelaySpan[]
  /** What they sum to. */
  systemMs: Elapsed
  /** T2 to T3, to the end or now; null: nobody owned it yet. */
  rep: DelaySpan | null
}

export const SPAN_LABELS: Record<SpanName, string> = {
  form: 'Form to HubSpot',
  marketing: 'HubSpot to MQL',
  form_and_marketing: 'Inquiry to MQL',
  connector: 'MQL to Salesforce',
  routing: 'Salesforce to first owner',
  connector_and_routing: 'MQL to first owner',
  rep: 'First owner to first attempt',
}

/** When the lead crossed into each CRM on its way to its first owner. */
export function crossingsOf(passage: Passage, instants: HandoffInstants, sources: Sources): Crossings {
  return {
    hubspotAt: hubspotKnew(instants, sources),
    salesforceAt: salesforceHad(passage, instants, sources),
  }
}

/** When the contact was there and the inquiry written down; no later than the MQL, or it says nothing of the way there. */
function hubspotKnew({ t0, t1 }: HandoffInstants, { line }: Sources): Instant | null {
  const logged = line.inquiries.filter(({ at }) => at === t0).map(({ loggedAt }) => loggedAt)
  const created = line.records.flatMap(({ vendor, createdAt }) =>
    vendor === 'hubspot' ? (createdAt ?? []) : [],
  )
  // Without an inquiry or a contact it never did: the least of none is infinite.
  const at = Math.max(Math.min(...logged), Math.min(...created), t0 ?? t1)
  return at <= t1 ? at : null
}

/** The first instant from T1 to T2 at which Salesforce had a contact or an open lead; a lead counts from its reopening too. */
function salesforceHad(
  { policy, endedAt }: Passage,
  { t1, t2 }: HandoffInstants,
  { line, now }: Sources,
): Instant | null {
  const until = t2 ?? endedAt ?? now
  const records = line.records.filter(({ vendor }) => vendor === 'salesforce')
  const changes = records.flatMap(({ createdAt, fields }) => [
    createdAt ?? t1,
    ...(fields.get('status') ?? []).map(({ at }) => at),
  ])
  // What a status is at the instant it changes shows a millisecond later.
  const has = (record: RecordLife, at: Instant) => isAlive(record, at) && !isClosed(record, policy, at + 1)
  const open = (at: Instant) => records.some(record => has(record, at))
  return soonest([t1, ...changes].filter(at => at >= t1 && at <= until && open(at)))
}

type Way = Pick<Handoff, 't0' | 't1' | 't2' | 't3' | 'endedAt' | 'hubspotAt' | 'salesforceAt'>

/** What the systems and what the rep took, kept apart; the spans of the systems sum to T2−T0 exactly. */
export function delaysOf(handoff: Way, now: Instant): Delays {
  const { t0, t1, t2, t3, endedAt, hubspotAt, salesforceAt } = handoff
  const system = [
    ...(t0 === null ? [] : cut('form', 'marketing', [t0, hubspotAt, t1])),
    ...cut('connector', 'routing', [t1, salesforceAt, t2 ?? endedAt ?? now]),
  ]
  const open = endedAt === null
  system.at(-1)!.running = open && t2 === null
  const rep = t2 === null ? null : { ...span('rep', t2, t3 ?? endedAt ?? now), running: open && t3 === null }
  return { system, systemMs: system.reduce((sum, { ms }) => sum + ms, 0), rep }
}

/** Two spans, or one where nothing shows what lies between them. */
function cut<A extends 'form' | 'connector', B extends 'marketing' | 'routing'>(
  first: A,
  second: B,
  [from, between, to]: [Instant, Instant | null, Instant],
): DelaySpan[] {
  if (between === null) return [span(`${first}_and_${second}` as SpanName, from, to)]
  return [span(first, from, between), span(second, between, to)]
}

const span = (name: SpanName, from: Instant, to: Instant): DelaySpan => ({
  ...{ name, from, to, ms: to - from, running: false },
})
