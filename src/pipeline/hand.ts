/** A thread of a replay: see crew.ts. Lists of persons come in, findings go out, in the same order. */
import { once } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { nothingCompared } from '../domain/replay.ts'
import { openDatabase } from '../store/db.ts'
import { readPersonFacts } from '../store/facts.ts'
import { adoptSnapshot } from '../store/replay.ts'
import { compareBatch } from './compare.ts'
import type { Finding, Orders } from './crew.ts'

const { url, snapshot, question, company } = workerData as Orders
const port = parentPort!
const db = await openDatabase(url, { connections: 1 })

await db.tx(async tx => {
  await adoptSnapshot(tx, snapshot)
  let read: Promise<unknown> = Promise.resolve()
  let before: Promise<unknown> = Promise.resolve()
  port.on('message', (persons: readonly number[]) => {
    // PostgreSQL reads the next batch while this one is being judged.
    const reading = read.then(() => readPersonFacts(tx, persons))
    read = reading.catch(() => undefined)
    before = before.then(async () => {
      const comparison = nothingCompared()
      const changes = compareBatch(comparison, { persons, facts: await reading }, question, company)
      port.postMessage({ comparison, changes } satisfies Finding)
    })
  })
  await once(port, 'close')
})
