import { expect, test } from 'vitest'
import { meanwhile } from '../../../src/pipeline/meanwhile.ts'

const done: string[] = []

/** A page each time the gate opens. */
async function* pages(gates: readonly PromiseLike<unknown>[]): AsyncGenerator<number> {
  for (const [page, gate] of gates.entries()) {
    await gate
    yield page
  }
}

async function read(
  all: AsyncGenerator<number>,
  work: () => Promise<void>,
  everyMs: number,
): Promise<string[]> {
  done.length = 0
  for await (const page of meanwhile(all, { work, everyMs })) done.push(`page ${page}`)
  return done
}

test('other work is done while a page is awaited, as often as it takes', async () => {
  const gate = Promise.withResolvers<void>()
  let times = 0
  const work = async () => {
    done.push('work')
    if (++times === 3) gate.resolve()
  }
  expect(await read(pages([gate.promise]), work, 1)).toEqual(['work', 'work', 'work', 'page 0'])
})

test('it is done between pages that come one after the other without a wait', async () => {
  const all = await read(pages([undefined, undefined] as never), async () => void done.push('work'), 0)
  expect(all.filter(what => what !== 'work')).toEqual(['page 0', 'page 1'])
  expect(all.lastIndexOf('work')).toBeGreaterThan(all.indexOf('page 0'))
})

test('where pages come fast enough, nothing else is done', async () => {
  const never = () => Promise.reject(new Error('nobody asked for it'))
  expect(await read(pages([undefined, undefined] as never), never, 60_000)).toEqual(['page 0', 'page 1'])
})

test('a failure that comes during the other work is told once, and the pages are closed', async () => {
  const gate = Promise.withResolvers<void>()
  const work = async () => gate.reject(new Error('no more'))
  await expect(read(pages([gate.promise]), work, 1)).rejects.toThrow('no more')
})

test('a failure of the other work ends the reading', async () => {
  let closed = false
  async function* endless(): AsyncGenerator<number> {
    try {
      for (let i = 0; ; i++) yield i
    } finally {
      closed = true
    }
  }
  await expect(read(endless(), () => Promise.reject(new Error('slow down')), 1)).rejects.toThrow('slow down')
  expect(closed).toBe(true)
})
