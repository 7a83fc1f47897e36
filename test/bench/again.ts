import type { Database } from '../../src/store/db.ts'
import { contactsStage } from './contacts.ts'
import type { Figure } from './figure.ts'
import { median } from './figure.ts'
import { empty, seconds } from './stage.ts'
import { measured } from './statistics.ts'

/** What a reading without news writes to: where it stands, and that it was there. */
const OWN = new Set(['cursor', 'connection'])

/**
 * P2: HubSpot contacts that were all read before and have not changed come once more, from the first page on, against
 * the first reading of the same. Not a row of theirs may be written; PostgreSQL's statistics tell.
 */
export async function unchangedAgain(quick: boolean): Promise<Figure> {
  const people = quick ? 5_000 : 50_000
  const pairs = quick ? 3 : 5
  const { db, reading, close } = await contactsStage(people)
  try {
    await reading()
    const ratios: number[] = []
    const rates: number[] = []
    const rewritten = new Map<string, number>()
    for (let i = 0; i < pairs; i++) {
      await empty(db)
      const first = await seconds(reading)
      await forget(db)
      const { result: again, tables } = await measured(db, () => seconds(reading))
      ratios.push(first / again)
      rates.push(people / again)
      for (const { name, inserted, updated, deleted } of tables) {
        const rows = inserted + updated + deleted
        if (rows > 0 && !OWN.has(name)) rewritten.set(name, (rewritten.get(name) ?? 0) + rows)
      }
    }
    return {
      what: 'unchanged HubSpot contacts read once more against their first reading',
      ratio: rewritten.size > 0 ? 0 : median(ratios),
      mark: 1.3,
      atLeast: true,
      exact: false,
      details: [
        `${people} contacts, ${pairs} pairs: ${ratios.map(ratio => ratio.toFixed(2)).join(' ')}`,
        `${Math.round(median(rates))} contacts a second, rows rewritten: ${[...rewritten].map(([name, rows]) => `${name} ${rows}`).join(', ') || 'none'}`,
      ],
    }
  } finally {
    await close()
  }
}

/** As if nothing had been read: the next reading begins at the first page. */
const forget = (db: Database) => db.query({ text: 'truncate cursor', values: [] })
