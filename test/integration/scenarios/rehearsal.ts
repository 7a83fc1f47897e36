import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseConfig } from '../../../src/config.ts'
import { naming } from '../../../src/demo/naming.ts'
import { peopleOf } from '../../../src/demo/twins.ts'
import { verdictLines } from '../../../src/demo/verdicts.ts'
import { logger } from '../../../src/log.ts'
import { type Context, Tally } from '../../../src/pipeline/context.ts'
import { prove } from '../../../src/pipeline/prove.ts'
import { type RoundResult, round } from '../../../src/pipeline/round.ts'
import { type Services, services } from '../../../src/services.ts'
import { startTwins, type Twins } from '../../../src/twins/host.ts'
import { readScenario } from '../../../src/twins/scenario/read.ts'
import type { Company, Person, ScenarioEvent } from '../../../src/twins/scenario/types.ts'
import type { OracleRow } from '../../oracle/oracle.ts'
import { type HistoriesOptions, writeHistories } from './histories.ts'

export interface Told {
  company: Company
  people: { person: Person; events: ScenarioEvent[] }[]
}

/** Both twins filled from a folder, and the service beside them on a database of its own. */
export class Rehearsal {
  readonly twins: Twins
  readonly told: Told
  readonly #services: Services
  readonly #dir: string

  private constructor(dir: string, told: Told, twins: Twins, made: Services) {
    this.#dir = dir
    this.told = told
    this.twins = twins
    this.#services = made
  }

  static start(databaseUrl: string, seed: number, options: HistoriesOptions): Promise<Rehearsal> {
    return Rehearsal.of(databaseUrl, dir => writeHistories(dir, seed, options))
  }

  /** @param write fills the scenario's folder */
  static async of(databaseUrl: string, write: (dir: string) => void): Promise<Rehearsal> {
    const dir = mkdtempSync(join(tmpdir(), 'leadtime-histories-'))
    write(dir)
    const told = await tell(dir)
    const twins = await startTwins({ scenario: dir })
    const config = parseConfig({
      DATABASE_URL: databaseUrl,
      SALESFORCE_LOGIN_URL: twins.salesforceUrl,
      SALESFORCE_CLIENT_ID: twins.clientId,
      SALESFORCE_CLIENT_SECRET: twins.clientSecret,
      HUBSPOT_BASE_URL: twins.hubspotUrl,
      HUBSPOT_TOKEN: twins.token,
    })
    const made = await services(config, { now: () => twins.clock.now(), log: logger('silent') })
    return new Rehearsal(dir, told, twins, made)
  }

  get now(): number {
    return this.twins.clock.now()
  }

  async to(now: number): Promise<void> {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ now: new Date(now).toISOString() })
    const answer = await fetch(`${this.twins.salesforceUrl}/_twin/clock`, { method: 'POST', headers, body })
    if (!answer.ok) throw new Error(`the clock says ${answer.status}: ${await answer.text()}`)
  }

  sync(): Promise<RoundResult> {
    return round(this.#context())
  }

  prove() {
    return prove(this.#context())
  }

  get db() {
    return this.#services.db
  }

  /** One row a handoff, as `--verdicts` writes them, in order of person and number. */
  async verdicts(): Promise<OracleRow[]> {
    const { salesforceUrl, hubspotUrl, company } = this.twins
    const people = await peopleOf({ salesforceUrl, hubspotUrl } as Parameters<typeof peopleOf>[0])
    const rows: OracleRow[] = []
    for await (const line of verdictLines(this.db, await naming(this.db, company, people))) {
      rows.push(JSON.parse(line) as OracleRow)
    }
    return inOrder(rows)
  }

  async close(): Promise<void> {
    await this.#services.close()
    await this.twins.close()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  #context(): Context {
    const { db, crms, now, log } = this.#services
    return { db, crms, now, log, signal: new AbortController().signal, tally: new Tally() }
  }
}

async function tell(dir: string): Promise<Told> {
  const scenario = await readScenario(dir)
  const people = [...scenario.people()]
  scenario.close()
  return { company: scenario.company, people }
}

export function inOrder(rows: readonly OracleRow[]): OracleRow[] {
  return [...rows].sort((a, b) =>
    a.person === b.person ? a.handoff - b.handoff : a.person < b.person ? -1 : 1,
  )
}

/** A row with what is compared: e-mail addresses without regard to case, an empty one as none. */
export function plain({ promises, email, ...row }: OracleRow): object {
  const verdicts = Object.entries(promises).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    ...Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))),
    email: (email ?? '').toLowerCase(),
    promises: verdicts.map(([name, { state, due, warn, kind, minutes }]) => ({
      name,
      state,
      due,
      warn,
      kind,
      minutes,
    })),
  }
}
