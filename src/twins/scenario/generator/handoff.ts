import type { Source } from './market.ts'
import type { Random } from './random.ts'
import type { Rep } from './staff.ts'
import type { Story } from './story.ts'
import { RECYCLINGS, REJECTIONS } from './words.ts'
import { afterWorkingHours } from './workday.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export interface Lead {
  random: Random
  story: Story
  source: Source
  /** Picks who is next in turn for this person. */
  nextRep(): Rep
}

export interface Ending {
  outcome: 'sql' | 'rejected' | 'recycled' | 'open'
  at: number
  owner: Rep | null
}

/** One passage from marketing to sales, from becoming an MQL to its end, or to being left open. */
export function tellHandoff(lead: Lead, mql: number, previous: Rep | null): Ending {
  lead.story.add(mql, 'mql')
  if (lead.random.chance(0.12)) automated(lead, mql + lead.random.int(2, 90) * MINUTE, previous)
  const assigned = assign(lead, mql, previous)
  if (!assigned) return { outcome: 'open', at: mql, owner: null }
  const owner = maybeReassign(lead, assigned)
  if (!owner.rep.active || lead.random.chance(owner.rep.drops)) return drop(lead, owner)
  return work(lead, owner)
}

interface Ownership {
  rep: Rep
  since: number
}

/** Mostly minutes after the MQL, some hours later; a few leads stay in the queue. */
function assign({ random, story, nextRep }: Lead, mql: number, previous: Rep | null): Ownership | null {
  if (previous && random.chance(0.7)) return { rep: previous, since: mql }
  if (random.chance(0.06)) story.add(mql + random.int(5, 60) * 1000, 'assigned', { detail: 'Inbound' })
  if (random.chance(0.012)) return null
  const slowly = random.chance(0.12)
  const delay = slowly ? random.around(2.2 * HOUR, 0.8) : random.around(7 * MINUTE, 0.9)
  const since = mql + 61_000 + Math.min(delay, 3 * DAY)
  const rep = nextRep()
  story.add(since, 'assigned', { actor: rep.user })
  return { rep, since }
}

/** Vacations and territory changes; the leads of someone who left are mostly given to others. */
function maybeReassign({ random, story, nextRep }: Lead, owner: Ownership): Ownership {
  if (!random.chance(owner.rep.active ? 0.05 : 0.8)) return owner
  const rep = nextRep()
  if (rep.user === owner.rep.user || !rep.active) return owner
  const since = owner.since + 10 * MINUTE + random.around(5 * HOUR, 1)
  story.add(since, 'assigned', { actor: rep.user })
  return { rep, since }
}

/** Nobody calls. Half of these are cleaned up weeks later without an attempt, the others stay open. */
function drop({ random, story }: Lead, { rep, since }: Ownership): Ending {
  if (random.chance(0.45)) return { outcome: 'open', at: since, owner: rep }
  const at = afterWorkingHours(since + random.int(5, 24) * DAY, random.float() * 6, rep.time_zone)
  const outcome = random.chance(0.5) ? 'rejected' : 'recycled'
  story.add(at, outcome, {
    actor: rep.user,
    detail: random.pick(outcome === 'rejected' ? REJECTIONS : RECYCLINGS),
  })
  return { outcome, at, owner: rep }
}

/** Attempts until there is contact or the rep gives up, then the decision. */
function work(lead: Lead, { rep, since }: Ownership): Ending {
  const { random } = lead
  let at = firstAttempt(random, rep, since)
  if (random.chance(0.8)) accept(lead, rep, at + random.int(2, 50) * MINUTE)
  const most = random.int(3, 7)
  let contact = false
  for (let n = 0; n < most && !contact; n++) {
    if (n > 0) at = afterWorkingHours(at + 2 * HOUR, random.around(7, 0.7), rep.time_zone)
    const answer = attempt(lead, rep, at)
    contact = answer !== null
    at = answer ?? at
  }
  if (contact && random.chance(0.55)) at = meet(lead, rep, at)
  return decide(lead, rep, at, contact)
}

function firstAttempt(random: Random, rep: Rep, since: number): number {
  if (random.chance(0.06)) return since + random.int(3, 45) * MINUTE
  return afterWorkingHours(since, Math.min(random.around(rep.pace, 1.05), 60), rep.time_zone)
}

function accept({ story }: Lead, rep: Rep, at: number): void {
  story.add(at, 'accepted', { actor: rep.user })
}

/** @returns the instant of the two-way contact it led to, or null */
function attempt(lead: Lead, rep: Rep, at: number): number | null {
  const { random, story } = lead
  const reach = 0.16 + lead.source.quality / 3
  if (random.chance(0.55)) {
    const connected = random.chance(reach)
    const outcome = connected ? 'connected' : random.chance(0.5) ? 'voicemail' : 'no_answer'
    story.add(at, 'call', { actor: rep.user, direction: 'out', outcome, detail: 'Call' })
    return connected ? at : null
  }
  const bounced = random.chance(0.03)
  story.add(at, 'email', {
    actor: rep.user,
    direction: 'out',
    outcome: bounced ? 'bounced' : '',
    detail: 'Follow-up',
  })
  if (bounced || !random.chance(reach)) return null
  const back = at + 5 * MINUTE + random.around(3 * HOUR, 1.2)
  if (random.chance(0.8)) {
    story.add(back, 'email', {
      actor: rep.user,
      direction: 'in',
      outcome: 'replied',
      detail: 'Re: Follow-up',
    })
  } else {
    story.add(back, 'call', { actor: rep.user, direction: 'in', outcome: 'connected', detail: 'Call back' })
  }
  return back
}

function automated({ random, story }: Lead, at: number, previous: Rep | null): void {
  const actor = previous?.user ?? ''
  story.add(at, 'email', {
    actor,
    direction: 'out',
    outcome: 'automated',
    detail: random.pick(['Welcome', 'Sequence 1']),
  })
}

/** A meeting some days after the contact; a no-show is sometimes made up for. @returns its instant */
function meet({ random, story }: Lead, rep: Rep, contact: number): number {
  const at = afterWorkingHours(contact + 4 * HOUR, random.around(10, 0.6), rep.time_zone)
  const outcome = random.weighted([
    { outcome: 'held', weight: 78 },
    { outcome: 'no_show', weight: 13 },
    { outcome: 'cancelled', weight: 6 },
    { outcome: 'scheduled', weight: 3 },
  ]).outcome
  story.add(at, 'meeting', { actor: rep.user, direction: 'out', outcome, detail: 'Introduction' })
  if (outcome === 'held' || random.chance(0.4)) return at
  const again = afterWorkingHours(at + 4 * HOUR, random.around(9, 0.5), rep.time_zone)
  story.add(again, 'meeting', { actor: rep.user, direction: 'out', outcome: 'held', detail: 'Introduction' })
  return again
}

function decide({ random, story, source }: Lead, rep: Rep, last: number, contact: boolean): Ending {
  const at = afterWorkingHours(last + 15 * MINUTE, random.around(2, 1), rep.time_zone)
  const good = contact ? Math.min(0.95, source.quality * 1.3) : source.quality * 0.05
  if (random.chance(good)) {
    story.add(at, 'sql', { actor: rep.user })
    return { outcome: 'sql', at, owner: rep }
  }
  if (random.chance(0.14)) return { outcome: 'open', at, owner: rep }
  const outcome = random.chance(contact ? 0.5 : 0.3) ? 'rejected' : 'recycled'
  story.add(at, outcome, {
    actor: rep.user,
    detail: random.pick(outcome === 'rejected' ? REJECTIONS : RECYCLINGS),
  })
  return { outcome, at, owner: rep }
}
