import { readFile } from 'node:fs/promises'
import type { Instant } from './domain/time.ts'
import { policyInForce } from './policy/policy.ts'
import { type Draft, readDraft, saysTheSame, type Version } from './policy/versions.ts'

/**
 * The policy file; null stands for the built-in policy.
 * @param effective instead of what it says itself
 * @throws PolicyError, or what the file system says
 */
export async function readPolicyFile(file: string | null, effective?: string): Promise<Draft> {
  return file === null
    ? readDraft('', 'the built-in policy', effective)
    : readDraft(await readFile(file, 'utf8'), file, effective)
}

/** The policy file says something else than what was published last. */
export interface Drift {
  /** The version published last. */
  version: number
  /** The one in force now. */
  inForce: number
}

/** How a draft stands to what was published; null: it says the same as the last version, or there is none. */
export function driftOf(draft: Draft, versions: readonly Version[], now: Instant): Drift | null {
  const newest = versions.at(-1)
  if (!newest || saysTheSame(draft, newest)) return null
  return { version: newest.number, inForce: policyInForce(versions)(now).number }
}

/** `version 3, which is in force` */
export const driftWords = ({ version, inForce }: Drift): string =>
  version === inForce
    ? `version ${version}, which is in force`
    : `version ${version}, the last to be published (${inForce} is in force)`
