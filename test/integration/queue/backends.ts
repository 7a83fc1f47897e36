import { randomUUID } from 'node:crypto'
import { type Backend, backend } from '../../../src/queue/backend.ts'
import { createTestDatabase } from '../database.ts'

export type Kind = 'postgres' | 'redis'

/** Where queue tests run: PostgreSQL always, Redis too when TEST_REDIS_URL names one. */
export const KINDS: Kind[] = process.env.TEST_REDIS_URL ? ['postgres', 'redis'] : ['postgres']

/** Address of a store in which the test is alone (Redis: by its namespace). */
export const storeUrl = async (kind: Kind): Promise<string> =>
  kind === 'redis' ? (process.env.TEST_REDIS_URL ?? '') : await createTestDatabase({ empty: true })

/** A queue of its own for one test. */
export async function fresh(kind: Kind, url?: string): Promise<Backend> {
  const at = url ?? (await storeUrl(kind))
  const namespace = `q_${randomUUID().replaceAll('-', '')}`
  return backend({ databaseUrl: at, redisUrl: kind === 'redis' ? at : null, namespace })
}

/** What happened, in order; waits for what is still to come. */
export class Seen<T> {
  readonly all: T[] = []
  #waiting: (() => void)[] = []

  add(event: T): void {
    this.all.push(event)
    for (const check of this.#waiting) check()
  }

  /** Resolves as soon as `enough` holds of everything seen. */
  until(enough: (all: T[]) => boolean): Promise<T[]> {
    return new Promise(resolve => {
      const check = () => enough(this.all) && resolve(this.all)
      this.#waiting.push(check)
      check()
    })
  }
}

/** A door that a test opens. */
export function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}
