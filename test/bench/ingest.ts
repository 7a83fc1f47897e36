import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { contactsStage } from './contacts.ts'
import type { Figure } from './figure.ts'
import { median } from './figure.ts'
import { empty, seconds } from './stage.ts'

const TABLES = ['record', 'fact', 'identity', 'membership', 'stale_record']

/**
 * P1: HubSpot contacts over HTTP through the real client, mapped, hashed and stored with their facts, identities, marks
 * and cursor, against PostgreSQL's COPY of the very same rows of the same tables. Arms interleaved, median of the pairs.
 */
export async function ingestAgainstCopy(quick: boolean): Promise<Figure> {
  const people = quick ? 5_000 : 100_000
  const pairs = quick ? 3 : 5
  const { db, reading, close } = await contactsStage(people)
  try {
    await empty(db)
    await reading()
    const rows = await dump(db.url)
    const ratios: number[] = []
    const rates: number[] = []
    for (let i = 0; i < pairs; i++) {
      await empty(db)
      const ours = await seconds(reading)
      await empty(db)
      const copy = await seconds(() => load(db.url, rows))
      ratios.push(copy / ours)
      rates.push(people / ours)
    }
    return {
      what: 'ingest of HubSpot contacts against COPY of the same rows',
      ratio: median(ratios),
      mark: 0.45,
      atLeast: true,
      exact: false,
      details: [
        `${people} contacts, ${pairs} pairs: ${ratios.map(ratio => ratio.toFixed(2)).join(' ')}`,
        `${Math.round(median(rates))} contacts a second`,
      ],
    }
  } finally {
    await close()
  }
}

async function dump(url: string): Promise<Map<string, Buffer>> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const tables = new Map<string, Buffer>()
  for (const table of TABLES) {
    const chunks: Buffer[] = []
    for await (const chunk of client.query(copyTo(`copy ${table} to stdout (format binary)`))) {
      chunks.push(chunk as Buffer)
    }
    tables.set(table, Buffer.concat(chunks))
  }
  await client.end()
  return tables
}

async function load(url: string, tables: ReadonlyMap<string, Buffer>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  for (const [table, rows] of tables) {
    const stream = client.query(copyFrom(`copy ${table} from stdin (format binary)`))
    const done = finished(stream)
    for (let at = 0; at < rows.length; at += 1 << 20) {
      if (!stream.write(rows.subarray(at, at + (1 << 20)))) await once(stream, 'drain')
    }
    stream.end()
    await done
  }
  await client.end()
}
