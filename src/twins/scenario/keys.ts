import type { Row } from './row.ts'

/** The keys of one small file; a second row with the same key is refused. */
export class Keys {
  readonly #lines = new Map<string, number>()
  readonly #column: string

  constructor(column: string) {
    this.#column = column
  }

  add(row: Row): void {
    const key = row.key(this.#column)
    const first = this.#lines.get(key)
    if (first !== undefined)
      throw row.error(this.#column, `is already in line ${first}`, 'keep one row of it')
    this.#lines.set(key, row.line)
  }

  has(key: string): boolean {
    return this.#lines.has(key)
  }
}
