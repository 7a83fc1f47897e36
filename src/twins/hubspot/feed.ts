import type { ObjectType } from './objects.ts'
import type { Rec } from './record.ts'

/** One record as an association names it. */
export interface End {
  type: ObjectType
  id: number
}

/** What happened to the portal's records, as whoever watches it is told. */
export type Change =
  | { what: 'saved'; before: Rec | undefined; after: Rec }
  | { what: 'associated' | 'dissociated'; from: End; to: End }
  | { what: 'merged'; type: ObjectType; primary: number; other: number; into: number }
  | { what: 'purged'; type: ObjectType; id: number }

/** Passes changes on to one watcher. Without one, nothing is compared and nothing is told. */
export class Feed {
  #watcher: ((change: Change) => void) | null = null
  #quiet = false

  get watched(): boolean {
    return this.#watcher !== null && !this.#quiet
  }

  watch(watcher: ((change: Change) => void) | null): void {
    this.#watcher = watcher
  }

  tell(change: Change): void {
    if (!this.#quiet) this.#watcher?.(change)
  }

  /** Does work whose single changes nobody is told of: a merge is one event. */
  quietly<T>(work: () => T): T {
    const before = this.#quiet
    this.#quiet = true
    try {
      return work()
    } finally {
      this.#quiet = before
    }
  }
}
