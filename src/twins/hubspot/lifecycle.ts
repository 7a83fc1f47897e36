import { assign, change, iso, type Rec, versionsOf } from './record.ts'

/** HubSpot's default lifecycle stages in their order. */
export const LIFECYCLE = [
  ['subscriber', 'Subscriber'],
  ['lead', 'Lead'],
  ['marketingqualifiedlead', 'Marketing Qualified Lead'],
  ['salesqualifiedlead', 'Sales Qualified Lead'],
  ['opportunity', 'Opportunity'],
  ['customer', 'Customer'],
  ['evangelist', 'Evangelist'],
  ['other', 'Other'],
] as const

const RANK = new Map<string, number>(LIFECYCLE.map(([stage], rank) => [stage, rank]))

export const rankOf = (stage: string): number => RANK.get(stage) ?? -1

const current = (rec: Rec) => rec.properties.lifecyclestage ?? ''

/** The stage's date of entry is a calculated property: the latest entry only. */
export function enterStage(rec: Rec, stage: string, at: number, source: string): boolean {
  const changed = change(rec, 'lifecyclestage', stage, at, source)
  if (changed && current(rec) === stage && stage !== '') {
    assign(rec, `hs_v2_date_entered_${stage}`, iso(at))
  }
  return changed
}

/** Moves on to a stage; a contact already there or further stays where it is, as HubSpot does. */
export function advanceStage(rec: Rec, stage: string, at: number, source: string): boolean {
  return rankOf(stage) > rankOf(current(rec)) && enterStage(rec, stage, at, source)
}

/**
 * Sets a stage whatever the present one is, as a workflow must: it clears first, because HubSpot ignores a
 * step backward. The clearing is one millisecond older unless something else happened in it.
 */
export function resetStage(rec: Rec, stage: string, at: number, source: string): void {
  if (rankOf(current(rec)) >= rankOf(stage)) {
    const last = versionsOf(rec, 'lifecyclestage').at(-1)?.[1] ?? at
    enterStage(rec, '', Math.max(Math.min(last, at), at - 1), source)
  }
  enterStage(rec, stage, at, source)
}
