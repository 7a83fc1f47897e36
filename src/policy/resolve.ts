import type { DurationKind } from '../domain/handoff.ts'
import { DAY } from '../domain/time.ts'
import { durationMs, expectedDuration, readDuration } from './duration.ts'
import { PolicyError } from './error.ts'
import { weeklyHours, workingDayMs } from './hours.ts'
import type { InstantName, Policy, PromiseRule, StageName, StagePredicate, Tier } from './policy.ts'
import type { PolicyFile, WrittenStage } from './schema.ts'

const STAGES: readonly StageName[] = ['mql', 'sal', 'sql', 'rejected', 'recycled']

/**
 * The written policy with every duration in milliseconds and every preset as a predicate.
 * @param file names the file in errors
 * @throws PolicyError when single values are fine but do not go together
 */
export function resolvePolicy(written: PolicyFile, file: string): Policy {
  const calendar = resolveHours(written, file)
  const dayMs = workingDayMs(calendar)
  const stages = {} as Record<StageName, StagePredicate[]>
  for (const name of STAGES) stages[name] = predicates(written.stages[name])
  if (stages.mql.length === 0) {
    throw new PolicyError(file, { path: 'stages.mql', value: 'nothing', expected: 'at least one preset' })
  }
  return {
    version: 1,
    name: written.name,
    effective: Date.parse(written.effective),
    timezone: written.timezone,
    stages,
    calendar,
    promises: Object.entries(written.promises).map(([name, promise]) => rule(name, promise, dayMs, file)),
    earlyMs: written.early_days * DAY,
    expireMs: written.expire_days === null ? null : written.expire_days * DAY,
    attemptsBy: written.attempts_by,
    backDatedMs: length(written.back_dated_after, 'elapsed', dayMs, 'back_dated_after', file),
    sharedMailboxes: written.shared_mailboxes.map(prefix => prefix.toLowerCase()),
    minimumN: written.minimum_n,
    write: written.write,
  }
}

function resolveHours(written: PolicyFile, file: string): Policy['calendar'] {
  try {
    return weeklyHours(written.calendar)
  } catch (error) {
    const value = error instanceof RangeError ? error.message : String(error)
    throw new PolicyError(file, { path: 'calendar', value, expected: 'disjoint blocks on at least one day' })
  }
}

function predicates(stage: WrittenStage): StagePredicate[] {
  if (stage === 'off') return []
  const found: StagePredicate[] = []
  const { hubspot_lifecycle, hubspot_lead_status, salesforce_status } = stage
  if (hubspot_lifecycle) {
    found.push({ preset: 'field', vendor: 'hubspot', field: 'lifecycle', values: hubspot_lifecycle })
  }
  if (hubspot_lead_status) {
    found.push({ preset: 'field', vendor: 'hubspot', field: 'lead_status', values: hubspot_lead_status })
  }
  if (salesforce_status) {
    found.push({ preset: 'field', vendor: 'salesforce', field: 'status', values: salesforce_status })
  }
  if (stage.converted_with_deal) found.push({ preset: 'converted_with_deal' })
  if (stage.deal_opened) found.push({ preset: 'deal_opened' })
  return found
}

type WrittenPromise = PolicyFile['promises'][string]

function rule(name: string, written: WrittenPromise, dayMs: number, file: string): PromiseRule {
  const path = `promises.${name}`
  if (written.from >= written.until) {
    throw new PolicyError(file, {
      path: `${path}.until`,
      value: written.until,
      expected: `an instant after ${written.from}`,
    })
  }
  const tiers = written.tiers.map((one, index) =>
    tier(one, written.kind, dayMs, `${path}.tiers.${index}`, file),
  )
  if (written.due !== undefined) {
    const rest = { name: 'default', when: {}, due: written.due, warn: written.warn }
    tiers.push(tier(rest, written.kind, dayMs, path, file))
  }
  if (tiers.length === 0) {
    throw new PolicyError(file, { path, value: 'no due', expected: 'due, or tiers that each have one' })
  }
  const instant = (word: string) => word.toLowerCase() as InstantName
  return { name, from: instant(written.from), until: instant(written.until), kind: written.kind, tiers }
}

type WrittenTier = Omit<WrittenPromise['tiers'][number], 'warn'> & { warn?: string | undefined }

function tier(written: WrittenTier, kind: DurationKind, dayMs: number, path: string, file: string): Tier {
  const dueMs = length(written.due, kind, dayMs, `${path}.due`, file)
  const warnMs = written.warn === undefined ? null : length(written.warn, kind, dayMs, `${path}.warn`, file)
  if (warnMs !== null && warnMs >= dueMs) {
    throw new PolicyError(file, {
      path: `${path}.warn`,
      value: written.warn!,
      expected: `less than due (${written.due})`,
    })
  }
  const { source, campaign, country } = written.when
  const when = { ...(source && { source }), ...(campaign && { campaign }), ...(country && { country }) }
  return { name: written.name, when, dueMs, warnMs }
}

function length(text: string, kind: DurationKind, dayMs: number, path: string, file: string): number {
  const ms = durationMs(readDuration(text)!, kind, dayMs)
  if (ms === null) throw new PolicyError(file, { path, value: text, expected: expectedDuration(kind) })
  return ms
}
