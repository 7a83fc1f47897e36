import { z } from 'zod'
import type { Database } from './database.ts'
import { quoted } from './database.ts'
import { RecordError } from './errors.ts'
import type { Organisation } from './organisation.ts'
import type { SObject } from './schema/field.ts'
import { fieldNamed, objectNamed } from './schema.ts'
import { planOf, selectSql, valuesOf } from './soql/plan.ts'
import type { Row } from './values.ts'

const objectName = z.string().refine(name => objectNamed(name) !== undefined, { error: 'no such object' })

/** What the organisation's administrators have set up, as PUT /_twin/rules takes it; what was set up before is gone. */
export const rulesSchema = z.strictObject({
  /** A record is refused when the condition, as SOQL's WHERE writes it, holds for it as it would be. */
  validation: z
    .array(
      z.strictObject({
        object: objectName,
        when: z.string().min(1),
        message: z.string().default('Please check this record'),
        /** Where the message is shown; left out: at the top of the page. */
        field: z.string().optional(),
      }),
    )
    .default([]),
  /** A record is refused when another one has the same values. */
  duplicates: z.array(z.strictObject({ object: objectName, fields: z.array(z.string()).min(1) })).default([]),
  /** Records that somebody else works on: the next so many writes to each are refused. */
  locks: z.array(z.strictObject({ id: z.string().length(18), times: z.int().min(1).default(1) })).default([]),
})

export type RuleSet = z.infer<typeof rulesSchema>

/** The refusals that are the customer's own, or the moment's. */
export class Rules {
  readonly #organisation: Organisation
  readonly #database: Database
  #set: RuleSet = rulesSchema.parse({})
  #locks = new Map<string, number>()

  constructor(organisation: Organisation) {
    this.#organisation = organisation
    this.#database = organisation.database
  }

  /** @throws SalesforceError for a condition that is no SOQL */
  replace(set: RuleSet, now: number): void {
    for (const { object, when } of set.validation) this.#plan(objectNamed(object)!, when, now)
    this.#set = set
    this.#locks = new Map(set.locks.map(({ id, times }) => [id, times]))
  }

  /** @throws RecordError while somebody else holds the record */
  unlocked(id: string): void {
    const left = this.#locks.get(id) ?? 0
    if (left === 0) return
    this.#locks.set(id, left - 1)
    throw new RecordError(
      'UNABLE_TO_LOCK_ROW',
      `unable to obtain exclusive access to this record or 1 records: ${id}`,
    )
  }

  /**
   * Whether a stored record may be as it is now.
   * @throws RecordError FIELD_CUSTOM_VALIDATION_EXCEPTION or, unless duplicates are allowed, DUPLICATES_DETECTED
   */
  check(object: SObject, row: Row, now: number, allowDuplicates: boolean): void {
    const own = <T extends { object: string }>(rules: readonly T[]) =>
      rules.filter(rule => objectNamed(rule.object) === object)
    for (const { when, message, field } of own(this.#set.validation)) {
      const plan = this.#plan(object, when, now)
      const text = `SELECT 1 FROM (${selectSql({ ...plan, order: '' }, ['t."Id" AS id'])}) WHERE id = ?`
      if (this.#database.sql.prepare(text).get(...valuesOf(plan), String(row.Id)) === undefined) continue
      throw new RecordError('FIELD_CUSTOM_VALIDATION_EXCEPTION', message, field ? [field] : [])
    }
    if (allowDuplicates) return
    for (const { fields } of own(this.#set.duplicates))
      if (this.#isDuplicate(object, row, fields)) throw duplicate()
  }

  #isDuplicate(object: SObject, row: Row, names: readonly string[]): boolean {
    const fields = names.flatMap(name => fieldNamed(object, name) ?? [])
    const values = fields.map(field => row[field.name] ?? null)
    if (fields.length === 0 || values.includes(null)) return false
    const same = fields.map(field => `${quoted(field.name)} = ?`).join(' AND ')
    const text = `SELECT 1 FROM ${quoted(object.name)} WHERE ${same} AND Id <> ? AND IsDeleted = 0 LIMIT 1`
    return this.#database.sql.prepare(text).get(...values, String(row.Id)) !== undefined
  }

  #plan(object: SObject, when: string, now: number) {
    return planOf(`SELECT Id FROM ${object.name} WHERE ${when}`, {
      today: { now, days: this.#organisation.days },
      deleted: true,
      children: () => ({ run: () => null }),
    })
  }
}

const duplicate = () => new RecordError('DUPLICATES_DETECTED', 'Use one of these records?')
