import type { Usage } from '../../domain/budget.ts'
import type { Reply } from '../wire.ts'

/**
 * The day's calls as every answer tells them: `Sforce-Limit-Info: api-usage=18/15000`, with what an app of its own may
 * use behind it. By the whole organisation, over the last 24 hours; it lags a little.
 */
export function usageOf(headers: Reply['headers']): Usage {
  const [, used, limit] = /\bapi-usage=(\d+)\/(\d+)/.exec(headers['sforce-limit-info'] ?? '') ?? []
  return Number(limit) > 0 ? { day: { used: Number(used), limit: Number(limit) } } : {}
}
