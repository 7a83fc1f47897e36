import { judge } from '../../src/domain/judge.ts'
import { replay } from '../../src/pipeline/replay.ts'
import { round } from '../../src/pipeline/round.ts'
import { defaultPolicy } from '../../src/policy/default.ts'
import { parsePolicy } from '../../src/policy/parse.ts'
import type { Database } from '../../src/store/db.ts'
import { readPersonFacts } from '../../src/store/facts.ts'
import { readDirectory } from '../../src/store/reps.ts'
import { clone } from './clone.ts'
import type { Figure } from './figure.ts'
import { median } from './figure.ts'
import { company, connect, context, seconds, stage } from './stage.ts'

/** So many people are read, then judged, at a time. */
const BATCH = 300
const PAIRS = 5

const STRICTER = parsePolicy(
  'promises: { first_attempt: { from: T2, until: T3, kind: elapsed, due: 24h } }',
  'stricter.yml',
)

/**
 * Processor time of judging people against that of reading and decoding the facts they are judged by, both in this
 * process; and how long a replay of 100,000 handoffs takes.
 */
export async function judgingAgainstReading(quick: boolean): Promise<Figure> {
  const people = quick ? 2_000 : 14_000
  const { db, close } = await stage()
  const twins = await company(people)
  const crms = await connect(twins)
  const { now } = twins.company
  try {
    await round(context(db, crms, now))
    const pairs: Pair[] = []
    for (let i = 0; i <= PAIRS; i++) pairs.push(await pair(db, now))
    await clone(db, quick ? 0 : 9)
    await db.query({ text: 'vacuum analyze', values: [] })
    const question = { versions: [defaultPolicy], policy: STRICTER, from: 0, to: now, asOf: now }
    let handoffs = 0
    const took = await seconds(async () => {
      const told = await replay(db, question, { signal: new AbortController().signal })
      handoffs = told.comparison.handoffs.before
    })
    // The first of each warms up.
    const counted = pairs.slice(1)
    return {
      what: 'processor time of judging against reading the same facts',
      ratio: median(counted.map(({ judged, read }) => judged / read)),
      mark: 1.5,
      atLeast: false,
      exact: false,
      details: [
        `${Math.round(median(counted.map(({ persons, judged }) => persons / judged)))} people judged a second a core`,
        `replay of ${handoffs} handoffs: ${took.toFixed(1)} s`,
      ],
    }
  } finally {
    for (const crm of crms) await crm.close()
    await twins.close()
    await close()
  }
}

interface Pair {
  persons: number
  /** Seconds of processor time. */
  read: number
  judged: number
}

async function pair(db: Database, now: number): Promise<Pair> {
  const directory = await readDirectory(db)
  const { rows } = await db.query<{ person: number }>({
    text: 'select distinct person from handoff order by 1',
    values: [],
  })
  const found: Pair = { persons: rows.length, read: 0, judged: 0 }
  for (let at = 0; at < rows.length; at += BATCH) {
    const persons = rows.slice(at, at + BATCH).map(row => row.person)
    let began = process.cpuUsage()
    const facts = await readPersonFacts(db, persons)
    found.read += spent(began)
    began = process.cpuUsage()
    for (const person of persons) {
      judge({ facts: facts.get(person) ?? [], directory, now, policyAt: () => defaultPolicy })
    }
    found.judged += spent(began)
  }
  return found
}

function spent(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since)
  return (user + system) / 1e6
}
