import { afterEach, describe, expect, test } from 'vitest'
import { AuthExpired, RateLimited, Refused, Unavailable } from '../../../src/crm/errors.ts'
import type { Backend } from '../../../src/queue/backend.ts'
import type { AnyPayload, JobName } from '../../../src/queue/jobs.ts'
import { type JobQueue, openQueue } from '../../../src/queue/queue.ts'
import { type Handle, startWorkers, type Workers } from '../../../src/queue/workers.ts'
import { wire } from '../wire.ts'
import { fresh, gate, KINDS, Seen, storeUrl } from './backends.ts'

interface Event {
  what: 'start' | 'end' | 'warn' | 'error' | 'hold'
  job?: string
  fields?: object
}

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

const key = (name: JobName, payload: AnyPayload) => [name, ...Object.values(payload)].join(' ')

async function setUp(store: Backend, handle: Handle = async () => undefined, reregisterMs?: number) {
  const seen = new Seen<Event>()
  const log = {
    warn: (fields: object) => seen.add({ what: 'warn', fields }),
    error: (fields: object) => seen.add({ what: 'error', fields }),
  }
  const queue = await openQueue(store, log, reregisterMs)
  const start = async (): Promise<Workers> => {
    const workers = await startWorkers(store, {
      log,
      onHold: async vendor => void seen.add({ what: 'hold', job: vendor }),
      handle: async (name, payload, signal) => {
        seen.add({ what: 'start', job: key(name, payload) })
        const result = await handle(name, payload, signal)
        seen.add({ what: 'end', job: key(name, payload) })
        return result
      },
    })
    closers.push(() => workers.close())
    return workers
  }
  closers.push(() => queue.close())
  return { queue, seen, start, count: (what: Event['what'], job: string) => counter(seen.all, what, job) }
}

const counter = (all: Event[], what: Event['what'], job: string) =>
  all.filter(event => event.what === what && event.job === job).length

const idle = async (queue: JobQueue) => {
  const { waiting, active, delayed } = await queue.state()
  return waiting + active + delayed === 0
}

describe.each(KINDS)('the queue on %s', kind => {
  test('a woken job reaches its handler with its payload', async () => {
    const { queue, seen, start } = await setUp(await fresh(kind))
    await start()
    expect(await queue.wake('pull', { vendor: 'hubspot' })).toBe(true)
    await seen.until(all => counter(all, 'end', 'pull hubspot') === 1)
  })

  test('of one payload at most one waits', async () => {
    const { queue, seen, start, count } = await setUp(await fresh(kind))
    for (let i = 0; i < 20; i++) await queue.wake('link', {})
    expect((await queue.state()).waiting).toBe(1)
    await start()
    await seen.until(all => counter(all, 'end', 'link') === 1)
    await expect.poll(() => idle(queue)).toBe(true)
    expect(count('start', 'link')).toBe(1)
  })

  test('what is asked while it runs is done once more, after it, never beside it', async () => {
    const hold = gate()
    const { queue, seen, start, count } = await setUp(await fresh(kind), () => hold.opened)
    await start()
    await queue.wake('push', { vendor: 'salesforce' })
    await seen.until(all => counter(all, 'start', 'push salesforce') === 1)
    for (let i = 0; i < 5; i++) await queue.wake('push', { vendor: 'salesforce' })
    await queue.wake('push', { vendor: 'hubspot' })
    await seen.until(all => counter(all, 'start', 'push hubspot') === 1)
    expect(count('start', 'push salesforce')).toBe(1)
    hold.open()
    await seen.until(all => counter(all, 'end', 'push salesforce') === 2)
    await expect.poll(() => idle(queue)).toBe(true)
    expect(count('start', 'push salesforce')).toBe(2)
  })

  test('two workers share the lanes of one kind', async () => {
    const hold = gate()
    const { queue, seen, start } = await setUp(await fresh(kind), () => hold.opened)
    await Promise.all([start(), start()])
    await queue.wakeAll('judge')
    await seen.until(all => counter(all, 'start', 'judge 0') === 1 && counter(all, 'start', 'judge 1') === 1)
    hold.open()
    await expect.poll(() => idle(queue)).toBe(true)
  })

  test('a rate limit delays the job and costs no attempt', async () => {
    const limits = Array.from({ length: 8 }, () => new RateLimited('hubspot', 'read', 20, 'too many'))
    const { queue, seen, start, count } = await setUp(await fresh(kind), async () => {
      const limit = limits.pop()
      if (limit) throw limit
    })
    await start()
    await queue.wake('pull', { vendor: 'hubspot' })
    await seen.until(all => counter(all, 'end', 'pull hubspot') === 1)
    expect(count('start', 'pull hubspot')).toBe(9)
    expect((await queue.state()).failed).toBe(0)
  })

  test('expired credentials hold the CRM and are not tried again', async () => {
    const { queue, seen, start, count } = await setUp(await fresh(kind), () =>
      Promise.reject(new AuthExpired('salesforce', 'sign in', 'secret refused')),
    )
    await start()
    await queue.wake('pull', { vendor: 'salesforce' })
    await seen.until(all => counter(all, 'hold', 'salesforce') === 1)
    await expect.poll(async () => (await queue.state()).failed).toBe(1)
    expect(await idle(queue)).toBe(true)
    expect(count('start', 'pull salesforce')).toBe(1)
  })

  test('a refused request fails where it is seen, and the kind can be woken again', async () => {
    const { queue, seen, start } = await setUp(await fresh(kind), () =>
      Promise.reject(new Refused('hubspot', 'update', 'no such field')),
    )
    await start()
    await queue.wake('push', { vendor: 'hubspot' })
    await expect.poll(async () => (await queue.state()).failed).toBe(1)
    await queue.wake('push', { vendor: 'hubspot' })
    await expect.poll(async () => (await queue.state()).failed).toBe(2)
    expect(seen.all.filter(event => event.what === 'error')).not.toHaveLength(0)
  })

  test('a CRM that does not answer is tried again', async () => {
    let down = 1
    const { queue, seen, start } = await setUp(await fresh(kind), async () => {
      if (down-- > 0) throw new Unavailable('hubspot', 'read', '502')
    })
    await start()
    await queue.wake('pull', { vendor: 'hubspot' })
    await seen.until(all => counter(all, 'end', 'pull hubspot') === 1)
  })

  test('nothing private of an error is stored with the job', async () => {
    const store = await fresh(kind)
    const { queue, start } = await setUp(store, () => Promise.reject(new TypeError('canary@example.com')))
    await start()
    await queue.wake('tick', {})
    await expect.poll(async () => (await queue.state()).failed).toBe(1)
    const bull = store.producer()
    closers.push(() => bull.close())
    const [failed] = await bull.getFailed()
    expect(failed?.failedReason).toBe('TypeError')
    expect(JSON.stringify(failed?.asJSON())).not.toContain('canary')
  })

  test('a job of another version is put aside without reaching a handler', async () => {
    const store = await fresh(kind)
    const { queue, seen, start } = await setUp(store)
    const bull = store.producer()
    closers.push(() => bull.close())
    await bull.add('rescore', {})
    await bull.add('pull', { vendor: 'pipedrive' })
    await start()
    await expect.poll(async () => (await queue.state()).failed).toBe(2)
    expect(seen.all.filter(event => event.what === 'start')).toHaveLength(0)
  })

  test('any number of processes registers the same schedules, once', async () => {
    const store = await fresh(kind)
    const { queue, seen, start } = await setUp(store)
    const other = await openQueue(store, { warn: () => undefined, error: () => undefined })
    closers.push(() => other.close())
    await Promise.all([queue.schedule(60_000), other.schedule(60_000), queue.schedule(60_000)])
    const bull = store.producer()
    closers.push(() => bull.close())
    const schedulers = await bull.getJobSchedulers()
    expect(schedulers.map(({ key, every }) => [key, Number(every)]).sort()).toEqual([
      ['tick', 60_000],
      ['wake', 1_000],
    ])
    await start()
    await seen.until(all => counter(all, 'end', 'wake') >= 2 && counter(all, 'end', 'tick') === 1)
  })

  test('an emptied store gets its schedules back and goes on', async () => {
    const store = await fresh(kind)
    const { queue, seen, start } = await setUp(store, undefined, 200)
    await start()
    await queue.schedule(60_000)
    await seen.until(all => counter(all, 'end', 'wake') >= 1)
    const bull = store.producer()
    closers.push(() => bull.close())
    for (const { key } of await bull.getJobSchedulers()) await bull.removeJobScheduler(key)
    await bull.obliterate({ force: true })
    const before = seen.all.length
    await seen.until(all => counter(all.slice(before), 'end', 'wake') >= 2)
    expect(await queue.wake('link', {})).toBe(true)
    await seen.until(all => counter(all, 'end', 'link') === 1)
  })

  test('a stopped worker hands its job back at a safe point and the next one takes it at once', async () => {
    const { queue, seen, start, count } = await setUp(
      await fresh(kind),
      (_name, _payload, signal) =>
        new Promise((done, fail) => {
          if (count('start', 'pull hubspot') > 1) done(undefined)
          signal.addEventListener('abort', () => fail(new Error('stopped at a safe point')))
        }),
    )
    const first = await start()
    await queue.wake('pull', { vendor: 'hubspot' })
    await seen.until(all => counter(all, 'start', 'pull hubspot') === 1)
    await Promise.all([first.close(), first.close()])
    await start()
    await seen.until(all => counter(all, 'end', 'pull hubspot') === 1)
    expect((await queue.state()).failed).toBe(0)
  })

  test('a store that goes away costs the producer nothing but a false, and work goes on when it is back', async () => {
    const line = await wire(await storeUrl(kind))
    closers.push(() => line.cut())
    const { queue, seen, start } = await setUp(await fresh(kind, line.url))
    await start()
    await queue.wake('link', {})
    await seen.until(all => counter(all, 'end', 'link') === 1)
    await line.cut()
    expect(await queue.wake('pull', { vendor: 'hubspot' })).toBe(false)
    expect(await queue.state()).toMatchObject({ kind, reachable: false })
    await line.mend()
    await expect.poll(() => queue.wake('pull', { vendor: 'hubspot' }), { timeout: 30_000 }).toBe(true)
    await seen.until(all => counter(all, 'end', 'pull hubspot') >= 1)
  })
})
