import type { Policy } from './policy.ts'

/**
 * What a policy asks for that none of those in force did, in words: nobody has read it from the CRMs yet, so a past under
 * this policy can only be guessed. Empty: everything is there.
 */
export function unread(policy: Policy, inForce: readonly Policy[]): string[] {
  const read = new Set(inForce.flatMap(needs))
  return [...new Set(needs(policy))].filter(need => !read.has(need))
}

const VENDORS = { salesforce: 'Salesforce', hubspot: 'HubSpot' } as const

/** Fields of the CRMs and calendars from outside, each in words that name it. */
function needs({ stages, pauses, dimensions, calendars, holidays, people }: Policy): string[] {
  const states = [...Object.values(stages).flat(), ...pauses.flatMap(({ when }) => when)]
  const tests = states.flatMap(one => (one.preset === 'condition' ? one.all : []))
  const kept = Object.values(dimensions).flatMap(names => Object.entries(names)) as ['salesforce', string][]
  const regions = Object.values(holidays)
  return [
    ...tests.map(({ vendor, name }) => `${VENDORS[vendor]} field ${name}`),
    ...kept.map(([vendor, name]) => `${VENDORS[vendor]} field ${name}`),
    ...calendars.flatMap(({ salesforce }) => (salesforce ? [`Salesforce business hours ${salesforce}`] : [])),
    ...(regions.some(({ salesforce }) => salesforce) ? ['the Salesforce holidays'] : []),
    ...[...regions, ...people].flatMap(({ ics }) => ics.map(address => `calendar ${address}`)),
  ]
}
