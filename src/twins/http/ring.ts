/** The newest entries of an endless sequence, numbered from 1; older ones are forgotten. */
export class Ring<T extends { seq: number }> {
  #slots: T[] = []
  #last = 0
  readonly #capacity: number

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Number of the newest entry, 0 before the first. */
  get last(): number {
    return this.#last
  }

  add(entry: Omit<T, 'seq'>): T {
    this.#last++
    const numbered = { seq: this.#last, ...entry } as T
    this.#slots[(this.#last - 1) % this.#capacity] = numbered
    return numbered
  }

  /** Up to `limit` kept entries with a number above `after`, oldest first. */
  after(after: number, limit: number): T[] {
    const from = Math.max(after, this.#last - this.#capacity) + 1
    const entries: T[] = []
    for (let seq = from; seq <= this.#last && entries.length < limit; seq++) {
      entries.push(this.#slots[(seq - 1) % this.#capacity]!)
    }
    return entries
  }
}
