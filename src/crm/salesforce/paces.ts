import type { Pace, Paces } from '../../domain/polling.ts'

/** Moved by a change of another object, or hardly ever. Outside of working hours as seldom. */
const seldom = (polls: number, along: Pace['with'] = []): Pace => ({ open: polls, shut: polls, with: along })

/**
 * Leads, contacts, opportunities, tasks and events are asked with every poll: five queries, one composite call. A history
 * row is written with the change of its record, so it is asked when that has changed; an e-mail makes a task. Four hours
 * later they are asked all the same.
 */
export const PACES: Paces = {
  user: seldom(60),
  queue: seldom(60),
  campaign: seldom(60),
  campaign_member: seldom(60, ['lead', 'contact']),
  deal_role: seldom(60, ['deal', 'contact']),
  history: seldom(240, ['lead']),
  deal_history: seldom(240, ['deal']),
  email: seldom(240, ['task']),
}
