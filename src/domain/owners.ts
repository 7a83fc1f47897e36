import type { Policy } from '../policy/policy.ts'
import { type Change, changeAt } from './changes.ts'
import type { Ref } from './facts.ts'
import type { Directory, Rep } from './handoff.ts'
import type { Instant } from './time.ts'
import type { RecordLife } from './timeline.ts'

/** From an instant until the next span, the person has this human owner, or none. */
export interface OwnerSpan {
  from: Instant
  owner: Rep | null
}

/** Whether somebody was still with us at an instant. Of whom only that they left is known, they never were. */
export const isActive = ({ active, inactiveSince }: Rep, at: Instant): boolean =>
  active || at < (inactiveSince ?? Number.NEGATIVE_INFINITY)

/**
 * Who owns the person over time, by all of their records. A queue and an integration user are not owners, and neither is
 * anybody from the instant on at which they became inactive: nobody owns the person then, until somebody is assigned.
 * A converted, closed or deleted lead has no say. Neither has a Salesforce contact while a lead of the same person is open,
 * or where HubSpot's history tells: Salesforce keeps none of a contact's owner, and who owns it now may be new.
 * Where records disagree the one that was assigned last is right.
 */
export function ownerSpans(
  records: readonly RecordLife[],
  directory: Directory,
  policyAt: (at: Instant) => Policy,
): OwnerSpan[] {
  const spans: OwnerSpan[] = []
  for (const at of turningPoints(records, directory)) {
    const owner = ownerAt(records, directory, policyAt, at)
    if (spans.at(-1)?.owner?.ref !== owner?.ref) spans.push({ from: at, owner })
  }
  return spans
}

/** The span an instant lies in; undefined before the first. */
export const spanAt = (spans: readonly OwnerSpan[], at: Instant): OwnerSpan | undefined =>
  spans.findLast(span => span.from <= at)

/** Every instant at which ownership could change. A record that ends still counts at the instant of its end. */
function turningPoints(records: readonly RecordLife[], directory: Directory): Instant[] {
  const points = new Set<Instant>()
  for (const { owners, deletedAt, conversion, fields } of records) {
    for (const { at, value } of owners) {
      const left = value && directory.get(value)?.inactiveSince
      points.add(at).add(left ?? at)
    }
    for (const { at } of fields.get('status') ?? []) points.add(at).add(at + 1)
    if (deletedAt !== null) points.add(deletedAt + 1)
    if (conversion) points.add(conversion.at + 1)
  }
  return [...points].sort((a, b) => a - b)
}

function ownerAt(
  records: readonly RecordLife[],
  directory: Directory,
  policyAt: (at: Instant) => Policy,
  at: Instant,
): Rep | null {
  const alive = records.filter(record => isAlive(record, at))
  const leads = alive
    .filter(({ object }) => object === 'lead')
    .filter(lead => !isClosed(lead, policyAt(at), at))
  const told = alive.some(({ vendor, owners }) => vendor === 'hubspot' && owners.some(isHistory))
  const counted = alive.filter(({ object, vendor }) => {
    return object !== 'lead' && (vendor !== 'salesforce' || (leads.length === 0 && !told))
  })
  let latest: { since: Instant; owner: Rep | null; given: boolean } | null = null
  for (const record of [...counted, ...leads]) {
    const change = changeAt(record.owners, at)
    if (!change) continue
    const owner = humanOf(change, directory)
    const given = isGiven(change, record)
    if (!owner && !(given && change.value !== null)) continue
    const later = latest === null || change.at > latest.since
    if (later || (change.at === latest!.since && (given || !latest!.given))) {
      latest = { since: change.at, owner, given }
    }
  }
  return latest?.owner && isActive(latest.owner, at) ? latest.owner : null
}

const isHistory = ({ origin }: Change<Ref>): boolean => origin === 'history'

/** Whom a record was given to, if that was somebody who was with us then. */
function humanOf({ value, at }: Change<Ref>, directory: Directory): Rep | null {
  const rep = value && directory.get(value)
  return rep?.human && isActive(rep, at) ? rep : null
}

/**
 * Given to this owner, and not merely made so: so a queue or somebody inactive takes the person away from whoever had
 * them. A record without any owner says nothing: connectors empty the field when they do not know the other CRM's owner.
 */
const isGiven = ({ at }: Change<Ref>, { createdAt }: RecordLife): boolean =>
  createdAt !== null && at > createdAt

/** Whether the record is there at an instant, its last one included. */
export function isAlive({ createdAt, owners, deletedAt, conversion }: RecordLife, at: Instant): boolean {
  const born = createdAt ?? owners[0]?.at ?? Number.POSITIVE_INFINITY
  return born <= at && (deletedAt === null || at <= deletedAt) && (!conversion || at <= conversion.at)
}

/** Whether a lead was turned down before this instant and not taken up again since; no other record ever is. */
export function isClosed({ fields }: RecordLife, policy: Policy, at: Instant): boolean {
  const change = changeAt(fields.get('status') ?? [], at)
  if (!change || change.at === at) return false
  const { rejected, recycled } = policy.stages
  return [...rejected, ...recycled].some(
    predicate =>
      predicate.preset === 'field' &&
      predicate.field === 'status' &&
      predicate.values.includes(change.value ?? ''),
  )
}
