import type { StagePredicate } from '../policy/policy.ts'
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
  /** `field`: this field took this value; the others are the presets of the same name. */
  what: 'field' | 'converted_with_deal' | 'deal_opened'
  vendor: Vendor
  field: StageField | null
  value: string | null
}

/** Everything up to `now` that could be a stage, in order of time. */
export function stageEvents(line: Timeline, now: Instant): StageEvent[] {
  const events: StageEvent[] = []
  for (const record of line.records) {
    for (const [field, changes] of record.fields) {
      for (const { at, dayPrecise, id, value } of changes) {
        if (value === null || at > now) continue
        events.push({ at, dayPrecise, id, record, what: 'field', vendor: record.vendor, field, value })
      }
    }
    const event = conversionEvent(record, line)
    if (event && event.at <= now) events.push(event)
  }
  for (const { openedAt: at, dayPrecise, id, vendor } of line.deals) {
    if (at > now) continue
    events.push({ at, dayPrecise, id, record: null, what: 'deal_opened', vendor, field: null, value: null })
  }
  return events.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
}

/** A conversion known to the day only happened when its deal was opened, if that is known better. */
function conversionEvent(record: RecordLife, line: Timeline): StageEvent | null {
  const { conversion, vendor } = record
  if (!conversion?.deal) return null
  const deal = conversion.dayPrecise ? line.deals.find(one => one.ref === conversion.deal) : undefined
  const { at, dayPrecise } = deal ? { at: deal.openedAt, dayPrecise: deal.dayPrecise } : conversion
  const what = 'converted_with_deal'
  return { at, dayPrecise, id: conversion.id, record, what, vendor, field: null, value: null }
}

/** Whether the event makes a stage true: one of its predicates is enough. */
export function matches(predicates: readonly StagePredicate[], event: StageEvent): boolean {
  return predicates.some(predicate => {
    if (predicate.preset !== 'field') return predicate.preset === event.what
    return (
      event.field === predicate.field &&
      event.vendor === predicate.vendor &&
      predicate.values.includes(event.value!)
    )
  })
}
