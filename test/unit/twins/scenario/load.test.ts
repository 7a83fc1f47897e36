import { describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../../src/twins/clock.ts'
import { generateScenario } from '../../../../src/twins/scenario/generate.ts'
import { loadScenario } from '../../../../src/twins/scenario/load.ts'
import type {
  Company,
  EventName,
  Person,
  Scenario,
  ScenarioEvent,
  Sink,
} from '../../../../src/twins/scenario/types.ts'

const NOW = Date.UTC(2026, 10, 18, 15)
const HOUR = 3_600_000
const { company: model, people: models } = generateScenario({ people: 1, seed: 1, now: NOW })
const anybody = [...models()][0]!.person

/** `[hours from now, event, detail?]` by person. */
type Script = Record<string, [hours: number, event: EventName, detail?: string][]>

function scenario(script: Script): Scenario {
  let seq = 0
  const cells = { actor: '', direction: '' as const, outcome: '', amount: null, deal: '' }
  const lives = Object.entries(script).map(([key, events]) => ({
    person: { ...anybody, person: key },
    events: events.map(
      ([hours, event, detail = '']): ScenarioEvent => ({
        ...cells,
        seq: ++seq,
        person: key,
        at: NOW + hours * HOUR,
        event,
        detail,
      }),
    ),
  }))
  const size = { people: lives.length, events: seq }
  return { company: model, size, people: () => lives, close: () => undefined }
}

/** Writes down what it is told. */
class Notes implements Sink {
  readonly lines: string[] = []
  begin(company: Company): void {
    this.lines.push(`begin ${company.name}`)
  }
  person(person: Person, events: readonly ScenarioEvent[]): void {
    this.lines.push([person.person, ...events.map(({ event }) => event)].join(' '))
  }
  end(): void {
    this.lines.push('end')
  }
  apply(person: string, { event, at }: ScenarioEvent): void {
    this.lines.push(`${person} ${event} ${(at - NOW) / HOUR}h`)
  }
}

describe('loadScenario', () => {
  it('gives each person with what happened up to now, then follows the clock in order of time', async () => {
    const notes = new Notes()
    const clock = new VirtualClock(NOW)
    const script: Script = {
      a: [
        [-2, 'inquiry'],
        [0, 'mql'],
        [3, 'sql'],
      ],
      b: [
        [2, 'mql'],
        [3, 'recycled'],
      ],
    }
    const loaded = await loadScenario({ scenario: scenario(script), sinks: [notes], clock })
    expect(notes.lines.splice(0)).toEqual([`begin ${model.name}`, 'a inquiry mql', 'b', 'end'])
    expect([loaded.people, loaded.events(), loaded.pending()]).toEqual([2, 2, 3])
    clock.set(NOW + 2 * HOUR - 1)
    expect(notes.lines).toEqual([])
    clock.set(NOW + 5 * HOUR)
    expect(notes.lines).toEqual(['b mql 2h', 'a sql 3h', 'b recycled 3h'])
    expect([loaded.events(), loaded.pending()]).toEqual([5, 0])
    loaded.close()
  })

  it('keeps a merge, and what follows it, until everybody is there', async () => {
    const notes = new Notes()
    const script: Script = {
      a: [
        [-3, 'mql'],
        [-2, 'merged', 'b'],
        [-1, 'call'],
      ],
      b: [[-4, 'mql']],
      c: [[-2.5, 'merged', 'b']],
    }
    const clock = new VirtualClock(NOW)
    const loaded = await loadScenario({ scenario: scenario(script), sinks: [notes], clock })
    expect(notes.lines.slice(1)).toEqual([
      'a mql',
      'b mql',
      'c',
      'end',
      'c merged -2.5h',
      'a merged -2h',
      'a call -1h',
    ])
    expect(loaded.pending()).toBe(0)
    loaded.close()
  })

  it('drives all sinks alike, and lets go of the clock when closed', async () => {
    const sinks = [new Notes(), new Notes()]
    const clock = new VirtualClock(NOW)
    const loaded = await loadScenario({
      scenario: scenario({
        a: [
          [1, 'mql'],
          [2, 'sql'],
        ],
      }),
      sinks,
      clock,
    })
    clock.set(NOW + HOUR)
    loaded.close()
    clock.set(NOW + 2 * HOUR)
    expect(sinks[0]!.lines).toEqual(sinks[1]!.lines)
    expect(sinks[0]!.lines.at(-1)).toBe('a mql 1h')
  })

  it('catches up with more events than it takes at once', async () => {
    const notes = new Notes()
    const clock = new VirtualClock(NOW)
    const events = Array.from({ length: 1300 }, (_, n): [number, EventName] => [n + 1, 'call'])
    const loaded = await loadScenario({ scenario: scenario({ a: events }), sinks: [notes], clock })
    loaded.applyDue(NOW + 1300 * HOUR)
    expect(notes.lines.filter(line => line.includes('call'))).toHaveLength(1300)
    loaded.close()
  })

  it('tells how far it is and stops when asked to', async () => {
    const people = generateScenario({ people: 2000, seed: 1, now: NOW })
    const told: number[] = []
    const stop = new AbortController()
    const progress = (done: number) => {
      told.push(done)
      if (done === 1000) stop.abort(new Error('enough'))
    }
    const clock = new VirtualClock(NOW)
    const loading = loadScenario({
      scenario: people,
      sinks: [new Notes()],
      clock,
      progress,
      signal: stop.signal,
    })
    await expect(loading).rejects.toThrow('enough')
    expect(told).toEqual([500, 1000])
  })
})
