import type { Policy, PromiseRule, Tier, TierMatch, WorkCalendar } from './policy.ts'

/** What is allowed and probably not meant, each as `place: what; what to do`. */
export function warnings(policy: Policy): string[] {
  return [
    ...policy.calendars.flatMap((calendar, index) =>
      calendarWarnings(calendar, policy.calendars.slice(0, index)),
    ),
    ...unusedRegions(policy),
    ...policy.promises.flatMap(promise => tierWarnings(promise, policy)),
    ...policy.exceptions
      .filter(({ when }) => isEverything(when))
      .map(({ name }) => `exceptions.${name}: excuses every handoff; say which with when`),
  ]
}

const GROUPS = ['people', 'teams', 'countries'] as const

function calendarWarnings(calendar: WorkCalendar, earlier: readonly WorkCalendar[]): string[] {
  const place = `calendars.${calendar.name}`
  if (calendar.name === 'default') return []
  if (GROUPS.every(group => calendar.for[group].length === 0)) {
    return [`${place}: nobody works by it; say who with for`]
  }
  return GROUPS.flatMap(group =>
    calendar.for[group].flatMap(one => {
      const other = earlier.find(({ for: theirs }) => theirs[group].includes(one))
      return other
        ? [`${place}.for.${group}: ${one} works by calendars.${other.name}, which comes first`]
        : []
    }),
  )
}

function unusedRegions({ holidays, calendars }: Policy): string[] {
  const used = new Set(calendars.flatMap(calendar => calendar.holidays))
  return Object.keys(holidays)
    .filter(region => !used.has(region))
    .map(region => `holidays.${region}: no calendar takes them; name the region in holidays of one`)
}

function tierWarnings({ name, tiers }: PromiseRule, { dimensions }: Policy): string[] {
  return tiers.flatMap((tier, index) => {
    const place = `promises.${name}.tiers: ${tier.name}`
    const first = tiers.slice(0, index).find(other => covers(other.when, tier.when))
    if (first) return [`${place} never applies, as ${first.name} before it takes all of its handoffs`]
    return (['segment', 'score'] as const)
      .filter(one => tier.when[one] !== undefined && Object.keys(dimensions[one]).length === 0)
      .map(one => `${place} asks for the ${one}, but dimensions.${one} names no field that holds it`)
  })
}

const isEverything = (when: TierMatch): boolean => covers(when, {})

/** Whether everything that matches `b` matches `a` too. */
function covers(a: Tier['when'], b: Tier['when']): boolean {
  const lists = (['source', 'campaign', 'country', 'segment', 'team'] as const).every(dimension => {
    const [wide, narrow] = [a[dimension], b[dimension]]
    if (wide === undefined) return true
    const known = wide.map(word => word.toLowerCase())
    return narrow?.every(word => known.includes(word.toLowerCase())) ?? false
  })
  return lists && coversScore(a.score, b.score)
}

function coversScore(a: TierMatch['score'], b: TierMatch['score']): boolean {
  if (a === undefined) return true
  if (b === undefined) return false
  const low = a.atLeast === null || (b.atLeast !== null && b.atLeast >= a.atLeast)
  const high = a.atMost === null || (b.atMost !== null && b.atMost <= a.atMost)
  return low && high
}
