import { expect, test } from 'vitest'
import { opensAlike } from '../../../src/policy/alike.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import { unread } from '../../../src/policy/unread.ts'

const parse = (text: string) => parsePolicy(text, 'policy.yml')

const RICH = parse(`
stages: { mql: { fields: [{ all: [{ hubspot: score, at_least: 80 }, { salesforce: Rating, is: Hot }] }] } }
pauses: { ban: { when: { fields: [{ hubspot: paused, is: "yes" }, { hubspot: score, at_most: 5 }] }, cap: 5d } }
dimensions: { segment: { salesforce: Segment__c } }
holidays: { germany: { ics: [de.ics] }, us: { days: [07-04], ics: us.ics, salesforce: true } }
calendars: { default: { mon: [09:00-17:00] }, support: { salesforce: Support Hours, for: { teams: [x] } } }
people: { a@b.c: { ics: a.ics } }
`)

const NEEDS = [
  ...[
    'HubSpot field score',
    'Salesforce field Rating',
    'HubSpot field paused',
    'Salesforce field Segment__c',
  ],
  ...['Salesforce business hours Support Hours', 'the Salesforce holidays'],
  ...['calendar de.ics', 'calendar us.ics', 'calendar a.ics'],
]

test('what a policy asks for that nobody has read yet, each once', () => {
  expect(unread(RICH, [defaultPolicy])).toEqual(NEEDS)
  expect(unread(RICH, [])).toEqual(NEEDS)
  expect(unread(RICH, [defaultPolicy, RICH])).toEqual([])
  expect(unread(defaultPolicy, [])).toEqual([])
  const score = parse('dimensions: { score: { hubspot: score } }\nholidays: { de: { ics: de.ics } }')
  expect(unread(RICH, [score])).toEqual(NEEDS.filter(need => !/score|de\.ics/.test(need)))
})

test('policies open and end handoffs alike unless stages, SAL aside, or the rules on their ends differ', () => {
  const alike = (text: string) => opensAlike(parse(text), defaultPolicy)
  expect(alike('name: other\nminimum_n: 5\npromises: { a: { from: T2, until: T3, due: 1h } }')).toBe(true)
  expect(alike('stages: { sal: off }')).toBe(true)
  const { mql, ...others } = defaultPolicy.stages
  expect(opensAlike({ ...defaultPolicy, stages: { ...others, mql } }, defaultPolicy)).toBe(true)
  expect(alike('stages: { sql: { deal_opened: true } }')).toBe(false)
  expect(alike('early_days: 8')).toBe(false)
  expect(alike('expire_days: 90')).toBe(false)
  expect(alike('re_mql: { after: 1d }')).toBe(false)
})
