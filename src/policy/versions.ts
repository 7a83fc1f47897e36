import type { Instant } from '../domain/time.ts'
import { policyHash } from './hash.ts'
import { parsePolicy, readWritten } from './parse.ts'
import { type Policy, policyInForce } from './policy.ts'
import { resolvePolicy } from './resolve.ts'
import type { PolicyFile } from './schema.ts'

/** A policy as somebody wrote it, checked and not yet published. */
export interface Draft {
  /** How it is called, as in errors. */
  file: string
  /** As written, with comments. */
  text: string
  /** Every key with its value, defaults filled in; read again it is the same policy. */
  written: PolicyFile
  policy: Policy
}

/** A published policy. */
export interface Version extends Draft {
  /** 1, 2, 3 … in the order of publication. */
  number: number
  hash: string
  effective: Instant
  publishedAt: Instant
}

/**
 * Reads and checks a policy.
 * @param effective instead of what it says itself
 * @throws PolicyError
 */
export function readDraft(text: string, file: string, effective?: string): Draft {
  const read = readWritten(text, file)
  const written = effective === undefined ? read : { ...read, effective }
  return { file, text, written, policy: resolvePolicy(written, file) }
}

/**
 * Whether a draft says what a version says, or what was written when that was published with an effective date of its own.
 * Comments, order of keys and spelling of durations make no difference.
 */
export function saysTheSame({ policy }: Draft, version: Version): boolean {
  const hash = policyHash(policy)
  return hash === policyHash(version.policy) || hash === policyHash(parsePolicy(version.text, version.file))
}

/** MQLs from `from` on and before `until`. */
export interface Reign {
  from: Instant
  until: Instant
}

/** The MQLs that one more version would govern: from its effective instant until the next one's; the earliest has all before it too. */
export function reignOf(effective: Instant, versions: readonly { effective: Instant }[]): Reign {
  const others = versions.map(one => one.effective)
  return {
    from: others.some(one => one < effective) ? effective : Number.NEGATIVE_INFINITY,
    until: Math.min(...others.filter(one => one > effective), Number.POSITIVE_INFINITY),
  }
}

/**
 * Whether one more version would, in its reign, find other handoffs or owners than the version that held until now:
 * then it is not enough to look at the handoffs there are.
 */
export function looksElsewhere(policy: Policy, versions: readonly Version[]): boolean {
  if (versions.length === 0) return true
  const before = policyInForce(versions)(policy.effective).policy
  const rules = ({ stages, reMql }: Policy) => JSON.stringify([stages, reMql])
  return rules(before) !== rules(policy)
}

/** The version that was asked for does not exist. */
export class NoVersion extends Error {
  override name = 'NoVersion'
}

/** A version by its number. @throws NoVersion naming those there are */
export function versionByNumber<V extends { number: number }>(versions: readonly V[], number: number): V {
  const found = versions.find(one => one.number === number)
  if (found) return found
  const there = versions.length === 1 ? 'there is only 1' : `there are 1 to ${versions.length}`
  throw new NoVersion(`no policy version ${number} was published; ${there}`)
}
