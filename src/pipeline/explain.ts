import { type Explanation, explain } from '../domain/explain.ts'
import { type Fact, type Profile, parseRef, type Ref } from '../domain/facts.ts'
import type { Who } from '../domain/intervals.ts'
import { type Instant, iso } from '../domain/time.ts'
import { kindOfRecord } from '../domain/wording.ts'
import { readAlmanac } from '../store/almanac.ts'
import type { Database, Queryable } from '../store/db.ts'
import { type LinkedRecord, readKnownSpan, readLinkedRecords } from '../store/explain.ts'
import { readKnownFacts } from '../store/facts.ts'
import { LATEST } from '../store/known.ts'
import { readPolicyAt } from '../store/policies.ts'
import { readDirectory } from '../store/reps.ts'
import { readByIndex } from '../store/stale.ts'

/** Everything to know about one person: who it is, why their records are one person, and why the verdicts are what they are. */
export interface PersonExplanation extends Explanation {
  person: number
  /** From what was known at this instant; `asOf` is the instant at which it is judged. */
  knownAt: Instant
  name: string | null
  company: string | null
  email: string | null
  source: string | null
  owner: Who | null
  records: ExplainedRecord[]
}

export interface ExplainedRecord {
  ref: Ref
  /** `Salesforce lead`. */
  kind: string
  /** Why it belongs to the person, in words. */
  why: string
  deleted: boolean
}

/** When a person is to be judged, and from whose knowledge. */
export interface Question {
  now: Instant
  /** Judged at this instant, from what was known then; null or absent: now. */
  at?: Instant | null
  /** Judged at `at` from what is known now. */
  hindsight?: boolean
}

/** The question has no answer; the message says why and what can be asked instead. */
export class Unanswerable extends Error {
  override name = 'Unanswerable'
  readonly why: 'future' | 'unknown' | 'gone'
  /** The persons to whom the records of one that is gone belong now. */
  readonly heirs: readonly number[]

  constructor(why: Unanswerable['why'], message: string, heirs: readonly number[] = []) {
    super(message)
    this.why = why
    this.heirs = heirs
  }
}

/**
 * Explains a person from the database alone, as it stands or as it stood; null: there never was such a person.
 * @throws Unanswerable when the instant has not come yet, or nobody was known by that number then
 */
export async function explainPerson(
  db: Database,
  person: number,
  { now, at = null, hindsight = false }: Question,
): Promise<PersonExplanation | null> {
  if (at !== null && at > now) {
    throw new Unanswerable('future', `${iso(at)} has not come yet; ask for an instant up to now, ${iso(now)}`)
  }
  const asOf = at ?? now
  const knownAt = at === null || hindsight ? LATEST : at
  return await db.tx(tx => read(tx, person, { asOf, knownAt, saidAt: knownAt === LATEST ? now : at! }))
}

interface Instants {
  asOf: Instant
  knownAt: Instant
  /** `knownAt` as told: the present is an instant too. */
  saidAt: Instant
}

async function read(db: Queryable, person: number, instants: Instants): Promise<PersonExplanation | null> {
  const { asOf, knownAt, saidAt } = instants
  await readByIndex(db)
  const records = await readLinkedRecords(db, person, knownAt)
  if (records.length === 0) return await nobody(db, person, saidAt)
  const policyAt = await readPolicyAt(db, knownAt)
  const facts = await readKnownFacts(db, person, knownAt)
  const directory = await readDirectory(db, knownAt)
  const almanac = await readAlmanac(db)
  const told = explain({ facts, policyAt, directory, almanac, now: asOf })
  const last = told.handoffs.at(-1)
  const { name, company, email, source } = profileOf(facts)
  return {
    person,
    knownAt: saidAt,
    ...{ name, company, email, source: last?.source ?? source, owner: last?.owner ?? null },
    records: records.map(record => ({
      ref: record.ref,
      kind: kindOfRecord(record.ref),
      why: records.length === 1 ? 'the only record of this person' : whyLinked(record),
      deleted: isDeleted(record.ref, facts),
    })),
    ...told,
  }
}

async function nobody(db: Queryable, person: number, at: Instant): Promise<null> {
  const span = await readKnownSpan(db, person)
  if (span === null) return null
  const { from, until, heirs } = span
  if (at < from) {
    throw new Unanswerable(
      'unknown',
      `nothing was known of person ${person} on ${iso(at)}; the earliest instant that can be asked is ${iso(from)}, or ask with hindsight, from what is known now`,
    )
  }
  const whose = `its records belong to person ${heirs.join(' and ')} now`
  const remedy = `ask for that one, or for an instant from ${iso(from)} until then`
  throw new Unanswerable(
    'gone',
    `person ${person} is no more since ${iso(until)}; ${whose}; ${remedy}`,
    heirs,
  )
}

/** Its own facts say so; a record that was merged away has none left. */
function isDeleted(ref: Ref, facts: readonly Fact[]): boolean {
  const own = facts.filter(fact => fact.source === ref)
  return own.some(fact => fact.kind === 'deleted') || !own.some(fact => fact.kind === 'created')
}

/** What the records say of the human; what the newest kind of record leaves empty comes from the others. */
function profileOf(facts: readonly Fact[]): Profile {
  const profiles = facts
    .filter(fact => fact.kind === 'created')
    .sort((a, b) => (a.subject < b.subject ? 1 : -1))
    .map(fact => fact.profile)
  const first = (field: keyof Profile) => profiles.find(profile => profile[field])?.[field] ?? null
  return {
    ...{ email: first('email'), name: first('name'), company: first('company') },
    ...{ country: first('country'), source: first('source'), campaign: first('campaign') },
  }
}

/** Why a record belongs to its person. */
function whyLinked({ reason, key }: LinkedRecord): string {
  const [, , ...id] = key.split(':')
  const of = id.length > 0 ? `${kindOfRecord(key as Ref)} ${parseRef(key as Ref).id}` : key
  switch (reason) {
    case 'email':
      return `same e-mail address, ${key.slice('email:'.length)}`
    case 'conversion':
      return `the lead was converted: ${of}`
    case 'merge':
      return `merged in the CRM: ${of}`
    case 'linked_id':
      return `one holds the id of the other: ${of}`
    case 'self':
      return 'tied by the others'
  }
}
