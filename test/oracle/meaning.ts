import type { Policy } from '../../src/policy/policy.ts'
import type { Company, ScenarioEvent } from '../../src/twins/scenario/types.ts'

/** The rules that a test may change. */
export type Rules = Pick<Policy, 'reMql' | 'attempts' | 'contacts'>

/** Those of the default policy. */
export const RULES: Rules = {
  reMql: { afterMs: 0, outcomes: ['sql', 'rejected', 'recycled', 'expired', 'void'] },
  attempts: ['call', 'email', 'meeting_held', 'no_show'],
  contacts: ['call_connected', 'call_received', 'email_reply', 'email_received', 'meeting_held'],
}

/** The table of attempts and contacts, by the names that the policy has for them. */
export function meaning(
  company: Company,
  row: ScenarioEvent,
  rules: Rules,
): { attempt: boolean; contact: boolean; held: boolean } {
  const is = (attempt: string | null, contact: string | null = null, held = false) => ({
    attempt: rules.attempts.some(one => one === attempt),
    contact: rules.contacts.some(one => one === contact),
    held,
  })
  const human = company.users.some(user => user.user === row.actor)
  const { event, direction, outcome } = row
  const sent = direction !== 'in'
  if (outcome === 'automated') return is(null)
  if (outcome === 'sequence') return is(event === 'email' && human && sent ? 'sequence_email' : null)
  if (event === 'meeting') {
    if (outcome === 'held') return is('meeting_held', 'meeting_held', true)
    return is(outcome === 'no_show' && human ? 'no_show' : null)
  }
  if (event === 'email') {
    if (outcome === 'bounced') return is(null)
    if (!sent) return is(null, 'email_received')
    return human ? is('email', outcome === 'replied' ? 'email_reply' : null) : is(null)
  }
  if (event !== 'call' || !human) return is(null)
  const connected = outcome === 'connected'
  return sent ? is('call', connected ? 'call_connected' : null) : is(null, connected ? 'call_received' : null)
}
