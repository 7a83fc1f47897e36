import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Fact, type Ref, ref, type StageField, type Vendor } from '../../../src/domain/facts.ts'
import { stageEvents } from '../../../src/domain/stages.ts'
import { heldIntervals } from '../../../src/domain/states.ts'
import { timelineOf } from '../../../src/domain/timeline.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import type { FieldTest } from '../../../src/policy/policy.ts'

/** Time is so short here that the oracle can look at every instant. */
const END = 24
const VALUES = ['10', '80', 'Hot', 'hot;Cold', '']
const FIELDS = ['a', 'b'] as const

interface Told {
  vendor: Vendor
  born: number
  deleted: number | null
  converted: number | null
  /** What each field was set to, in order; a field may be set several times in one instant. Null: it cannot be read. */
  fields: Record<(typeof FIELDS)[number], { at: number; value: string }[] | null>
}

const sets = fc
  .array(fc.record({ at: fc.nat(END - 2), value: fc.constantFrom(...VALUES) }), { maxLength: 6 })
  .map(list => list.sort((a, b) => a.at - b.at))

const instant = fc.option(fc.integer({ min: 1, max: END - 1 }), { freq: 2 })
const record: fc.Arbitrary<Told> = fc.record({
  vendor: fc.constantFrom('salesforce', 'hubspot'),
  born: fc.nat(6),
  deleted: instant,
  converted: instant,
  fields: fc.record({ a: fc.option(sets, { freq: 8 }), b: fc.option(sets, { freq: 8 }) }),
})

const fieldTest: fc.Arbitrary<FieldTest> = fc
  .tuple(
    fc.record({ vendor: fc.constantFrom<Vendor>('salesforce', 'hubspot'), name: fc.constantFrom('a', 'B') }),
    fc.oneof(
      fc.record({ test: fc.constantFrom('is' as const, 'is_not' as const), values: fc.constant(['HOT']) }),
      fc.record({
        test: fc.constantFrom('at_least' as const, 'at_most' as const),
        value: fc.constantFrom(9, 50),
      }),
      fc.record({ test: fc.constant('filled' as const), filled: fc.boolean() }),
    ),
  )
  .map(([field, how]) => ({ ...field, ...how }))

/** What the sets change: no change where the value stays, and none that goes back and forth within one instant. */
function changesOf(list: Told['fields']['a']): { at: number; value: string | null; from: string | null }[] {
  const changes: { at: number; value: string | null; from: string | null }[] = []
  for (const { at, value: written } of list ?? []) {
    const value = written === '' ? null : written
    const from = changes.at(-1)?.value ?? null
    const there = changes.filter(one => one.at === at)
    if (value === from || there.some(one => one.value === value || one.from === value)) continue
    changes.push({ at, value, from })
  }
  return changes
}

const nameOf = ({ vendor }: Told, place: number): Ref =>
  ref(vendor, vendor === 'salesforce' ? 'lead' : 'contact', `r${place}`)

function factsOf(told: Told, place: number): Fact[] {
  const subject = nameOf(told, place)
  const base = { subject, origin: 'history' } as const
  const profile = { email: null, name: null, company: null, country: null, source: null, campaign: null }
  const facts: Fact[] = [{ ...base, key: 'created', at: told.born, kind: 'created', profile }]
  if (told.deleted !== null) facts.push({ ...base, key: 'deleted', at: told.deleted, kind: 'deleted' })
  if (told.converted !== null) {
    facts.push({ ...base, key: 'conv', at: told.converted, kind: 'converted', contact: null, deal: null })
  }
  for (const name of FIELDS) {
    if (told.fields[name] === null) continue
    const field: StageField = `property:${name}`
    const changes = changesOf(told.fields[name])
    if (changes.length === 0)
      facts.push({ ...base, key: field, at: told.born, kind: 'field_now', field, value: null })
    changes.forEach((change, i) => {
      // Names in the opposite order of time: the order of equal instants must come from what led to what.
      facts.push({ ...base, key: `${field}:${99 - i}`, kind: 'field', field, ...change })
    })
  }
  return facts
}

/** Whether one test passes on one record at one instant, by replaying what was set. */
function passed(test: FieldTest, told: Told, at: number): boolean {
  const list = told.fields[test.name.toLowerCase() as 'a' | 'b']
  if (list === null) return false
  let value: string | null = null
  for (const change of changesOf(list)) if (change.at <= at) value = change.value
  const parts = value === null ? [] : value.toLowerCase().split(';')
  const number = value !== null && /^\d+$/.test(value) ? Number(value) : null
  if (test.test === 'is') return parts.includes('hot')
  if (test.test === 'is_not') return !parts.includes('hot')
  if (test.test === 'at_least') return number !== null && number >= test.value
  if (test.test === 'at_most') return number !== null && number <= test.value
  return (test as { filled: boolean }).filled === (value !== null)
}

function lives(told: Told, at: number): boolean {
  const known = FIELDS.flatMap(name => changesOf(told.fields[name]).map(change => change.at))
  const gone = [told.deleted, told.converted].some(end => end !== null && end <= at)
  return at >= Math.min(told.born, ...known) && !gone
}

function holds(all: readonly FieldTest[], people: readonly Told[], at: number): boolean {
  const vendors = [...new Set(all.map(one => one.vendor))]
  return vendors.every(vendor =>
    people.some(
      told =>
        told.vendor === vendor &&
        lives(told, at) &&
        all.every(one => one.vendor !== vendor || passed(one, told, at)),
    ),
  )
}

const story = fc.record({
  people: fc.array(record, { minLength: 2, maxLength: 5 }),
  all: fc.array(fieldTest, { minLength: 1, maxLength: 3 }),
  now: fc.integer({ min: END / 2, max: END }),
  seed: fc.nat(),
})

/** The same facts in some other order. */
const shuffled = (facts: readonly Fact[], seed: number): Fact[] =>
  facts
    .map((fact, i) => ({ fact, place: (Math.imul(i + 1, seed | 1) >>> 3) % 101 }))
    .sort((a, b) => a.place - b.place)
    .map(({ fact }) => fact)

test('a condition holds when a look at every instant says so, and is reached when it begins to', () => {
  let [stories, reached] = [0, 0]
  fc.assert(
    fc.property(story, ({ people, all, now, seed }) => {
      const facts = people.flatMap(factsOf)
      const line = timelineOf(shuffled(facts, seed))
      const predicate = { preset: 'condition', all } as const
      const instants = Array.from({ length: now + 1 }, (_, at) => at)
      const expected = instants.filter(at => holds(all, people, at))

      const spans = heldIntervals([predicate], line, now)
      expect(
        instants.filter(at => spans.some(({ from, to }) => from <= at && (to === null || at < to))),
      ).toEqual(expected)

      const policy = { ...defaultPolicy, stages: { ...defaultPolicy.stages, mql: [predicate] } }
      const events = stageEvents(line, now, () => policy).filter(({ what }) => what === 'condition')
      const rising = expected.filter(at => at === 0 || !holds(all, people, at - 1))
      expect(events.map(({ at }) => at)).toEqual(rising)
      const ids = new Map(facts.map(fact => [`${fact.subject}#${fact.key}`, fact.at]))
      for (const { at, id, field } of events) if (field !== null) expect(ids.get(id)).toBe(at)
      stories++
      reached += events.length
    }),
    { numRuns: 2_000, seed: 7 },
  )
  expect(reached).toBeGreaterThan(stories / 8)
}, 60_000)
