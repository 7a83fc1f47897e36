import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parsePolicy } from '../../../src/policy/parse.ts'
import { warnings } from '../../../src/policy/warnings.ts'

const warned = (text: string) => warnings(parsePolicy(text, 'policy.yml'))
const tiers = (list: string, more = '') =>
  `${more}promises: { a: { from: T2, until: T3, due: 1d, tiers: [${list}] } }`
const scored = (first: string, second: string) =>
  tiers(
    `{ name: x, when: { score: { ${first} } }, due: 1h }, { name: y, when: { score: { ${second} } }, due: 2h }`,
    'dimensions: { score: { hubspot: hubspotscore } }\n',
  )
const HOURS = 'mon: [09:00-17:00]'

test('policy.yml gives none', () => {
  expect(warned(readFileSync('policy.yml', 'utf8'))).toEqual([])
})

test.each([
  [`calendars: { berlin: { ${HOURS} } }`, /^calendars\.berlin: nobody works by it/],
  [
    `calendars: { a: { ${HOURS}, for: { teams: [EMEA] } }, b: { ${HOURS}, for: { teams: [emea] } } }`,
    /^calendars\.b\.for\.teams: emea works by calendars\.a, which comes first/,
  ],
  ['holidays: { us: [07-04] }', /^holidays\.us: no calendar takes them/],
  [tiers('{ name: all, due: 1h }'), /^promises\.a\.tiers: default never applies, as all before it/],
  [
    tiers(
      '{ name: x, when: { source: [demo, web] }, due: 1h }, { name: y, when: { source: Demo, country: DE }, due: 2h }',
    ),
    /^promises\.a\.tiers: y never applies, as x before it/,
  ],
  [
    scored('at_least: 50', 'at_least: 80, at_most: 90'),
    /^promises\.a\.tiers: y never applies, as x before it/,
  ],
  ...[
    ['at_least: 50', 'at_least: 50'],
    ['at_most: 50', 'at_most: 50'],
    ['at_most: 50', 'at_least: 1, at_most: 40'],
  ].map(([wide, narrow]): [string, RegExp] => [
    scored(wide!, narrow!),
    /^promises\.a\.tiers: y never applies, as x before it/,
  ]),
  [tiers('{ name: x, when: { segment: big }, due: 1h }'), /dimensions\.segment names no field/],
  ['exceptions: { all: {} }', /^exceptions\.all: excuses every handoff/],
])('%s', (text, warning) => {
  expect(warned(text)).toEqual([expect.stringMatching(warning)])
})

test.each([
  [`calendars: { a: { ${HOURS}, for: { teams: [x] } }, b: { ${HOURS}, for: { countries: [x] } } }`],
  [`holidays: { us: [07-04] }\ncalendars: { default: { ${HOURS}, holidays: [us] } }`],
  [
    tiers(
      '{ name: x, when: { source: demo, country: DE }, due: 1h }, { name: y, when: { source: demo }, due: 2h }',
    ),
  ],
  [tiers('{ name: x, when: { source: demo }, due: 1h }, { name: y, when: { country: DE }, due: 2h }')],
  [
    tiers(
      '{ name: x, when: { source: demo }, due: 1h }, { name: y, when: { source: [demo, web] }, due: 2h }',
    ),
  ],
  [scored('at_least: 80', 'at_least: 50')],
  [scored('at_least: 0', 'at_most: 10')],
  [scored('at_most: 50', 'at_most: 60')],
  [scored('at_most: 50', 'at_least: 1')],
  ['exceptions: { customers: { when: { source: upsell } } }'],
])('nothing is said of %s', text => {
  expect(warned(text)).toEqual([])
})
