import { expect, test } from 'vitest'
import { neglectText } from '../../../src/cli/neglected.ts'
import { NOW } from '../http/company.ts'
import { neglectOf, unneglected } from '../http/neglect.ts'

test('two tables that can be read at a glance', () => {
  const text = neglectText(neglectOf({ after: null, reason: 'open', limit: 3 }), NOW, 'Europe/Berlin')
  expect(text).toBe(
    [
      'Falling behind: more than 30 % of the leads due in the last 14 days without an attempt',
      '  Rep                       Due  No attempt   Share  Since (Europe/Berlin)',
      '  Jonas Weber                19          14    74 %  Sun 3 May 2026 16:20',
      '  Kenji Mori                 24           9    38 %  Thu 7 May 2026 16:20',
      '',
      'Dropped: 7 open, the latest first',
      '  Lead                                  Person  Why                    For  Owner',
      '  Ines Carvalho, Porto Shipping            100  Owner is inactive      9 h  Colin Marsh',
      '  Erik Sandström, Norrland Timber          101  No owner              31 h  nobody',
      '  Ben Whitaker, Pennine Foods              103  Owner is inactive   4 days  Colin Marsh',
      '  … 4 more',
      '',
      '2 more were closed without an attempt.',
      '',
    ].join('\n'),
  )
})

test('a long name is cut, and nobody is said to be nobody', () => {
  const long = 'Bundesausbildungsförderungsgesetzbeauftragtenbüro'
  const found = neglectOf({ after: null, reason: 'open', limit: 1 })
  const rows = found.rows.map(row => ({ ...row, name: long, owner: { ...row.owner!, name: long } }))
  const lines = neglectText({ ...found, rows }, NOW, 'UTC').split('\n')
  expect(lines.filter(line => line.length > 100)).toEqual([])
  expect(lines.join('\n')).toContain('Bundesausbildungsförderungsgesetzbe…')
  expect(neglectText(unneglected(), NOW, 'UTC')).toMatch(
    /attempt\n {2}nobody\n\nDropped: 0 open.*\n {2}none\n$/,
  )
})
