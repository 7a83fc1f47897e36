import type { Usage } from '../../domain/budget.ts'
import type { Reply } from '../wire.ts'

const PREFIX = 'x-hubspot-ratelimit-'

/**
 * What the headers of an answer say: the day's calls of the account (not for OAuth apps), and the window of ten seconds
 * of this app. Answers to searches have none.
 */
export function usageOf(headers: Reply['headers']): Usage {
  const number = (name: string): number => Number(headers[PREFIX + name] ?? Number.NaN)
  const [limit, left] = [number('daily'), number('daily-remaining')]
  const [max, remaining] = [number('max'), number('remaining')]
  return {
    ...(limit > 0 && left >= 0 && { day: { used: Math.max(0, limit - left), limit } }),
    ...(max > 0 && remaining >= 0 && { burst: { max, remaining } }),
  }
}
