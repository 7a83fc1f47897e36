import type { Random } from './random.ts'
import type { Rep } from './staff.ts'
import type { Story } from './story.ts'
import { LOSSES, STAGES } from './words.ts'
import { afterWorkingHours } from './workday.ts'

const HOUR = 3_600_000

/** What became of a qualified lead: mostly a deal, which is won, lost or still open when the story breaks off. */
export function tellDeal(random: Random, story: Story, rep: Rep, sql: number, deal: string): void {
  if (random.chance(0.15)) return
  const actor = rep.user
  const amount = Math.round(random.around(18_000, 0.9) / 100) * 100
  let at = random.chance(0.5) ? sql + random.int(1, 40) * 60_000 : later(random, rep, sql, 12)
  story.add(at, 'opportunity', { actor, deal, amount, detail: STAGES[0]! })
  const moves = random.int(0, 3)
  for (let n = 1; n <= moves; n++) {
    at = later(random, rep, at, 30)
    story.add(at, 'stage', { actor, deal, detail: STAGES[n]! })
    if (random.chance(0.35)) story.add(at + HOUR / 2, 'meeting', meeting(actor))
  }
  at = later(random, rep, at, 55)
  if (random.chance(0.12)) return
  if (random.chance(0.36)) {
    const final = Math.round((amount * (0.8 + random.float() * 0.3)) / 100) * 100
    story.add(at, 'won', { actor, deal, amount: final, detail: 'Signed' })
  } else story.add(at, 'lost', { actor, deal, amount, detail: random.pick(LOSSES) })
}

function later(random: Random, rep: Rep, from: number, hours: number): number {
  return afterWorkingHours(from + HOUR, random.around(hours, 0.8), rep.time_zone)
}

function meeting(actor: string) {
  return { actor, direction: 'out', outcome: 'held', detail: 'Review' } as const
}
