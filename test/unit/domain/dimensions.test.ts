import { expect, test } from 'vitest'
import type { Fact, Profile } from '../../../src/domain/facts.ts'
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
})

test('a campaign responded to by then stands in for one in the profile', () => {
  const joined = (at: number, name: string): Fact => {
    return { key: name, at: h(at), subject: LEAD, origin: 'record', kind: 'campaign', name }
  }
  const responses = [joined(-2, 'old'), joined(0, 'fair'), joined(1, 'late')]
  expect(dimensions({ campaign: null }, {}, ...responses).campaign).toBe('fair')
  expect(dimensions({ campaign: 'spring' }, {}, ...responses).campaign).toBe('spring')
})
