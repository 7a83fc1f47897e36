import type { EventName, ScenarioEvent } from '../types.ts'

type Cells = Partial<Omit<ScenarioEvent, 'seq' | 'person' | 'at' | 'event'>>

const SECOND = 1000

/** What happens to one person, noted in any order and told in order of time. */
export class Story {
  readonly #person: string
  readonly #events: ScenarioEvent[] = []

  constructor(person: string) {
    this.#person = person
  }

  add(at: number, event: EventName, cells: Cells = {}): void {
    const empty = { actor: '', direction: '' as const, outcome: '', amount: null, deal: '', detail: '' }
    this.#events.push({ seq: 0, person: this.#person, at, event, ...empty, ...cells })
  }

  /** The instant of the last thing that happened, 0 when nothing did. */
  get last(): number {
    return this.#events.reduce((latest, { at }) => Math.max(latest, at), 0)
  }

  /** In order of time, whole seconds, no two at once, nothing after `until`. */
  tell(until: number): ScenarioEvent[] {
    let before = 0
    const told: ScenarioEvent[] = []
    for (const event of this.#events.sort((a, b) => a.at - b.at)) {
      const at = Math.max(Math.floor(event.at / SECOND) * SECOND, before + SECOND)
      if (at > until) break
      before = at
      told.push({ ...event, at })
    }
    return told
  }
}
