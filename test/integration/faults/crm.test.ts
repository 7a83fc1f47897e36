import { describe, expect, test } from 'vitest'
import { explain } from '../../../src/cli/errors.ts'
import { ANSWERS, CALLS, type Call, REFUSAL } from './calls.ts'
import { outcome, type Stand, stand, syncOnce } from './stand.ts'

/** How it ends when nothing disturbs it. */
let expected: Awaited<ReturnType<typeof outcome>>

test('first, two syncs, half a day apart, that nothing disturbs', async () => {
  const at = await stand()
  await syncOnce(at)
  at.later()
  await syncOnce(at)
  expected = await outcome(at)
  expect(expected.written.map(({ same }) => same)).toEqual([0, 0])
})

test.each(Object.entries(ANSWERS))(
  '%s, once on every kind of call: waited out, the same state, and no value written twice',
  async (_, answer) => {
    const at = await stand()
    for (const { vendor, method, path } of Object.values(CALLS))
      await at.arm(vendor, { method, path, ...answer, times: 1 })
    await syncOnce(at)
    at.later()
    await syncOnce(at)
    expect(await at.hits()).toBe(Object.keys(CALLS).length)
    expect(await outcome(at)).toEqual(expected)
  },
)

/** What the command prints when a sync fails. */
async function complaint(at: Stand): Promise<string> {
  const error = await syncOnce(at).then(
    () => Promise.reject(new Error('the sync went through')),
    (thrown: unknown) => thrown,
  )
  const { line, exitCode } = explain(error, { debug: false, verb: 'sync' })
  expect(exitCode).toBe(1)
  return line
}

const REMEDY = /; (nothing is lost; run it again|renew the credentials)/

/** One answer after the other, each for as long as a sync tries. */
async function lasts({ vendor, method, path, operation }: Call, at: Stand, answers: typeof ANSWERS) {
  for (const [name, answer] of Object.entries(answers)) {
    await at.arm(vendor, { method, path, ...answer })
    const line = await complaint(at)
    expect(line, name).toMatch(new RegExp(`^leadtime: ${vendor}: (?=${operation.source})`, 'i'))
    expect(line, name).toMatch(REMEDY)
    expect(line, name).not.toMatch(/\n|example\.com|Please sign in|unexpected/)
    expect(await at.hits(), name).toBeGreaterThan(0)
    await at.disarm()
  }
}

const { 'a connection that breaks after': applied, ...unapplied } = ANSWERS

test.each(Object.entries(CALLS))(
  '%s: a lasting fault is one line; when it is over, the next sync ends as if it had not been',
  async (_, call) => {
    const at = await stand()
    if (call.second) await syncOnce(at)
    if (call.second) at.later()
    await lasts(call, at, { ...(call.writes ? unapplied : ANSWERS), ...REFUSAL })
    await syncOnce(at)
    if (!call.second) at.later()
    await syncOnce(at)
    expect(await outcome(at)).toEqual(expected)
  },
)

describe('writes whose answers are all lost', () => {
  test('are read back: the sync goes through, and no value is written twice', async () => {
    const at = await stand()
    for (const { vendor, method, path, writes } of Object.values(CALLS))
      if (writes) await at.arm(vendor, { method, path, ...applied })
    await syncOnce(at)
    at.later()
    await syncOnce(at)
    expect(await outcome(at)).toEqual(expected)
  })
})
