import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Fact, idOf, type ObjectName, type Ref, ref } from '../../../src/domain/facts.ts'
import { HOUR, type Instant } from '../../../src/domain/time.ts'
import { type Context, Tally } from '../../../src/pipeline/context.ts'
import { explainPerson, type PersonExplanation, Unanswerable } from '../../../src/pipeline/explain.ts'
import { judge } from '../../../src/pipeline/judge.ts'
import { link } from '../../../src/pipeline/link.ts'
import { adopt } from '../../../src/pipeline/publish.ts'
import { pull } from '../../../src/pipeline/pull.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import type { Database } from '../../../src/store/db.ts'
import { readKnownFacts, readPersonFacts } from '../../../src/store/facts.ts'
import { LATEST } from '../../../src/store/known.ts'
import { sql } from '../../../src/store/sql.ts'
import { testDatabase } from '../database.ts'
import { at, NOW } from './company.ts'
import { call, contact, FakeCrm, lead, user } from './fake-crm.ts'

/** Both CRMs on one database, and a clock that only goes forward. */
interface Firm {
  db: Database
  salesforce: FakeCrm
  hubspot: FakeCrm
  clock: { now: Instant }
  context: Context
}

async function firm(): Promise<Firm> {
  const db = await testDatabase()
  const salesforce = new FakeCrm('salesforce', ['user', 'lead', 'deal', 'task'], ['lead'])
  const hubspot = new FakeCrm('hubspot', ['user', 'contact'], ['contact'])
  const clock = { now: NOW }
  await adopt(db, readDraft('', 'policy.yml'), NOW)
  const context: Context = {
    ...{ db, crms: [salesforce, hubspot], now: () => clock.now, tally: new Tally() },
    ...{ log: { info: () => {}, warn: () => {} }, signal: new AbortController().signal },
  }
  return { db, salesforce, hubspot, clock, context }
}

async function pullAll({ context, salesforce, hubspot }: Firm): Promise<void> {
  for (const crm of [hubspot, salesforce]) for (const object of crm.objects) await pull(context, crm, object)
}

const linkAll = ({ context }: Firm) => link(context)
const judgeAll = ({ context }: Firm) => judge(context)

type Told = PersonExplanation | 'unknown' | 'gone'

async function ask(db: Database, person: number, now: Instant, then: Instant | null = null): Promise<Told> {
  try {
    return (await explainPerson(db, person, { now, at: then })) ?? 'unknown'
  } catch (error) {
    if (!(error instanceof Unanswerable) || error.why === 'future') throw error
    return error.why
  }
}

async function everybody({ db }: Firm): Promise<number[]> {
  const { rows } = await db.query<{ person: number }>(sql`
    select distinct person from person_record_ever order by person`)
  return rows.map(row => row.person)
}

/** What is known of a person now, read as judging reads it. */
async function sameFacts({ db }: Firm, person: number): Promise<void> {
  const ids = (facts: readonly Fact[] = []) =>
    facts.map(fact => `${idOf(fact)} ${JSON.stringify(fact)}`).sort()
  const judged = (await readPersonFacts(db, [person])).get(person)
  expect(ids(await readKnownFacts(db, person, LATEST))).toEqual(ids(judged))
}

const USERS = ['u1', 'u2'] as const
const who = (n: number): Ref => ref('salesforce', 'user', USERS[n % 2]!)

/** Something that changes in a CRM: numbers choose among few records, so that changes meet. */
type Step =
  | { do: 'contact'; id: number; email: number; mql: number; owner: number; deleted: boolean }
  | { do: 'lead'; id: number; email: number; owner: number }
  | { do: 'merged'; id: number; into: number }
  | { do: 'call'; id: number; about: number; hour: number; actor: number }
  | { do: 'uncalled'; id: number }
  | { do: 'deal'; id: number; members: number[]; won: boolean }
  | { do: 'user'; id: number; active: boolean; name: number }
  | { do: 'owner'; email: number }

const few = (max: number) => fc.integer({ min: 0, max })
const kind = <K extends Step['do']>(name: K, rest: object) => fc.record({ do: fc.constant(name), ...rest })
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: kind('contact', {
      id: few(2),
      email: few(2),
      mql: few(3),
      owner: few(1),
      deleted: few(5).map(n => n === 0),
    }),
  },
  { weight: 3, arbitrary: kind('lead', { id: few(1), email: few(2), owner: few(1) }) },
  { weight: 1, arbitrary: kind('merged', { id: few(2), into: few(2) }) },
  { weight: 2, arbitrary: kind('call', { id: few(1), about: few(1), hour: few(40), actor: few(1) }) },
  { weight: 1, arbitrary: kind('uncalled', { id: few(1) }) },
  { weight: 5, arbitrary: kind('deal', { id: few(0), members: fc.uniqueArray(few(2)), won: fc.boolean() }) },
  { weight: 1, arbitrary: kind('user', { id: few(1), active: fc.boolean(), name: few(2) }) },
  { weight: 1, arbitrary: kind('owner', { email: few(2) }) },
) as fc.Arbitrary<Step>

/** Lets it happen among the records of one history; `run` keeps histories apart. */
function happen({ salesforce, hubspot }: Firm, run: number, now: Step): void {
  const name = (n: number) => `${run}x${n}`
  const email = (n: number) => `p${n}-${run}@example.com`
  const person = (n: number) => ref('hubspot', 'contact', name(n))
  switch (now.do) {
    case 'contact': {
      const mql = now.mql === 0 ? null : at('18T09:00') + now.mql * HOUR
      const owner = now.owner === 0 ? ref('hubspot', 'user', 'h1') : null
      const made = contact(name(now.id), mql, { email: email(now.email), ...(owner && { owner }) })
      const gone: Fact = {
        key: 'deleted',
        kind: 'deleted',
        at: at('19T09:00'),
        subject: person(now.id),
        origin: 'record',
      }
      if (now.deleted) made.facts.push(gone)
      hubspot.put({ ...made, deleted: now.deleted })
      return
    }
    case 'lead':
      salesforce.put(lead(name(now.id), { email: email(now.email), owner: who(now.owner) }))
      return
    case 'merged':
      if (now.id === now.into) return
      hubspot.put({
        ...{ object: 'contact', id: name(now.id), deleted: true },
        identity: [
          { key: person(now.id), reason: 'self' },
          { key: person(now.into), reason: 'merge' },
        ],
      })
      return
    case 'call':
      salesforce.put(
        call(
          name(now.id),
          ref('salesforce', 'lead', name(now.about)),
          at('18T10:00') + now.hour * HOUR,
          who(now.actor),
        ),
      )
      return
    case 'uncalled':
      salesforce.put({ object: 'task', id: name(now.id) })
      return
    case 'deal':
      salesforce.put(deal(name(now.id), now.members.map(person), now.won))
      return
    case 'user': {
      const made = user(USERS[now.id]!, now.active)
      const rep = { ...made.rep, name: `Rep ${now.name}`, email: `u${now.name}@sales.example` }
      salesforce.put({ ...made, fields: { name: now.name, active: now.active }, rep })
      return
    }
    case 'owner': {
      const self = ref('hubspot', 'user', 'h1')
      const rep = { ...user('h1').rep, ref: self, email: `u${now.email}@sales.example` }
      hubspot.put({ object: 'user', id: 'h1', fields: { email: rep.email }, rep })
    }
  }
}

function deal(id: string, members: readonly Ref[], won: boolean) {
  const self = ref('salesforce', 'deal', id)
  const step = (name: 'opened' | 'won', when: Instant): Fact => ({
    ...{ key: name, kind: 'deal', step: name, at: when, subject: self, origin: 'record' },
    ...{ stage: name, amountMinor: 100_00, owner: who(1), reason: null },
  })
  const facts = [step('opened', at('19T10:00')), ...(won ? [step('won', at('20T10:00'))] : [])]
  return {
    ...{ object: 'deal' as ObjectName, id, fields: { won }, facts },
    memberships: members.map(member => ({ deal: self, member })),
  }
}

test('whoever asks for a past instant hears what was said at that instant', {
  timeout: 300_000,
}, async () => {
  const it = await firm()
  let run = 0
  let told = 0
  const seen = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, few(30)), { minLength: 5, maxLength: 12 }), async steps => {
      run++
      const start = it.clock.now
      const before = new Set(await everybody(it))
      const mine = async () => (await everybody(it)).filter(person => !before.has(person))
      const said = new Map<Instant, Map<number, Told>>()
      const note = async () => {
        const all = new Map<number, Told>()
        for (const person of await mine()) {
          all.set(person, await ask(it.db, person, it.clock.now))
          await sameFacts(it, person)
        }
        said.set(it.clock.now, all)
      }
      for (const [now, hours] of steps) {
        happen(it, run, now)
        it.clock.now += hours * HOUR + 1
        await note()
        for (const stage of [pullAll, linkAll, judgeAll]) {
          it.clock.now += 1
          await stage(it)
          await note()
        }
      }
      it.clock.now += HOUR
      for (const [then, answers] of said) {
        for (const person of await mine()) {
          const answer = await ask(it.db, person, it.clock.now, then)
          const live = answers.get(person) ?? 'unknown'
          // Comparing quickly first: a difference is written out only where there is one.
          if (!isDeepStrictEqual(answer, live)) expect([then - start, answer]).toEqual([then - start, live])
          seen.add(typeof answer === 'string' ? answer : 'told')
          told++
        }
      }
    }),
    // Not made smaller: every try adds to the database and takes longer.
    { numRuns: 14, seed: 12, endOnFailure: true },
  )
  expect(told).toBeGreaterThan(500)
  expect([...seen].sort()).toEqual(['gone', 'told', 'unknown'])
  for (const past of ['fact', 'person_record', 'membership', 'rep'] as const) {
    const { rows } = await it.db.query<{ rows: number }>({
      text: `select count(*) as rows from ${past}_past`,
      values: [],
    })
    expect([past, rows[0]!.rows > 3]).toEqual([past, true])
  }
})
