import { DAY, type Instant, iso } from '../domain/time.ts'
import { policyHash } from '../policy/hash.ts'
import { type Draft, looksElsewhere, reignOf, saysTheSame, type Version } from '../policy/versions.ts'
import type { Database, Queryable } from '../store/db.ts'
import {
  addVersion,
  countGoverned,
  type Governed,
  lockVersions,
  markGoverned,
  readVersions,
} from '../store/policies.ts'
import { markEverybody } from '../store/stale.ts'

/** The policy was not published; the message says why and what to do. Nothing was changed. */
export class PublishRefused extends Error {
  override name = 'PublishRefused'
}

/**
 * Puts the policy in force if none was ever published.
 * @returns all versions, in the order of publication
 */
export async function adopt(db: Database, draft: Draft, now: Instant): Promise<Version[]> {
  const known = await readVersions(db)
  if (known.length > 0) return known
  return await db.tx(async tx => {
    await lockVersions(tx)
    const others = await readVersions(tx)
    if (others.length > 0) return others
    await markEverybody(tx)
    return [await add(tx, draft, 1, now)]
  })
}

export interface PublishOptions {
  now: Instant
  /** The number of the newest version that the caller saw; 0: there was none. */
  seen: number
  /** Hold handoffs that exist already to the new version. */
  rewriteHistory: boolean
}

export interface Published {
  version: Version
  /** False: the newest version says the same, nothing was changed. */
  added: boolean
  /** Persons who are judged again. */
  marked: number
  /** The next version takes over then; Infinity: there is none. */
  until: Instant
}

/**
 * Puts a policy in force beside those published before: for the MQLs from its effective instant on, until that of the
 * next version. Whoever judges at this moment is waited for, and judges the persons concerned again.
 * @throws PublishRefused when it would rewrite history, change the names of fields, or when somebody else was quicker
 */
export async function publish(
  db: Database,
  draft: Draft,
  { now, seen, rewriteHistory }: PublishOptions,
): Promise<Published> {
  return await db.tx(async tx => {
    await lockVersions(tx)
    const versions = await readVersions(tx)
    const reign = reignOf(draft.policy.effective, versions)
    const newest = versions.at(-1)
    if (newest && newest.number > seen) throw overtaken(newest)
    if (newest && saysTheSame(draft, newest)) {
      return { version: newest, added: false, marked: 0, until: reign.until }
    }
    if (newest) checkPrefix(draft, newest)
    const elsewhere = reign.from <= now && looksElsewhere(draft.policy, versions)
    const governed = await countGoverned(tx, reign)
    if (newest && !rewriteHistory) checkHistory(draft, { governed, elsewhere, now })
    const marked = elsewhere ? await markEverybody(tx) : await markGoverned(tx, reign)
    return {
      version: await add(tx, draft, (newest?.number ?? 0) + 1, now),
      added: true,
      marked,
      until: reign.until,
    }
  })
}

async function add(tx: Queryable, draft: Draft, number: number, now: Instant): Promise<Version> {
  const { effective } = draft.policy
  const version = { ...draft, number, hash: policyHash(draft.policy), effective, publishedAt: now }
  await addVersion(tx, version)
  return version
}

const overtaken = ({ number, policy }: Version) =>
  new PublishRefused(
    `version ${number} "${policy.name}" was published meanwhile; leadtime policy diff shows how yours differs from it`,
  )

function checkPrefix({ file, policy }: Draft, { number, policy: { write } }: Version): void {
  if (policy.write.prefix === write.prefix) return
  throw new PublishRefused(
    `${file}: write.prefix: "${policy.write.prefix}", expected ${write.prefix} as in version ${number}: the fields in both CRMs ` +
      'are named by it, so another one would leave the verdicts in them as they stand and need new fields beside them',
  )
}

interface History {
  governed: Governed
  elsewhere: boolean
  now: Instant
}

function checkHistory({ file, policy }: Draft, { governed, elsewhere, now }: History): void {
  const { handoffs, first, anybody } = governed
  if (handoffs === 0 && !(elsewhere && anybody)) return
  const many = handoffs === 1 ? '1 handoff' : `${handoffs.toLocaleString('en')} handoffs`
  const what =
    handoffs === 0
      ? 'would look for handoffs in the past by other rules'
      : `would govern ${many} that ${handoffs === 1 ? 'exists' : 'exist'} already, the first from ${day(first!)}`
  throw new PublishRefused(
    `${file}: effective: ${moment(policy.effective)} ${what}; let it begin later (--effective ${day(now + DAY)}), ` +
      'or judge them again by it with --rewrite-history',
  )
}

const day = (at: Instant): string => iso(at)!.slice(0, 10)

/** `2026-07-01`, or with the time of day where there is one. */
const moment = (at: Instant): string => (at % DAY === 0 ? day(at) : iso(at)!)
