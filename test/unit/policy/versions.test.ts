import { expect, test } from 'vitest'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { policyInForce } from '../../../src/policy/policy.ts'

const version = (name: string, effective: number) => ({ ...defaultPolicy, name, effective })

test('the latest version effective at an instant is in force', () => {
  const at = policyInForce([version('c', 300), version('a', 100), version('b', 200)])
  expect([99, 100, 199, 200, 999].map(instant => at(instant).name)).toEqual(['a', 'a', 'a', 'b', 'c'])
})

test('a single version is always in force', () => {
  expect(policyInForce([version('a', 100)])(0).name).toBe('a')
})

test('without a version there is no policy', () => {
  expect(() => policyInForce([])).toThrow(/at least one version/)
})
