import { ScenarioError } from './error.ts'
import { INSTANT_REMEDY, type Instants, instantProblem } from './instant.ts'

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i

/** One line of a CSV file under its header, read cell by cell; every bad value is a ScenarioError. */
export class Row {
  readonly file: string
  readonly #index: ReadonlyMap<string, number>
  cells: readonly string[] = []
  /** Last line of the record in the file. */
  endLine = 0

  constructor(file: string, index: ReadonlyMap<string, number>) {
    this.file = file
    this.#index = index
  }

  /** First line of the record: cells may hold line breaks. */
  get line(): number {
    return this.endLine - lineBreaks(this.cells)
  }

  /** The cell as it is; empty when the file has no such column. */
  text(column: string): string {
    const at = this.#index.get(column)
    return at === undefined ? '' : (this.cells[at] ?? '')
  }

  /** A cell that must not be empty. */
  key(column: string): string {
    const text = this.text(column)
    if (text === '') throw this.error(column, 'is empty', `give every row its ${column}`)
    return text
  }

  oneOf<T extends string>(column: string, allowed: readonly T[]): T {
    const text = this.text(column)
    if ((allowed as readonly string[]).includes(text)) return text as T
    const words = allowed.map(word => (word === '' ? '(empty)' : word)).join(', ')
    throw this.error(column, `is not a known ${column}`, `use one of ${words}`)
  }

  number(column: string): number | null {
    const text = this.text(column)
    if (text === '') return null
    if (!NUMBER.test(text) || !Number.isFinite(Number(text))) {
      throw this.error(
        column,
        'is not a number',
        'write digits with a decimal point (1234.50), or leave it empty',
      )
    }
    return Number(text)
  }

  flag(column: string, empty: boolean): boolean {
    const text = this.text(column)
    if (text === '') return empty
    if (text !== 'true' && text !== 'false') {
      throw this.error(column, 'is neither true nor false', 'write true or false')
    }
    return text === 'true'
  }

  instant(column: string, instants: Instants): number {
    const text = this.text(column)
    const at = instants.read(text)
    if (at === null) throw this.error(column, instantProblem(text), INSTANT_REMEDY)
    return at
  }

  error(column: string, problem: string, remedy: string): ScenarioError {
    return new ScenarioError(
      { file: this.file, line: this.line, column, value: this.text(column) },
      problem,
      remedy,
    )
  }
}

export function lineBreaks(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) count += cell.match(/\r\n|\n|\r/g)?.length ?? 0
  return count
}
