import type { Policy } from './policy.ts'

const OFFSET = 0xcbf29ce484222325n
const PRIME = 0x100000001b3n
const MASK = 0xffffffffffffffffn

/** JSON with the keys of every object in order, so that equal policies give equal text. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`
}

/** FNV-1a over the resolved policy, 16 hex digits: tells versions apart; no protection against anybody. */
export function policyHash(policy: Policy): string {
  let hash = OFFSET
  for (const character of canonical(policy)) {
    hash = ((hash ^ BigInt(character.codePointAt(0)!)) * PRIME) & MASK
  }
  return hash.toString(16).padStart(16, '0')
}
