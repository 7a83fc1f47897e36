import type { TierMatch } from '../policy/policy.ts'
import type { Dimensions } from './dimensions.ts'

/** How an empty dimension is called in a policy and in every table. */
export const EMPTY = '(empty)'

const fits = (wanted: readonly string[] | undefined, value: string | null): boolean =>
  wanted === undefined || wanted.some(one => one.toLowerCase() === (value ?? EMPTY).toLowerCase())

/** An unknown score lies in no range. */
const lies = (range: TierMatch['score'], score: number | null): boolean =>
  range === undefined ||
  (score !== null &&
    score >= (range.atLeast ?? Number.NEGATIVE_INFINITY) &&
    score <= (range.atMost ?? Number.POSITIVE_INFINITY))

/**
 * Whether a tier or an exception is meant for such a handoff.
 * @param team finds the team of whoever owned it when the clock of the promise started; asked only when all else fits
 */
export const applies = (
  when: TierMatch,
  { source, campaign, country, segment, score }: Dimensions,
  team: () => string | null,
): boolean =>
  fits(when.source, source) &&
  fits(when.campaign, campaign) &&
  fits(when.country, country) &&
  fits(when.segment, segment) &&
  lies(when.score, score) &&
  fits(when.team, team())
