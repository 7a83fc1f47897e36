import type { Pace, Paces } from '../../domain/polling.ts'

/** An activity moves the last change of its contact; an activity that is corrected later may not. */
const ACTIVITY: Pace = { open: 15, shut: 60, with: ['contact'] }

/** A search is a call an object, so contacts are asked with every poll, and what moves them when they were moved. */
export const PACES: Paces = {
  user: { open: 60, shut: 60 },
  deal: { open: 3, shut: 15, with: ['contact'] },
  call: ACTIVITY,
  email: ACTIVITY,
  meeting: ACTIVITY,
}
