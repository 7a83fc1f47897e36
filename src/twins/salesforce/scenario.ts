import type { Company, Person, ScenarioEvent, Sink } from '../scenario/types.ts'
import type { Database } from './database.ts'
import type { Organisation } from './organisation.ts'
import { Dossier } from './scenario/dossier.ts'
import { reduce } from './scenario/reducer.ts'
import { merge } from './scenario/removal.ts'

const PEOPLE_PER_TRANSACTION = 4000

/** Fills the organisation from a scenario: in bulk, then event by event as the clock passes them. */
export class ScenarioSink implements Sink {
  readonly #organisation: Organisation
  readonly #database: Database
  #loaded = 0

  constructor(organisation: Organisation) {
    this.#organisation = organisation
    this.#database = organisation.database
  }

  begin(company: Company): void {
    this.#database.sql.exec('BEGIN')
    this.#organisation.fill(company)
  }

  person(person: Person, events: readonly ScenarioEvent[]): void {
    const dossier = Dossier.fresh(this.#organisation, person)
    for (const event of events) reduce(dossier, event)
    dossier.flush()
    if (++this.#loaded % PEOPLE_PER_TRANSACTION === 0) this.#database.sql.exec('COMMIT; BEGIN')
  }

  end(): void {
    this.#database.sql.exec('COMMIT')
    this.#database.buildIndexes()
  }

  /** @throws Error when the person, or the survivor of a merge, was never loaded */
  apply(person: string, event: ScenarioEvent): void {
    this.#database.transaction(() => {
      const dossier = this.#load(person)
      if (event.event === 'merged') return this.#merge(person, event)
      reduce(dossier, event)
      dossier.flush()
    })
  }

  #merge(person: string, event: ScenarioEvent): void {
    const loser = Dossier.load(this.#organisation, person)
    if (!loser || loser.mergedInto !== null) return
    const survivor = this.#load(event.detail)
    if (survivor.key === loser.key) return
    merge(loser, survivor, event)
    loser.flush()
  }

  /** The person, or the one who survived them. */
  #load(person: string): Dossier {
    const dossier = Dossier.load(this.#organisation, person)
    if (!dossier)
      throw new Error(`the scenario's person "${person}" was never loaded into the Salesforce twin`)
    return dossier.mergedInto === null ? dossier : this.#load(dossier.mergedInto)
  }
}
