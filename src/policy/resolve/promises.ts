import type { DurationKind } from '../../domain/handoff.ts'
import { durationMs, expectedDuration, readDuration } from '../duration.ts'
import { PolicyError } from '../error.ts'
import type {
  ExceptionRule,
  InstantName,
  PauseRule,
  PromiseRule,
  Reassignment,
  Tier,
  TierMatch,
} from '../policy.ts'
import type { WrittenMatch, WrittenPromise, WrittenTier } from '../schema/promises.ts'
import type { PolicyFile } from '../schema.ts'
import { known } from './calendars.ts'
import { inside, type Place, statePredicates } from './stages.ts'

/** What the promises of a file share. */
export interface Terms {
  /** Length of a working day, in milliseconds. */
  dayMs: number
  reassignment: Reassignment
}

/** @throws PolicyError when single values are fine but do not go together */
export function promiseRules(written: PolicyFile['promises'], terms: Terms, place: Place): PromiseRule[] {
  return Object.entries(written).map(([name, one]) => rule(name, one, terms, inside(place, name)))
}

const instant = (word: string) => word.toLowerCase() as InstantName

function rule(name: string, written: WrittenPromise, terms: Terms, place: Place): PromiseRule {
  const { from, kind, attempts, reassignment = terms.reassignment } = written
  const persistence = attempts
    ? { attempts: attempts.count, days: attempts.days, channels: attempts.channels }
    : null
  return {
    ...{ name, from: instant(from), until: goal(written, place), persistence, kind, reassignment },
    tiers: tiersOf(written, terms.dayMs, place),
  }
}

/** What keeps the promise; null: attempts do. */
function goal({ from, until, attempts }: WrittenPromise, { file, path }: Place): InstantName | null {
  if ((until === undefined) === (attempts === undefined)) {
    const value = until === undefined ? 'neither until nor attempts' : 'until and attempts'
    throw new PolicyError(file, { path, value, expected: 'one of until, attempts' })
  }
  if (attempts && (attempts.days > attempts.count || attempts.channels > attempts.count)) {
    const key = attempts.days > attempts.count ? 'days' : 'channels'
    const expected = `at most the count (${attempts.count})`
    throw new PolicyError(file, { path: `${path}.attempts.${key}`, value: String(attempts[key]), expected })
  }
  if (until === undefined) return null
  if (from < until) return instant(until)
  throw new PolicyError(file, { path: `${path}.until`, value: until, expected: `an instant after ${from}` })
}

function tiersOf(written: WrittenPromise, dayMs: number, place: Place): Tier[] {
  const tiers = written.tiers.map((one, index) => {
    const at = inside(inside(place, 'tiers'), index)
    return tier(inherited(one, written.tiers, at), written.kind, dayMs, at)
  })
  if (written.due !== undefined) {
    const rest = { name: 'default', when: {}, due: written.due, warn: written.warn }
    tiers.push(tier(rest, written.kind, dayMs, place))
  }
  const again = tiers.findLast((one, index) => tiers.findIndex(({ name }) => name === one.name) < index)
  if (again) {
    const expected = 'each name once; the rest, by the promise’s own due, is called default'
    throw new PolicyError(place.file, {
      path: `${place.path}.tiers`,
      value: `${again.name} a second time`,
      expected,
    })
  }
  if (tiers.length > 0) return tiers
  const expected = 'due, or tiers that each have one'
  throw new PolicyError(place.file, { path: place.path, value: 'no due', expected })
}

/** Fills in what the tier takes from another. @throws PolicyError when that leads nowhere, or back to it */
function inherited(tier: WrittenTier, tiers: readonly WrittenTier[], place: Place): WrittenTier {
  const way = [tier.name]
  let { due, warn, like } = tier
  while (like !== undefined) {
    known(
      like,
      tiers.map(one => one.name),
      inside(place, 'like'),
    )
    way.push(like)
    if (way.indexOf(like) < way.length - 1) {
      const expected = 'tiers that do not lead back to themselves'
      throw new PolicyError(place.file, { path: `${place.path}.like`, value: way.join(' → '), expected })
    }
    const other: WrittenTier = tiers.find(one => one.name === like)!
    due ??= other.due
    warn ??= other.warn
    like = other.like
  }
  return { ...tier, due, warn }
}

function tier({ name, when, due, warn }: WrittenTier, kind: DurationKind, dayMs: number, place: Place): Tier {
  const { file, path } = place
  if (due === undefined)
    throw new PolicyError(file, { path: `${path}.due`, value: 'nothing', expected: expectedDuration(kind) })
  const dueMs = length(due, kind, dayMs, inside(place, 'due'))
  const warnMs = warn === undefined ? null : length(warn, kind, dayMs, inside(place, 'warn'))
  if (warnMs !== null && warnMs >= dueMs) {
    throw new PolicyError(file, { path: `${path}.warn`, value: warn!, expected: `less than due (${due})` })
  }
  return { name, when: matchOf(when), dueMs, warnMs }
}

function matchOf({ score, ...lists }: WrittenMatch): TierMatch {
  const when = lists as TierMatch
  return score === undefined
    ? when
    : { ...when, score: { atLeast: score.at_least ?? null, atMost: score.at_most ?? null } }
}

/** A written duration in milliseconds of the kind. @throws PolicyError when its unit does not go with the kind */
function length(text: string, kind: DurationKind, dayMs: number, { file, path }: Place): number {
  const ms = durationMs(readDuration(text)!, kind, dayMs)
  if (ms === null) throw new PolicyError(file, { path, value: text, expected: expectedDuration(kind) })
  return ms
}

export function pauseRules(
  written: PolicyFile['pauses'],
  promises: readonly string[],
  dayMs: number,
  place: Place,
): PauseRule[] {
  return Object.entries(written).map(([name, one]) => {
    const at = inside(place, name)
    const when = statePredicates(one.when, inside(at, 'when'))
    if (when.length === 0) {
      const expected = 'at least one preset or condition'
      throw new PolicyError(at.file, { path: `${at.path}.when`, value: 'nothing', expected })
    }
    const kind = readDuration(one.cap)!.unit === 'working days' ? 'working' : 'elapsed'
    const cap = { kind, ms: length(one.cap, kind, dayMs, inside(at, 'cap')) } as const
    return { name, when, cap, promises: only(one.promises, promises, at) }
  })
}

export function exceptionRules(
  written: PolicyFile['exceptions'],
  promises: readonly string[],
  place: Place,
): ExceptionRule[] {
  return Object.entries(written).map(([name, one]) => {
    return { name, when: matchOf(one.when), promises: only(one.promises, promises, inside(place, name)) }
  })
}

function only(names: string[] | undefined, promises: readonly string[], place: Place): string[] | null {
  for (const [index, name] of (names ?? []).entries())
    known(name, promises, inside(inside(place, 'promises'), index))
  return names ?? null
}
