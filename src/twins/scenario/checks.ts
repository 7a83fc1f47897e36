import type { DatabaseSync } from 'node:sqlite'
import { ScenarioError } from './error.ts'

interface Check {
  /** Selects at most one row {line, value, other}: the first fault in the file's order. */
  sql: string
  column: string
  problem(other: string): string
  remedy: string
}

/** What can only be seen when all rows are there. */
const CHECKS: readonly Check[] = [
  {
    sql: `SELECT line, person AS value, '' AS other FROM sorted WHERE owner IS NULL ORDER BY seq LIMIT 1`,
    column: 'person',
    problem: () => 'is not a person',
    remedy: 'add them to people.csv, or correct the key',
  },
  {
    sql: `SELECT line, detail AS value, '' AS other FROM sorted
      WHERE event = 'merged' AND (detail = person OR detail NOT IN (SELECT person FROM person))
      ORDER BY seq LIMIT 1`,
    column: 'detail',
    problem: () => 'is not another person to be merged into',
    remedy: 'name the surviving person, whose key must be in people.csv',
  },
  {
    sql: `SELECT e.line, e.deal AS value, first.person AS other
      FROM (SELECT deal, min(seq) AS seq FROM sorted WHERE deal <> '' GROUP BY deal
            HAVING min(person) <> max(person)) clash
      JOIN sorted e ON e.deal = clash.deal
      JOIN sorted first ON first.seq = clash.seq
      WHERE e.person <> first.person ORDER BY e.seq LIMIT 1`,
    column: 'deal',
    problem: other => `is already a deal of person ${JSON.stringify(other)}`,
    remedy: 'give each person deals of their own',
  },
  {
    sql: `SELECT max(line) AS line, deal AS value, min(line) AS other FROM sorted
      WHERE event = 'opportunity' GROUP BY deal HAVING count(*) > 1 ORDER BY min(seq) LIMIT 1`,
    column: 'deal',
    problem: other => `was already opened in line ${other}`,
    remedy: 'open a deal once; use stage for its later moves',
  },
]

/** @throws ScenarioError for the first fault between rows of events.csv and people.csv */
export function checkWhole(db: DatabaseSync, file: string): void {
  for (const { sql, column, problem, remedy } of CHECKS) {
    const fault = db.prepare(sql).get() as { line: number; value: string; other: string | number } | undefined
    if (!fault) continue
    const place = { file, line: fault.line, column, value: fault.value }
    throw new ScenarioError(place, problem(String(fault.other)), remedy)
  }
}
