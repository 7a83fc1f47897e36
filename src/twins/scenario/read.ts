import { statSync } from 'node:fs'
import { join } from 'node:path'
import { checkWhole } from './checks.ts'
import { EVENT_COLUMNS, OUTCOMES, PERSON_COLUMNS } from './columns.ts'
import { readCompany } from './company.ts'
import { eachRow } from './csv.ts'
import { ScenarioError } from './error.ts'
import { Instants } from './instant.ts'
import type { Row } from './row.ts'
import { Spool } from './spool.ts'
import { type Company, EVENT_NAMES, type Person, type Scenario, type ScenarioEvent } from './types.ts'

export interface ReadOptions {
  /** Unknown columns and keys, which are ignored. */
  warn?: (message: string) => void
  /** Now and then while reading. */
  progress?: (rows: number, file: string) => void
}

const ROWS_PER_REPORT = 20_000
const DIRECTIONS = ['', 'in', 'out'] as const
const NEEDS_DEAL = new Set(['opportunity', 'stage'])

/**
 * Reads a scenario folder. All of it is checked before any of it is given out; people and events wait in a
 * temporary file until `close`.
 * @throws ScenarioError naming file, line, column, value and remedy
 */
export async function readScenario(dir: string, options: ReadOptions = {}): Promise<Scenario> {
  const warn = options.warn ?? (() => undefined)
  checkFolder(dir)
  const company = await readCompany(dir, warn)
  const spool = new Spool()
  try {
    const report = options.progress ?? (() => undefined)
    await readPeople(join(dir, 'people.csv'), spool, warn, report)
    await readEvents(join(dir, 'events.csv'), company, spool, warn, report)
    spool.sort()
    checkWhole(spool.db, join(dir, 'events.csv'))
  } catch (error) {
    spool.close()
    throw error
  }
  return { company, size: spool.counts(), people: () => spool.people(), close: () => spool.close() }
}

function checkFolder(dir: string): void {
  const stat = statSync(dir, { throwIfNoEntry: false })
  if (stat?.isDirectory()) return
  const problem = stat ? 'is a file, not a folder' : 'the folder does not exist'
  throw new ScenarioError(
    { file: dir },
    problem,
    'give a folder with scenario.json, people.csv, events.csv, users.csv',
  )
}

type Warn = (message: string) => void
type Report = (rows: number, file: string) => void

async function readPeople(file: string, spool: Spool, warn: Warn, report: Report): Promise<void> {
  let rows = 0
  await eachRow({ file, columns: PERSON_COLUMNS, warn }, row => {
    row.key('person')
    const person = Object.fromEntries(
      PERSON_COLUMNS.map(column => [column, row.text(column)]),
    ) as unknown as Person
    if (!spool.person(row.line, person)) throw alreadyThere(row, spool)
    if (++rows % ROWS_PER_REPORT === 0) report(rows, file)
  })
}

function alreadyThere(row: Row, spool: Spool): ScenarioError {
  const first = spool.db.prepare('SELECT line FROM person WHERE person = ?').get(row.text('person'))
  return row.error('person', `is already in line ${first?.line}`, 'keep one row of each person')
}

async function readEvents(
  file: string,
  company: Company,
  spool: Spool,
  warn: Warn,
  report: Report,
): Promise<void> {
  const instants = new Instants(company.timeZone)
  const users = new Set(['', ...company.users.map(user => user.user)])
  let rows = 0
  await eachRow({ file, columns: EVENT_COLUMNS, warn }, row => {
    spool.event(row.line, row.key('person'), readEvent(row, instants, users))
    if (++rows % ROWS_PER_REPORT === 0) report(rows, file)
  })
}

function readEvent(row: Row, instants: Instants, users: Set<string>): Omit<ScenarioEvent, 'seq' | 'person'> {
  const at = row.instant('at', instants)
  const event = row.oneOf('event', EVENT_NAMES)
  const actor = row.text('actor')
  if (!users.has(actor)) throw row.error('actor', 'is not a user', 'add them to users.csv, or leave it empty')
  const deal = row.text('deal')
  if (deal === '' && NEEDS_DEAL.has(event))
    throw row.error('deal', 'is empty', `name the deal of each ${event}`)
  return {
    at,
    event,
    actor,
    direction: row.oneOf('direction', DIRECTIONS),
    outcome: row.oneOf('outcome', OUTCOMES),
    amount: row.number('amount'),
    deal,
    detail: row.text('detail'),
  }
}
