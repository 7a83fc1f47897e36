import { type Explanation, explain } from '../domain/explain.ts'
import { type Fact, type Profile, parseRef, type Ref } from '../domain/facts.ts'
import type { Who } from '../domain/intervals.ts'
import type { Instant } from '../domain/time.ts'
import { kindOfRecord } from '../domain/wording.ts'
import { policyInForce } from '../policy/policy.ts'
import { readAlmanac } from '../store/almanac.ts'
import type { Database, Queryable } from '../store/db.ts'
import { type LinkedRecord, readLinkedRecords, readPolicyInUse } from '../store/explain.ts'
import { readPersonFacts } from '../store/facts.ts'
import { readDirectory } from '../store/reps.ts'

/** Everything to know about one person: who it is, why their records are one person, and why the verdicts are what they are. */
export interface PersonExplanation extends Explanation {
  person: number
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

/** Explains a person as of `now`, from the database alone; null: there is no such person. */
export async function explainPerson(
  db: Database,
  person: number,
  now: Instant,
): Promise<PersonExplanation | null> {
  return await db.tx(tx => read(tx, person, now))
}

async function read(db: Queryable, person: number, now: Instant): Promise<PersonExplanation | null> {
  const records = await readLinkedRecords(db, person)
  const policy = records.length > 0 ? await readPolicyInUse(db) : null
  if (policy === null) return null
  const facts = (await readPersonFacts(db, [person])).get(person) ?? []
  const directory = await readDirectory(db)
  const almanac = await readAlmanac(db)
  const told = explain({ facts, policyAt: policyInForce([policy]), directory, almanac, now })
  const last = told.handoffs.at(-1)
  const { name, company, email, source } = profileOf(facts)
  return {
    person,
    ...{ name, company, email, source: last?.source ?? source, owner: last?.owner ?? null },
    records: records.map(record => ({
      ref: record.ref,
      kind: kindOfRecord(record.ref),
      why: records.length === 1 ? 'the only record of this person' : whyLinked(record),
      deleted: record.deleted,
    })),
    ...told,
  }
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
