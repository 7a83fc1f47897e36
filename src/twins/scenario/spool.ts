import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { PERSON_COLUMNS } from './columns.ts'
import type { EventName, Person, ScenarioEvent } from './types.ts'

/** Rows between two commits: few enough to keep the journal small. */
const ROWS_PER_COMMIT = 50_000

type Cell = string | number | null

/**
 * People and events in a temporary SQLite file, so that any number of them is sorted in constant memory.
 * Fill it with `person` and `event`, then `sort`, then read `people` as often as needed.
 */
export class Spool {
  readonly db: DatabaseSync
  readonly #dir: string
  readonly #person: StatementSync
  readonly #event: StatementSync
  #rows = 0
  #events = 0

  constructor() {
    this.#dir = mkdtempSync(join(tmpdir(), 'leadtime-scenario-'))
    this.db = new DatabaseSync(join(this.#dir, 'spool.sqlite'))
    this.db.exec(`
      PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536; PRAGMA temp_store = FILE;
      CREATE TABLE person (id INTEGER PRIMARY KEY, line INT, ${PERSON_COLUMNS.map(name => `${name} TEXT`).join()});
      CREATE UNIQUE INDEX person_key ON person (person);
      CREATE TABLE raw (seq INTEGER PRIMARY KEY, line INT, person TEXT, at INT, event TEXT, actor TEXT,
        direction TEXT, outcome TEXT, amount REAL, deal TEXT, detail TEXT);
      BEGIN`)
    this.#person = this.db.prepare(`INSERT OR IGNORE INTO person VALUES (NULL, ?, ${'?, '.repeat(9)}?)`)
    this.#event = this.db.prepare(`INSERT INTO raw VALUES (${'?, '.repeat(10)}?)`)
  }

  /** @returns false when the key is already there */
  person(line: number, person: Person): boolean {
    this.#commit()
    return this.#person.run(line, ...PERSON_COLUMNS.map(column => person[column])).changes === 1
  }

  event(line: number, person: string, event: Omit<ScenarioEvent, 'seq' | 'person'>): void {
    this.#commit()
    const { at, direction, outcome, amount, deal, detail } = event
    const cells: Cell[] = [++this.#events, line, person, at, event.event, event.actor]
    this.#event.run(...cells, direction, outcome, amount, deal, detail)
  }

  /** Puts the events in order of person, instant and file; those of unknown people get no owner. */
  sort(): void {
    this.db.exec(`COMMIT;
      CREATE TABLE sorted AS SELECT p.id AS owner, e.seq, e.line, e.person, e.at, e.event, e.actor, e.direction,
        e.outcome, e.amount, e.deal, e.detail
      FROM raw e LEFT JOIN person p ON p.person = e.person ORDER BY p.id, e.at, e.seq;
      DROP TABLE raw`)
  }

  counts(): { people: number; events: number } {
    const row = this.db.prepare('SELECT count(*) AS people FROM person').get() as { people: number }
    return { people: row.people, events: this.#events }
  }

  /** Everybody in the file's order, each with their events in order of instant, equal ones as in the file. */
  *people(): Generator<{ person: Person; events: ScenarioEvent[] }> {
    const people = this.db.prepare('SELECT * FROM person ORDER BY id').iterate()
    const events = this.db.prepare('SELECT * FROM sorted ORDER BY rowid').iterate()
    let next = events.next()
    for (const row of people as Iterable<Record<string, Cell>>) {
      const mine: ScenarioEvent[] = []
      while (!next.done && next.value.owner === row.id) {
        mine.push(eventOf(next.value as Record<string, Cell>))
        next = events.next()
      }
      yield { person: personOf(row), events: mine }
    }
  }

  close(): void {
    if (this.db.isOpen) this.db.close()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  #commit(): void {
    if (++this.#rows % ROWS_PER_COMMIT === 0) this.db.exec('COMMIT; BEGIN')
  }
}

function personOf(row: Record<string, Cell>): Person {
  return Object.fromEntries(PERSON_COLUMNS.map(column => [column, row[column]])) as unknown as Person
}

function eventOf(row: Record<string, Cell>): ScenarioEvent {
  return {
    seq: row.seq as number,
    person: row.person as string,
    at: row.at as number,
    event: row.event as EventName,
    actor: row.actor as string,
    direction: row.direction as ScenarioEvent['direction'],
    outcome: row.outcome as string,
    amount: row.amount as number | null,
    deal: row.deal as string,
    detail: row.detail as string,
  }
}
