import { describe, expect, test } from 'vitest'
import { ANSWERS, REFUSAL } from '../integration/faults/calls.ts'
import { outcome, type Stand, stand, syncOnce } from '../integration/faults/stand.ts'

const PEOPLE = 200
const SEEDS = 30
/** Faults waiting in each twin, over the requests of a round. */
const FAULTS = 25
/** A round makes about so many requests of each twin. */
const REQUESTS = 60

/** A small seeded generator (mulberry32): the same seed gives the same faults. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const KINDS = [...Object.values(ANSWERS), ...Object.values(REFUSAL)]

/** Anything may go wrong at any request, reading or writing. */
async function unsettle(at: Stand, random: () => number): Promise<void> {
  for (const vendor of ['salesforce', 'hubspot'] as const) {
    for (let i = 0; i < FAULTS; i++) {
      const kind = KINDS[Math.floor(random() * KINDS.length)]!
      const path = random() < 0.4 ? 'composite|batch/update' : ''
      await at.arm(vendor, { path, ...kind, times: 1, skip: Math.floor((random() * REQUESTS) / FAULTS) })
    }
  }
}

describe('random faults in both CRMs', () => {
  let expected: Awaited<ReturnType<typeof outcome>>

  test('first, two syncs that nobody disturbs', async () => {
    const at = await stand(PEOPLE)
    await syncOnce(at)
    at.later()
    await syncOnce(at)
    expected = await outcome(at)
    expect(expected.written.map(({ same }) => same)).toEqual([0, 0])
  })

  test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
    'seed %i: in the quiet after them it ends as if they had not been, and no value was written twice',
    async seed => {
      const at = await stand(PEOPLE)
      const random = generator(seed)
      await unsettle(at, random)
      for (let turn = 0; turn < 4; turn++) await syncOnce(at).catch(() => undefined)
      const first = await at.hits()
      await at.disarm()
      await syncOnce(at)
      at.later()
      await unsettle(at, random)
      for (let turn = 0; turn < 4; turn++) await syncOnce(at).catch(() => undefined)
      expect(first + (await at.hits())).toBeGreaterThan(FAULTS)
      await at.disarm()
      await syncOnce(at)
      expect(await outcome(at)).toEqual(expected)
    },
  )
})
