import { expect, test } from 'vitest'
import { shared } from '../../../src/http/shared.ts'

test('askers share one answer while it is being found and for a moment after; then it is found anew', async () => {
  let now = 0
  let found = 0
  const ask = shared(
    async () => ++found,
    100,
    () => now,
  )
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1])
  now = 99
  expect(await ask()).toBe(1)
  now = 100
  expect(await ask()).toBe(2)
})

test('a failure is told to those who wait and not kept', async () => {
  let fails = true
  const ask = shared(
    async () => {
      if (fails) throw new Error('gone')
      return 1
    },
    1000,
    () => 0,
  )
  const both = await Promise.allSettled([ask(), ask()])
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  fails = false
  expect(await ask()).toBe(1)
})
