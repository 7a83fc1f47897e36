import type { FieldTest } from '../policy/policy.ts'
import type { Change } from './changes.ts'
import type { ObjectName, StageField, Vendor } from './facts.ts'
import { intersection, type Span, union } from './spans.ts'
import { DAY, type Instant } from './time.ts'
import type { Conversion, RecordLife, Timeline } from './timeline.ts'

/** The records whose fields a policy can name. */
const CARRIER: Record<Vendor, ObjectName> = { salesforce: 'lead', hubspot: 'contact' }

/** When one test passed on one record. */
interface Passed {
  field: StageField
  changes: readonly Change<string>[]
  spans: Span[]
}

/** When all tests of one CRM passed together on one of its records. */
interface Passing {
  record: RecordLife
  tests: Passed[]
  spans: Span[]
}

/** What made a condition true: a change of one of its fields; no change: the record came into being as it is. */
export interface Cause {
  record: RecordLife
  field: StageField | null
  change: Change<string> | null
}

/**
 * When a condition held: for each CRM it names, one live record of that CRM passes all of that CRM's tests. A record that
 * is deleted or converted no longer counts, and a field nobody could read passes no test at all.
 */
export const conditionSpans = (all: readonly FieldTest[], line: Timeline): Span[] =>
  overAll(groups(all, line).map(spansOf))

/** Where a condition came true, with what made it so, in order of time. */
export function risings(all: readonly FieldTest[], line: Timeline): { at: Instant; cause: Cause }[] {
  const passing = groups(all, line)
  return overAll(passing.map(spansOf)).map(({ from: at }) => ({ at, cause: causeAt(passing.flat(), at) }))
}

const spansOf = (group: readonly Passing[]): Span[] => union(group.flatMap(({ spans }) => spans))

const overAll = (groups: readonly Span[][]): Span[] =>
  groups.reduce((common, spans) => intersection(common, spans))

function groups(all: readonly FieldTest[], { records, deals }: Timeline): Passing[][] {
  return [...Map.groupBy(all, ({ vendor }) => vendor)].map(([vendor, tests]) =>
    records
      .filter(record => record.vendor === vendor && record.object === CARRIER[vendor])
      .map(record => passing(record, tests, lifeOf(record, deals))),
  )
}

function passing(record: RecordLife, tests: readonly FieldTest[], life: Span): Passing {
  const passed = tests.map((test): Passed => {
    const history = historyOf(record, test.name)
    if (!history) return { field: `property:${test.name}`, changes: [], spans: [] }
    const [field, changes] = history
    return { field, changes, spans: valueSpans(changes, life.from, value => passes(test, value)) }
  })
  const spans = passed.reduce((common, one) => intersection(common, one.spans), union([life]))
  return { record, tests: passed, spans }
}

/** Some record's tests all passed from this instant on: the one that passed last is what made it so. */
function causeAt(passing: readonly Passing[], at: Instant): Cause {
  const begins = ({ spans }: { spans: readonly Span[] }) => spans.some(({ from }) => from === at)
  const { record, tests } = passing.find(begins)!
  for (const { field, changes } of tests.filter(begins)) {
    const change = changes.findLast(one => one.at === at)
    if (change) return { record, field, change }
  }
  return { record, field: null, change: null }
}

/** A field that the policy names, with its history; undefined: nobody could read it. API names ignore case. */
export function historyOf(record: RecordLife, name: string): [StageField, Change<string>[]] | undefined {
  const wanted = `property:${name}`.toLowerCase()
  for (const entry of record.fields) if (entry[0].toLowerCase() === wanted) return entry
  return undefined
}

/** When a field's value passed, from its record's beginning on; before its first change a field is empty. */
export function valueSpans(
  changes: readonly Change<string>[],
  begin: Instant,
  pass: (value: string | null) => boolean,
): Span[] {
  const spans: Span[] = []
  let since = pass(null) ? begin : null
  for (const { at, value } of changes) {
    const passed = pass(value)
    if (passed) since ??= at
    else if (since !== null) {
      spans.push({ from: since, to: at })
      since = null
    }
  }
  if (since !== null) spans.push({ from: since, to: null })
  return union(spans)
}

/** From a record's creation, or what is known of it before that, until it was deleted or converted. */
export function lifeOf(
  { createdAt, deletedAt, conversion, fields }: RecordLife,
  deals: Timeline['deals'],
): Span {
  const first = [...fields.values()].map(([change]) => change!.at)
  const from = Math.min(createdAt ?? Number.POSITIVE_INFINITY, ...first)
  const ends = [deletedAt, conversion && conversionEnd(conversion, deals)].filter(at => at !== null)
  return { from, to: ends.length === 0 ? null : Math.min(...ends) }
}

/** A conversion known to the day only was when its deal was opened, else by the end of that day. */
function conversionEnd({ at, dayPrecise, deal }: Conversion, deals: Timeline['deals']): Instant {
  if (!dayPrecise) return at
  return deals.find(one => one.ref === deal && !one.dayPrecise)?.openedAt ?? at + DAY
}

/** A field's value as a number; null: it is empty or none. */
export function numberOf(value: string | null): number | null {
  const number = value === null || value.trim() === '' ? Number.NaN : Number(value)
  return Number.isFinite(number) ? number : null
}

/** Whether a value passes: text without regard to case, numbers as numbers, any one of several chosen values (`a;b`). */
export function passes(test: FieldTest, value: string | null): boolean {
  switch (test.test) {
    case 'is':
      return isOne(test.values, value)
    case 'is_not':
      return !isOne(test.values, value)
    case 'at_least':
      return (numberOf(value) ?? Number.NEGATIVE_INFINITY) >= test.value
    case 'at_most':
      return (numberOf(value) ?? Number.POSITIVE_INFINITY) <= test.value
    case 'filled':
      return (value !== null && value.trim() !== '') === test.filled
  }
}

function isOne(wanted: readonly string[], value: string | null): boolean {
  if (value === null) return false
  const chosen = [value, ...value.split(';')].map(one => one.trim().toLowerCase())
  return wanted.some(one => chosen.includes(one.toLowerCase()))
}
