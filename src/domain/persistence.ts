import type { Persistence } from '../policy/policy.ts'
import type { Activity } from './activities.ts'
import type { Progress } from './handoff.ts'
import type { Roster } from './roster.ts'
import { type Stretch, stretchAt } from './stretch.ts'
import { DAY, type Instant } from './time.ts'
import { zoneOf } from './zone.ts'

/** The attempts that count, in order of time, and what tells their days apart. */
export interface Tries {
  attempts: readonly Activity[]
  stretches: readonly Stretch[]
  roster: Roster
}

/** When the last of the attempts required since `from` was there, on enough days and by enough channels; null: not yet. */
export function persistedAt(required: Persistence, from: Instant, tries: Tries): Instant | null {
  for (const { at, made } of running(from, tries)) {
    const enough = made.attempts >= required.attempts && made.days >= required.days
    if (enough && made.channels >= required.channels) return at
  }
  return null
}

/** How far the attempts since `from` had come at an instant. */
export function progressAt(from: Instant, stand: Instant, tries: Tries): Progress {
  let last: Progress = { attempts: 0, days: 0, channels: 0 }
  for (const { at, made } of running(from, tries)) if (at <= stand) last = made
  return last
}

/** The counts after each attempt since `from`. */
function* running(from: Instant, tries: Tries): Generator<{ at: Instant; made: Progress }> {
  const [days, channels] = [new Set<number>(), new Set<string>()]
  let attempts = 0
  for (const { at, channel } of tries.attempts) {
    if (at < from) continue
    attempts++
    days.add(dayOf(at, tries))
    channels.add(channel)
    yield { at, made: { attempts, days: days.size, channels: channels.size } }
  }
}

/** By the wall clock of whoever owned the lead then; while nobody does, of its last owner. */
function dayOf(at: Instant, { stretches, roster }: Tries): number {
  const zone = zoneOf(roster.zoneOf(stretchAt(stretches, at).clockOf))
  return Math.floor((at + zone.offset(at)) / DAY)
}
