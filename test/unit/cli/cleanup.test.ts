import { expect, test } from 'vitest'
import { Cleanup } from '../../../src/cleanup.ts'

test('everything is undone, last first, even when one step throws; then the first error is told', async () => {
  const done: string[] = []
  const cleanup = new Cleanup()
  cleanup.add(async () => done.push('database'))
  cleanup.add(() => Promise.reject(new Error('queue')))
  cleanup.add(async () => {
    done.push('server')
    cleanup.add(async () => done.push('added meanwhile'))
  })
  await expect(cleanup.run()).rejects.toThrow('queue')
  expect(done).toEqual(['server', 'added meanwhile', 'database'])
})

test('a second run waits for the first and undoes nothing twice', async () => {
  let count = 0
  const cleanup = new Cleanup()
  const { promise, resolve } = Promise.withResolvers<void>()
  cleanup.add(async () => {
    await promise
    count++
  })
  const both = [cleanup.run(), cleanup.run()]
  resolve()
  await Promise.all(both)
  await cleanup.run()
  expect(count).toBe(1)
})
