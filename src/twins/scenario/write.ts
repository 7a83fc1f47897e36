import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import {
  ACCOUNT_COLUMNS,
  CAMPAIGN_COLUMNS,
  EVENT_COLUMNS,
  PERSON_COLUMNS,
  USER_COLUMNS,
  USER_OPTIONS,
} from './columns.ts'
import type { Company, Scenario, ScenarioEvent } from './types.ts'

type Cell = string | number | boolean | null | undefined

/** Writes a scenario as a folder that readScenario reads back to the same people and events. */
export async function writeScenario(scenario: Scenario, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true })
  const { company } = scenario
  await writeFile(join(dir, 'scenario.json'), `${JSON.stringify(settings(company), null, 2)}\n`)
  const users = company.users.map(user => ({
    ...user,
    left: user.left == null ? '' : new Date(user.left).toISOString(),
  }))
  await writeTable(join(dir, 'users.csv'), [...USER_COLUMNS, ...USER_OPTIONS], users)
  await writeTable(join(dir, 'accounts.csv'), ACCOUNT_COLUMNS, company.accounts)
  await writeTable(join(dir, 'campaigns.csv'), CAMPAIGN_COLUMNS, company.campaigns)
  const people = new CsvFile(join(dir, 'people.csv'), PERSON_COLUMNS)
  const events = new CsvFile(join(dir, 'events.csv'), EVENT_COLUMNS)
  for (const life of scenario.people()) {
    await people.row(PERSON_COLUMNS.map(column => life.person[column]))
    for (const event of life.events) await events.row(eventCells(event))
  }
  await Promise.all([people.end(), events.end()])
}

function settings(company: Company) {
  const { name, description, timeZone, start, now, connector, hubspotLagSeconds, leadHistory } = company
  const iso = (at: number) => new Date(at).toISOString()
  return {
    ...{ name, description, timeZone, start: iso(start), now: iso(now), connector, hubspotLagSeconds },
    ...(leadHistory && { leadHistory }),
  }
}

function eventCells({
  person,
  at,
  event,
  actor,
  direction,
  outcome,
  amount,
  deal,
  detail,
}: ScenarioEvent): Cell[] {
  return [person, new Date(at).toISOString(), event, actor, direction, outcome, amount, deal, detail]
}

async function writeTable<T extends object>(
  file: string,
  columns: readonly (keyof T & string)[],
  rows: readonly T[],
): Promise<void> {
  const lines = rows.map(row => columns.map(column => cell(row[column] as Cell)).join(','))
  await writeFile(file, `${[columns.join(','), ...lines].join('\n')}\n`)
}

/** A CSV file written row by row, as fast as the disk takes it. */
class CsvFile {
  readonly #stream: ReturnType<typeof createWriteStream>
  #buffer: string

  constructor(file: string, columns: readonly string[]) {
    this.#stream = createWriteStream(file)
    this.#buffer = `${columns.join(',')}\n`
  }

  async row(cells: readonly Cell[]): Promise<void> {
    this.#buffer += `${cells.map(cell).join(',')}\n`
    if (this.#buffer.length > 65_536) await this.#flush()
  }

  async end(): Promise<void> {
    await this.#flush()
    this.#stream.end()
    await finished(this.#stream)
  }

  async #flush(): Promise<void> {
    const full = !this.#stream.write(this.#buffer)
    this.#buffer = ''
    if (full) await once(this.#stream, 'drain')
  }
}

function cell(value: Cell): string {
  const text = value == null ? '' : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
