import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { policySchema, schemaKeys } from '../../../src/policy/json-schema.ts'

const COMMITTED = 'docs/policy.schema.json'

test('the committed JSON Schema is that of the policy', () => {
  // After a change: npm run --silent leadtime -- policy schema > docs/policy.schema.json
  expect(JSON.parse(readFileSync(COMMITTED, 'utf8'))).toEqual(JSON.parse(JSON.stringify(policySchema())))
})

test('policy.yml tells editors where it is', () => {
  expect(readFileSync('policy.yml', 'utf8').split('\n')[0]).toBe(
    `# yaml-language-server: $schema=${COMMITTED}`,
  )
})

test('every key has a description, and the keys of records and lists are found', () => {
  const keys = schemaKeys()
  expect(keys.filter(key => key.description === null)).toEqual([])
  expect(keys.map(key => key.path)).toEqual(
    expect.arrayContaining([
      'stages.mql.fields[].all[].at_least',
      'promises.<name>.tiers[].when.source',
      'write.prefix',
    ]),
  )
})

describe('a validator that knows nothing else', () => {
  const require = createRequire(import.meta.resolve('fastify'))
  const Ajv = require('ajv') as new (
    options: object,
  ) => { compile(schema: object): ((data: unknown) => boolean) & { errors?: { instancePath: string }[] } }
  const validate = new Ajv({ strict: false }).compile(policySchema())
  const places = (text: string) => {
    validate(parse(text))
    return (validate.errors ?? []).map(error => error.instancePath)
  }

  test('accepts policy.yml and an empty mapping', () => {
    expect(places(readFileSync('policy.yml', 'utf8'))).toEqual([])
    expect(places('{}')).toEqual([])
  })

  test.each([
    ['nmae: x', ''],
    ['promises: { a: { from: T2, until: T9, due: 1h } }', '/promises/a/until'],
    ['promises: { a: { from: T2, until: T3, duee: 1h } }', '/promises/a'],
    ['promises: { a: { until: T3 } }', '/promises/a'],
    ['calendars: { default: { mn: [] } }', '/calendars/default'],
    ['stages: { mql: { salesforce_status: x } }', '/stages/mql/salesforce_status'],
    ['minimum_n: 0', '/minimum_n'],
    ['neglect: { limit: 2 }', '/neglect/limit'],
    ['write: { prefix: 9x }', '/write/prefix'],
    ['version: 2', '/version'],
  ])('refuses %s', (text, place) => {
    expect(places(text)).toContain(place)
  })
})
