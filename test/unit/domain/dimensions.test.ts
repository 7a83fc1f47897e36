import { describe, expect, test } from 'vitest'
import type { Fact, Profile, Ref } from '../../../src/domain/facts.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { h, judgeFacts, only, rows } from './judged.ts'
import { CONTACT, factsOf } from './world.ts'

const base = factsOf(rows([0, 'mql']))
const LEAD = 'salesforce:lead:p1-1' as const

/** The story with other profiles on the contact and the lead. */
const dimensions = (contact: Partial<Profile>, lead: Partial<Profile>, ...more: Fact[]) => {
  const facts = base.map(fact => {
    if (fact.kind !== 'created') return fact
    return { ...fact, profile: { ...fact.profile, ...(fact.subject === CONTACT ? contact : lead) } }
  })
  const { source, campaign, country } = only(judgeFacts([...facts, ...more], h(1)))
  return { source, campaign, country }
}

test('come from the record that became MQL', () => {
  expect(dimensions({ source: 'a', country: 'DE' }, { source: 'b', country: 'FR' })).toMatchObject({
    source: 'a',
    country: 'DE',
  })
})

test('are filled from the others where that one is empty', () => {
  expect(dimensions({ source: '' }, { source: 'b' }).source).toBe('b')
  expect(dimensions({ source: null }, { source: 'b' }).source).toBe('b')
  expect(dimensions({ source: null }, { source: '' }).source).toBeNull()
  const unknown = base.filter(fact => fact.kind !== 'created' || fact.subject !== CONTACT)
  expect(only(judgeFacts(unknown, h(1))).country).toBe('DE')
})

test('a campaign responded to by then stands in for one in the profile', () => {
  const joined = (at: number, name: string): Fact => {
    return { key: name, at: h(at), subject: LEAD, origin: 'record', kind: 'campaign', name }
  }
  const responses = [joined(-2, 'annual'), joined(0, 'fair'), joined(1, 'late')]
  expect(dimensions({ campaign: null }, {}, ...responses).campaign).toBe('fair')
  expect(dimensions({ campaign: 'spring' }, {}, ...responses).campaign).toBe('spring')
  expect(dimensions({ campaign: null }, {}, ...responses.toReversed()).campaign).toBe('fair')
  const atOnce = [joined(-1, 'b'), joined(-1, 'a')]
  for (const two of [atOnce, atOnce.toReversed()])
    expect(dimensions({ campaign: null }, {}, ...two).campaign).toBe('a')
  expect(dimensions({ campaign: null }, {}, joined(1, 'late')).campaign).toBeNull()
})

test('come from the record that became MQL, whatever its name', () => {
  const mql = base.filter(fact => fact.subject === CONTACT)
  const { profile } = mql.find(fact => fact.kind === 'created')!
  const other = (subject: Ref): Fact => {
    const of = { ...profile, source: subject, campaign: null }
    return { key: 'created', at: h(0), subject, origin: 'record', kind: 'created', profile: of }
  }
  const others = [other('hubspot:contact:a'), other('hubspot:contact:z')]
  expect(only(judgeFacts([...mql, ...others], h(1))).source).toBe(profile.source)
})

describe('segment and score', () => {
  const policy = {
    ...defaultPolicy,
    dimensions: {
      segment: { salesforce: 'segment__c' },
      score: { hubspot: 'score', salesforce: 'Score__c' },
    },
  }
  const kept = (...more: Fact[]) => {
    const { segment, score } = only(judgeFacts([...base, ...more], h(9), policy))
    return { segment, score }
  }
  let count = 0
  const was = (
    subject: Ref,
    name: string,
    at: number,
    value: string | null,
    from: string | null = null,
  ): Fact => {
    const field = `property:${name}` as const
    return { key: `k${++count}`, at: h(at), subject, origin: 'history', kind: 'field', field, value, from }
  }
  const is = (subject: Ref, name: string, at: number, value: string | null): Fact => {
    const field = `property:${name}` as const
    return { key: `n${++count}`, at: h(at), subject, origin: 'record', kind: 'field_now', field, value }
  }

  test('are those of the MQL, not of today', () => {
    const scores = [
      was(CONTACT, 'score', -2, '40'),
      was(CONTACT, 'score', 0, '85', '40'),
      was(CONTACT, 'score', 2, '5', '85'),
    ]
    expect(kept(...scores)).toEqual({ segment: null, score: 85 })
    expect(kept(was(CONTACT, 'score', 1, '70'))).toEqual({ segment: null, score: null })
  })

  test('are the present ones where history is silent', () => {
    expect(kept(is(LEAD, 'Segment__c', 0, ' Enterprise '), is(CONTACT, 'score', 0, '7.5'))).toEqual({
      segment: 'Enterprise',
      score: 7.5,
    })
  })

  test('come from another record where the first has none, or none that is a number', () => {
    expect(kept(is(CONTACT, 'score', 0, 'high'), is(LEAD, 'Score__c', 0, '60')).score).toBe(60)
    expect(kept(is(CONTACT, 'score', 0, '80'), is(LEAD, 'Score__c', 0, '60')).score).toBe(80)
    expect(kept(is(LEAD, 'Segment__c', 0, ' ')).segment).toBeNull()
  })

  test('of a lead that was made only after the MQL are what it was made with', () => {
    const later = base.map(fact => (fact.subject === LEAD ? { ...fact, at: h(1) } : fact))
    const made = [was(LEAD, 'Segment__c', 3, 'Small', 'Enterprise')]
    expect(only(judgeFacts([...later, ...made], h(9), policy)).segment).toBe('Enterprise')
  })

  test('of a record that was gone by then do not count', () => {
    const gone: Fact = {
      key: 'd',
      at: h(-1),
      subject: 'salesforce:lead:old',
      origin: 'record',
      kind: 'deleted',
    }
    const old = 'salesforce:lead:old' as const
    expect(kept(is(old, 'Segment__c', -9, 'Old'), gone).segment).toBeNull()
    expect(kept(is(old, 'Segment__c', -9, 'Old'), { ...gone, at: h(0) }).segment).toBeNull()
    expect(kept(is(old, 'Segment__c', -9, 'Old'), { ...gone, at: h(1) }).segment).toBe('Old')
    expect(kept(is(old, 'Segment__c', -9, 'Old')).segment).toBe('Old')
  })
})
