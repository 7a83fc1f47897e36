import type { ConditionPredicate, Policy, StagePredicate } from '../policy/policy.ts'
import { type Cause, risings } from './conditions.ts'
import type { StageField, Vendor } from './facts.ts'
import type { Instant } from './time.ts'
import type { RecordLife, Timeline } from './timeline.ts'

/** Something that can make a stage true. */
export interface StageEvent {
  at: Instant
  dayPrecise: boolean
  /** `<ref>#<key>` of the fact behind it. */
  id: string
  /** The lead or contact it happened to; null: a deal. */
  record: RecordLife | null
  /** `field`: this field took this value; `condition`: this one came true; the others are the presets of the same name. */
  what: 'field' | 'condition' | 'converted_with_deal' | 'deal_opened'
  vendor: Vendor
  field: StageField | null
  value: string | null
  /** The condition, by {@link keyOf}. */
  condition: string | null
}

/**
 * Everything up to `now` that could be a stage under a policy in force at some instant of the timeline, in order of time.
 * What a handoff is held to was in force at one of its events, so no condition that could matter is left out.
 */
export function stageEvents(line: Timeline, now: Instant, policyAt: (at: Instant) => Policy): StageEvent[] {
  const events = [...line.records.flatMap(record => recordEvents(record, line)), ...dealEvents(line)]
  const conditions = conditionsOf(instantsOf(line, events), policyAt)
  for (const [key, { all }] of conditions) {
    for (const { at, cause } of risings(all, line)) events.push(conditionEvent(at, cause, key))
  }
  return events.filter(({ at }) => at <= now).sort(inOrder)
}

const inOrder = (a: StageEvent, b: StageEvent): number =>
  a.at - b.at || order(a.id, b.id) || order(a.what, b.what) || order(a.condition!, b.condition!)

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function recordEvents(record: RecordLife, line: Timeline): StageEvent[] {
  const events: StageEvent[] = []
  const { vendor } = record
  for (const [field, changes] of record.fields) {
    for (const { at, dayPrecise, id, value } of changes) {
      events.push({ at, dayPrecise, id, record, what: 'field', vendor, field, value, condition: null })
    }
  }
  const conversion = conversionEvent(record, line)
  return conversion ? [...events, conversion] : events
}

/** A conversion known to the day only happened when its deal was opened, if that is known better. */
function conversionEvent(record: RecordLife, line: Timeline): StageEvent | null {
  const { conversion, vendor } = record
  if (!conversion?.deal) return null
  const deal = conversion.dayPrecise ? line.deals.find(one => one.ref === conversion.deal) : undefined
  const { at, dayPrecise } = deal ? { at: deal.openedAt, dayPrecise: deal.dayPrecise } : conversion
  const what = 'converted_with_deal'
  return { at, dayPrecise, id: conversion.id, record, what, vendor, ...NO_FIELD }
}

const NO_FIELD = { field: null, value: null, condition: null } as const

const dealEvents = ({ deals }: Timeline): StageEvent[] =>
  deals.map(({ openedAt: at, dayPrecise, id, vendor }) => {
    return { at, dayPrecise, id, record: null, what: 'deal_opened', vendor, ...NO_FIELD }
  })

function conditionEvent(at: Instant, { record, field, change }: Cause, condition: string): StageEvent {
  const { dayPrecise, id, value } = change ?? { dayPrecise: false, id: record.createdId, value: null }
  return { at, dayPrecise, id, record, what: 'condition', vendor: record.vendor, field, value, condition }
}

/** When anything happened that a policy could take for a stage. */
function* instantsOf(line: Timeline, events: readonly StageEvent[]): Generator<Instant> {
  for (const { at } of events) yield at
  for (const { createdAt } of line.records) if (createdAt !== null) yield createdAt
}

/** The conditions of the stages of the policies in force then, each once. */
function conditionsOf(instants: Iterable<Instant>, policyAt: (at: Instant) => Policy) {
  const policies = new Set<Policy>()
  for (const at of instants) policies.add(policyAt(at))
  const conditions = new Map<string, ConditionPredicate>()
  for (const { stages } of policies) {
    for (const one of Object.values(stages).flat()) {
      if (one.preset === 'condition') conditions.set(keyOf(one), one)
    }
  }
  return conditions
}

const keys = new WeakMap<ConditionPredicate, string>()

/** The same text for the same condition, in whichever version of the policy it is written. */
function keyOf(condition: ConditionPredicate): string {
  let key = keys.get(condition)
  if (key === undefined) {
    key = JSON.stringify(condition.all)
    keys.set(condition, key)
  }
  return key
}

/** Whether the event makes a stage true: one of its predicates is enough. */
export function matches(predicates: readonly StagePredicate[], event: StageEvent): boolean {
  return predicates.some(predicate => {
    if (predicate.preset === 'condition') return event.condition === keyOf(predicate)
    if (predicate.preset !== 'field') return predicate.preset === event.what
    return (
      event.field === predicate.field &&
      event.vendor === predicate.vendor &&
      predicate.values.includes(event.value!)
    )
  })
}
