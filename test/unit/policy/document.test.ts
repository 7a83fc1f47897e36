import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { differences } from '../../../src/policy/diff.ts'
import { schemaKeys } from '../../../src/policy/json-schema.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import { warnings } from '../../../src/policy/warnings.ts'

const DOCUMENT = readFileSync('docs/policy.md', 'utf8')

/** Each example with the changes that are said to follow from it. */
const EXAMPLES = [...DOCUMENT.matchAll(/```yaml\n([\s\S]*?)```\n(?:```changes\n([\s\S]*?)```)?/g)].map(
  ([, text, changes]) => ({ text: text!, changes: changes?.trimEnd().split('\n') }),
)

/** Without the presets that every stage has in common: `stages.*.fields[].is`. Tests below `all` are as those beside it. */
const documented = (path: string): string =>
  path
    .replaceAll('<name>', '*')
    .replace(/^stages\.(?:mql|sal|sql|rejected|recycled)\./, 'stages.*.')
    .replace(/\.all\[\]\..*/, '.all')

describe('docs/policy.md', () => {
  test('has every key, and no key that there is not', () => {
    const keys = new Set(schemaKeys().map(key => documented(key.path)))
    const named = new Set(
      [...DOCUMENT.matchAll(/^\|(.*?)\|/gm)]
        .flatMap(([, cell]) => [...cell!.matchAll(/`([^`]+)`/g)])
        .map(match => match[1]!),
    )
    expect([...keys].filter(key => !named.has(key))).toEqual([])
    expect([...named].filter(key => !keys.has(key))).toEqual([])
  })

  test('has an example of every part', () => {
    const shown = EXAMPLES.map(({ text }) => text).join('\n')
    const parts = schemaKeys().filter(key => !key.path.includes('.'))
    const missing = parts.filter(({ path }) => !new RegExp(`^${path}:`, 'm').test(shown)).map(key => key.path)
    // Said in the table: the format's version, the zone of whoever has none, and what the example of persistence overrides.
    expect(missing).toEqual(['version', 'timezone', 'reassignment'])
  })
})

test.each(EXAMPLES.map(({ text, changes }) => [text, changes] as const))(
  '%s is right, and changes what it says',
  (text, changes) => {
    const draft = readDraft(text, 'docs/policy.md')
    expect(warnings(draft.policy)).toEqual([])
    if (changes) expect(differences(readDraft('', 'x').written, draft.written)).toEqual(changes)
  },
)
