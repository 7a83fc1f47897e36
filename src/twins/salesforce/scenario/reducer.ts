import type { EventName, ScenarioEvent } from '../../scenario/types.ts'
import { act } from './activity.ts'
import { deal } from './deal.ts'
import type { Dossier } from './dossier.ts'
import { answer, assign, qualify, update } from './lead.ts'
import { remove, restore } from './removal.ts'

type Step = (dossier: Dossier, event: ScenarioEvent) => void

/** What an event means here. An inquiry is known to HubSpot alone; `merged` is apart, for it takes two people. */
const STEPS: Record<Exclude<EventName, 'inquiry' | 'merged'>, Step> = {
  mql: qualify,
  assigned: assign,
  call: act,
  email: act,
  meeting: act,
  accepted: answer,
  rejected: answer,
  recycled: answer,
  sql: answer,
  opportunity: deal,
  stage: deal,
  won: deal,
  lost: deal,
  updated: update,
  deleted: remove,
  restored: restore,
}

/** Applies one event to a person's records, the same in a bulk load and live. */
export function reduce(dossier: Dossier, event: ScenarioEvent): void {
  if (event.event !== 'inquiry' && event.event !== 'merged') STEPS[event.event](dossier, event)
}
