import { canonical } from './hash.ts'
import type { Policy } from './policy.ts'

/**
 * Whether two policies open and end handoffs by the same rules, so that the same handoffs exist under both. The order of
 * keys makes no difference: the database does not keep it.
 */
export const opensAlike = (one: Policy, other: Policy): boolean => rules(one) === rules(other)

function rules({ stages: { sal: _, ...stages }, earlyMs, expireMs, reMql }: Policy): string {
  return canonical({ stages, earlyMs, expireMs, reMql })
}
