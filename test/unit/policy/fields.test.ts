import { expect, test } from 'vitest'
import { extraFields } from '../../../src/policy/fields.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'

const fields = (...texts: string[]) => extraFields(texts.map(text => parsePolicy(text, 'policy.yml')))

test('the presets need no more than what is read anyway', () => {
  expect(fields('')).toEqual({ salesforce: [], hubspot: [] })
})

test('the fields of conditions and dimensions, of every version, each once and with the place that names it', () => {
  const first = `
stages:
  mql: { fields: [{ all: [{ hubspot: score, at_least: 80 }, { salesforce: Rating, is: Hot }] }] }
  sal: { fields: [{ salesforce: rating, is_not: Cold }] }
pauses:
  event ban: { when: { fields: [{ hubspot: paused, is: "yes" }], salesforce_status: [Parked] }, cap: 5d }
`
  const second =
    'dimensions: { segment: { salesforce: Segment__c, hubspot: score }, score: { hubspot: fit } }'
  expect(fields(first, second)).toEqual({
    salesforce: [
      { name: 'Rating', key: 'stages.mql' },
      { name: 'Segment__c', key: 'dimensions.segment' },
    ],
    hubspot: [
      { name: 'fit', key: 'dimensions.score' },
      { name: 'paused', key: 'pauses.event ban' },
      { name: 'score', key: 'stages.mql' },
    ],
  })
  expect(fields(second, first).hubspot.find(({ name }) => name === 'score')?.key).toBe('dimensions.segment')
})
