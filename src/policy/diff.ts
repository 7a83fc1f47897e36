import { durationMs, readDuration } from './duration.ts'
import { inline } from './print.ts'
import type { PolicyFile } from './schema.ts'

type Keyed = Readonly<Record<string, unknown>>

/**
 * What changes from one policy to another, key by key in words: `promises.first_attempt.due: 48h → 24h`. Empty when they
 * say the same: comments and spelling (`48h`, `2d`) make no difference, nor does the order of keys where it means nothing.
 */
export const differences = (before: PolicyFile, after: PolicyFile): string[] => compare(before, after, '')

function compare(before: unknown, after: unknown, path: string): string[] {
  if (same(before, after, path)) return []
  if (before === undefined) return [`${path}: added ${inline(after)}`]
  if (after === undefined) return [`${path}: removed (it was ${inline(before)})`]
  if (isKeyed(before) && isKeyed(after)) return compareKeyed(before, after, path)
  if (Array.isArray(before) && Array.isArray(after)) {
    const [a, b] = [byName(before), byName(after)]
    return a && b ? compareKeyed(a, b, path, true) : [`${path}: ${listWords(before, after)}`]
  }
  return [`${path}: ${inline(before)} → ${inline(after)}`]
}

/** Where the first that matches counts, or explanations keep the order. */
const ORDERED = ['calendars', 'promises', 'pauses', 'exceptions']

function compareKeyed(before: Keyed, after: Keyed, path: string, ordered = ORDERED.includes(path)): string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  const inner = (key: string) => (path === '' ? key : `${path}.${key}`)
  const found = [...keys].flatMap(key => compare(before[key], after[key], inner(key)))
  const common = (from: Keyed, other: Keyed) =>
    Object.keys(from)
      .filter(key => key in other)
      .join(', ')
  const [was, is] = [common(before, after), common(after, before)]
  return ordered && was !== is ? [...found, `${path}: order ${was} → ${is}`] : found
}

/** A list of tiers, by name; null: another kind of list. */
function byName(list: readonly unknown[]): Keyed | null {
  const named = list.filter(isKeyed).filter(one => 'when' in one)
  const names = new Set(named.map(one => one.name))
  return names.size === list.length ? Object.fromEntries(named.map(one => [one.name as string, one])) : null
}

function listWords(before: readonly unknown[], after: readonly unknown[]): string {
  const [was, is] = [before.map(inline), after.map(inline)]
  const added = is.filter(one => !was.includes(one)).map(one => `+ ${one}`)
  const removed = was.filter(one => !is.includes(one)).map(one => `- ${one}`)
  const moved = added.length + removed.length === 0
  return moved ? `${inline(before)} → ${inline(after)}` : [...added, ...removed].join(', ')
}

const isKeyed = (value: unknown): value is Keyed =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function same(before: unknown, after: unknown, path: string): boolean {
  if (typeof before !== 'string' || typeof after !== 'string') {
    return JSON.stringify(before) === JSON.stringify(after)
  }
  if (before === after) return true
  if (path === 'effective') return Date.parse(before) === Date.parse(after)
  const [a, b] = [lengthOf(before), lengthOf(after)]
  return a !== null && a === b
}

/** A written duration as something that is equal for equal ones. */
function lengthOf(text: string): string | null {
  const written = readDuration(text)
  if (!written) return null
  const ms = durationMs(written, 'elapsed', 0)
  return ms === null ? `${written.amount} working days` : `${ms}`
}
