import { expect, test } from 'vitest'
import { readNeedle } from '../../../src/store/needle.ts'

const names = (text: string) => readNeedle(text)?.refs.map(one => one.from)

test('an e-mail address is compared in lower case', () => {
  expect(readNeedle(' Ada@Example.com ')).toEqual({ person: null, email: 'ada@example.com', refs: [] })
})

test('15 and 18 characters of a Salesforce id mean the same', () => {
  expect(names('00Q5g00000AbCdEEAV')).toEqual(names('00Q5g00000AbCdE'))
  expect(names('00Q5g00000AbCdE')).toContain('salesforce:lead:00Q5g00000AbCdE')
  expect(names('salesforce:lead:00Q5g00000AbCdEEAV')).toEqual(['salesforce:lead:00Q5g00000AbCdE'])
})

test('digits are a HubSpot record or the number of a person', () => {
  expect(readNeedle('51')?.person).toBe(51)
  expect(names('51')).toContain('hubspot:contact:51')
  expect(readNeedle('person:51')).toEqual({ person: 51, email: null, refs: [] })
  expect(names('hubspot:contact:51')).toEqual(['hubspot:contact:51'])
  expect(names('contact:51')).toContain('hubspot:contact:51')
})

test.each(['', 'ada', 'a b', '@', 'person:x', "x' or 1=1"])(
  '%j is nothing a person can be found by',
  text => {
    expect(readNeedle(text)).toBeNull()
  },
)
