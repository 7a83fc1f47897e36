import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateScenario } from '../../../../src/twins/scenario/generate.ts'
import { Random } from '../../../../src/twins/scenario/generator/random.ts'
import { afterWorkingHours, isWorking } from '../../../../src/twins/scenario/generator/workday.ts'
import type { ScenarioEvent } from '../../../../src/twins/scenario/types.ts'

const DAY = 24 * 3_600_000

describe('Random', () => {
  it('gives the same numbers for the same seed on every machine', () => {
    const random = new Random(42, 7)
    expect(Array.from({ length: 5 }, () => random.int(0, 999_999))).toMatchInlineSnapshot(`
      [
        661809,
        684728,
        228451,
        342039,
        826137,
      ]
    `)
  })

  it('gives other numbers for another seed or stream', () => {
    const first = (seed: number, stream: number) => new Random(seed, stream).float()
    const values = [first(1, 1), first(1, 2), first(2, 1), first(2, 2), first(2 ** 33, 1)]
    expect(new Set(values).size).toBe(values.length)
  })

  it('spreads evenly, and keeps its promises of odds, weights and medians', () => {
    const random = new Random(5)
    const draws = Array.from({ length: 20_000 }, () => random.float())
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...draws)).toBeLessThan(1)
    expect(draws.reduce((sum, draw) => sum + draw, 0) / draws.length).toBeCloseTo(0.5, 1)
    const share = (hit: () => boolean) => Array.from({ length: 20_000 }, hit).filter(Boolean).length / 20_000
    expect(share(() => random.chance(0.3))).toBeCloseTo(0.3, 1)
    expect(share(() => random.weighted([{ weight: 9 }, { weight: 1 }]).weight === 9)).toBeCloseTo(0.9, 1)
    expect(share(() => random.around(8, 1) < 8)).toBeCloseTo(0.5, 1)
  })
})

describe('working hours', () => {
  it('pass only from Monday to Friday, nine to half past five', () => {
    const friday = Date.UTC(2026, 10, 13, 16)
    const at = afterWorkingHours(friday, 2, 'Europe/Berlin')
    expect(new Date(at).toISOString()).toBe('2026-11-16T09:30:00.000Z')
    expect(isWorking(friday, 'Europe/Berlin')).toBe(true)
    expect(isWorking(friday + 30 * 60_000, 'Europe/Berlin')).toBe(false)
    expect(isWorking(friday + DAY, 'Europe/Berlin')).toBe(false)
  })

  it('end while somebody is at work, later for more hours', () => {
    const zone = fc.constantFrom('Asia/Kolkata', 'America/Sao_Paulo', 'America/New_York')
    const start = fc.integer({ min: Date.UTC(2026, 3, 1), max: Date.UTC(2026, 11, 1) })
    const hours = fc.double({ min: 0.01, max: 60, noNaN: true })
    fc.assert(
      fc.property(start, hours, zone, (from, length, name) => {
        const at = afterWorkingHours(from, length, name)
        expect(at).toBeGreaterThan(from)
        expect(afterWorkingHours(from, length + 1, name)).toBeGreaterThan(at)
        expect(isWorking(at - 1, name)).toBe(true)
      }),
    )
  })
})

const company = (people: number, seed: number, live = false) => generateScenario({ people, seed, live })

describe('a generated company', () => {
  it('is the same for the same seed, person by person, and never changes unnoticed', () => {
    const digest = (seed: number) => {
      const { company: own, people } = company(300, seed)
      return createHash('sha256')
        .update(JSON.stringify([own, [...people()]]))
        .digest('hex')
        .slice(0, 16)
    }
    expect(digest(1)).toBe(digest(1))
    expect(digest(2)).not.toBe(digest(1))
    expect(digest(1)).toMatchInlineSnapshot(`"253915e3ef3820bb"`)
  })

  it('tells each person’s events in order, in whole seconds, inside its window, with numbers without gaps', () => {
    const { company: own, people } = company(500, 3)
    let seq = 0
    for (const { person, events } of people()) {
      let before = own.start - 1
      for (const event of events) {
        expect(event.person).toBe(person.person)
        expect(event.seq).toBe(++seq)
        expect(event.at % 1000).toBe(0)
        expect(event.at).toBeGreaterThan(before)
        before = event.at
      }
      expect(before).toBeLessThanOrEqual(own.now)
    }
  })

  it('has unique keys and e-mail addresses, known actors, and deals of one person', () => {
    const { company: own, people } = company(800, 4)
    const users = new Set(['', ...own.users.map(({ user }) => user)])
    const keys = new Set<string>()
    const emails = new Set<string>()
    const deals = new Map<string, string>()
    for (const { person, events } of people()) {
      keys.add(person.person)
      emails.add(person.email.toLowerCase())
      for (const { actor, deal } of events) {
        expect(users).toContain(actor)
        if (deal !== '') expect(deals.get(deal) ?? person.person).toBe(person.person)
        if (deal !== '') deals.set(deal, person.person)
      }
    }
    expect([keys.size, emails.size]).toEqual([800, 800])
  })

  it('makes sense: nothing is sold before it is opened, nothing follows a deletion but a restoration', () => {
    for (const { events } of company(2000, 5).people()) {
      const names = events.map(({ event }) => event)
      const gone = names.indexOf('deleted')
      if (gone >= 0) expect(names.slice(gone + 1).every(name => name === 'restored')).toBe(true)
      for (const name of ['assigned', 'accepted', 'sql', 'won'] as const) {
        if (names.includes(name)) expect(names.indexOf('mql')).toBeLessThan(names.indexOf(name))
      }
      const opened = names.indexOf('opportunity')
      for (const name of ['won', 'lost', 'stage'] as const) {
        if (names.includes(name)) expect(opened).toBeLessThan(names.indexOf(name))
      }
    }
  })

  it('has all the kinds of events and people it is meant to show', () => {
    const { company: own, people } = company(4000, 6)
    const all = [...people()]
    const events = all.flatMap(life => life.events)
    const names = new Set(events.map(({ event }) => event))
    const without = ['merged']
    expect([...names].sort()).toEqual([...KINDS].filter(name => !without.includes(name)).sort())
    const outcomes = new Set(events.map(({ outcome }) => outcome))
    for (const outcome of [
      'connected',
      'voicemail',
      'no_answer',
      'replied',
      'bounced',
      'held',
      'no_show',
      'automated',
    ]) {
      expect(outcomes).toContain(outcome)
    }
    expect(new Set(own.users.map(user => user.time_zone)).size).toBe(6)
    expect(own.users.filter(user => !user.active)).toHaveLength(1)
    expect(own.users.some(user => user.works_in === 'hubspot')).toBe(true)
    expect(own.hubspotLagSeconds).toBe(240)
    expect(events.some(({ detail }) => detail.startsWith('salesforce.'))).toBe(true)
    const never = all.filter(life => !life.events.some(({ event }) => event === 'mql')).length / all.length
    expect(never).toBeGreaterThan(0.25)
    expect(never).toBeLessThan(0.45)
    const again = all.filter(life => life.events.filter(({ event }) => event === 'mql').length > 1)
    expect(again.length).toBeGreaterThan(50)
  })

  it('is a believable one: half are followed up within a day, a few percent are overdue', () => {
    const { company: own, people } = company(4000, 7)
    const delays: number[] = []
    let handoffs = 0
    let silent = 0
    for (const { events } of people()) {
      const delay = firstDelay(events)
      if (delay === null) continue
      handoffs++
      if (delay.attempt !== null) delays.push((delay.attempt - delay.assigned) / 3_600_000)
      else if (delay.open && own.now - delay.assigned > 2 * DAY) silent++
    }
    const median = delays.sort((a, b) => a - b)[delays.length >> 1]!
    expect(median).toBeGreaterThan(1)
    expect(median).toBeLessThan(24)
    expect(silent / handoffs).toBeGreaterThan(0.005)
    expect(silent / handoffs).toBeLessThan(0.06)
  })

  it('goes on for a day after now when it is live, in arrivals and in what happens to others', () => {
    const { company: own, people } = company(1000, 8, true)
    const later = [...people()].map(life => life.events.filter(({ at }) => at > own.now))
    const fresh = later.filter(
      (events, index) => index >= 900 && events.some(({ event }) => event === 'inquiry'),
    )
    expect(fresh.length).toBeGreaterThan(10)
    expect(later.slice(0, 900).flat().length).toBeGreaterThan(10)
    expect(Math.max(...later.flat().map(({ at }) => at))).toBeLessThanOrEqual(own.now + DAY)
  })

  it.each([
    [{ people: 0, seed: 1 }, '0 people'],
    [{ people: 2_000_001, seed: 1 }, '1 to 2000000'],
    [{ people: 1.5, seed: 1 }, '1.5 people'],
    [{ people: 10, seed: -1 }, 'seed -1'],
    [{ people: 10, seed: 1, days: 0 }, '0 days'],
    [{ people: 10, seed: 1, now: 1.5 }, 'whole second'],
  ])('refuses %j', (options, words) => {
    expect(() => generateScenario(options)).toThrow(words)
  })

  it('begins with any of its people, however many there are', () => {
    const lives = company(2_000_000, 9).people()[Symbol.iterator]()
    const { value } = lives.next()
    expect(value?.person.person).toBe('p0000001')
  })
})

const KINDS: ReadonlySet<string> = new Set(
  'inquiry mql assigned call email meeting accepted rejected recycled sql opportunity stage won lost updated merged deleted restored'.split(
    ' ',
  ),
)

/** From the first owner to the first outbound activity of the first handoff. */
function firstDelay(events: readonly ScenarioEvent[]) {
  const assigned = events.find(({ event, actor }) => event === 'assigned' && actor !== '')
  if (!assigned) return null
  const ended = events.find(
    ({ event, at }) => at > assigned.at && ['rejected', 'recycled', 'sql'].includes(event),
  )
  const attempt = events.find(
    ({ event, direction, outcome, at }) =>
      at > assigned.at && ['call', 'email'].includes(event) && direction === 'out' && outcome !== 'automated',
  )
  return { assigned: assigned.at, attempt: attempt?.at ?? null, open: !ended }
}
