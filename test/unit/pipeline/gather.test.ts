import { expect, test } from 'vitest'
import type { Page, PulledRecord } from '../../../src/crm/crm.ts'
import { ahead, gather } from '../../../src/pipeline/gather.ts'

const record = (n: number): PulledRecord => ({
  ...{ object: 'lead', id: `${n}`, fields: { n }, modifiedAt: n, deleted: false },
  ...{ facts: [], identity: [], memberships: [], owned: null },
})
/** A page of `size` records from `from` on. */
const page = (from: number, size: number, more: Partial<Page> = {}): Page => ({
  records: Array.from({ length: size }, (_, i) => record(from + i)),
  cursor: { at: from + size },
  ...more,
})

async function* scan(...pages: (Page | Error)[]): AsyncGenerator<Page> {
  for (const one of pages) {
    if (one instanceof Error) throw one
    yield one
  }
}

async function read(pages: AsyncGenerator<Page>) {
  const told: [records: number, cursor: unknown, more?: object][] = []
  try {
    for await (const { records, cursor, ...more } of gather('salesforce', pages))
      told.push([records.size, cursor.at, more])
  } catch (error) {
    return { told, error }
  }
  return { told, error: undefined }
}

test('small pages are joined to what one transaction should hold, each with the cursor after its last', async () => {
  const pages = [page(0, 400), page(400, 400), page(800, 400), page(1_200, 1)]
  expect((await read(scan(...pages))).told).toEqual([
    [1_200, 1_200, {}],
    [1, 1_201, {}],
  ])
})

test('a scan that finds nothing still moves its cursor', async () => {
  expect((await read(scan(page(7, 0)))).told).toEqual([[0, 7, {}]])
  expect((await read(scan())).told).toEqual([])
})

test('pages read before an error are handed out before it', async () => {
  const { told, error } = await read(scan(page(0, 3), new Error('the CRM went away')))
  expect(told).toEqual([[3, 3, {}]])
  expect(error).toEqual(new Error('the CRM went away'))
})

test('a record on two pages is stored once, as it was later', async () => {
  const again = { ...record(1), fields: { n: 'newer' }, modifiedAt: 99 }
  const [gathered] = await Array.fromAsync(
    gather('salesforce', scan(page(0, 3), { records: [again], cursor: {} })),
  )
  expect([...gathered!.records.values()].map(({ row }) => row.fields)).toEqual([
    '{"n":0}',
    '{"n":"newer"}',
    '{"n":2}',
  ])
})

test('progress is the last one told; a detour is told at once and once', async () => {
  const pages = [
    page(0, 1, { progress: { done: 1, total: 3 } }),
    page(1, 1, { progress: { done: 2, total: 3 }, detour: 'the job failed' }),
    page(2, 1),
  ]
  expect((await read(scan(...pages))).told).toEqual([
    [2, 2, { progress: { done: 2, total: 3 }, detour: 'the job failed' }],
    [1, 3, {}],
  ])
})

test('the next batch is made while one is in use, and no more than one', async () => {
  const made: number[] = []
  const second = Promise.withResolvers<void>()
  async function* numbers() {
    for (let n = 0; n < 4; n++) {
      made.push(n)
      if (n === 1) second.resolve()
      yield n
    }
  }
  const items = ahead(numbers())
  await items.next()
  await second.promise
  expect(made).toEqual([0, 1])
  expect(await Array.fromAsync(items)).toEqual([1, 2, 3])
})

test('a failure of the next batch waits until it is asked for', async () => {
  const failed = Promise.withResolvers<void>()
  async function* failing() {
    yield 'good'
    failed.resolve()
    throw new Error('bad')
  }
  const items = ahead(failing())
  expect((await items.next()).value).toBe('good')
  await failed.promise
  await new Promise(setImmediate)
  await expect(items.next()).rejects.toThrow('bad')
})
