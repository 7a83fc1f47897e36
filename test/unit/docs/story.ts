import type { Fact } from '../../../src/domain/facts.ts'
import type { Directory } from '../../../src/domain/handoff.ts'
import type { Instant } from '../../../src/domain/time.ts'
import { localWords, zoneOf } from '../../../src/domain/zone.ts'
import type { Company, Person, ScenarioEvent } from '../../../src/twins/scenario/types.ts'
import { COMPANY, directory, factsOf, PERSON, row } from '../domain/world.ts'

/** By whose clock stories are told. */
export const ZONE = 'Europe/Berlin'

/** The year in which all of them happen. */
const YEAR = 2026

/** Ada and Ben sit in Berlin, Cora in New York. */
const PEOPLE = { Ada: ZONE, Ben: ZONE, Cora: 'America/New_York' }

const company = (connector: boolean): Company => ({
  ...COMPANY,
  connector,
  users: Object.entries(PEOPLE).map(([name, time_zone]) => ({
    ...COMPANY.users[0]!,
    ...{ user: name.toLowerCase(), name, email: `${name.toLowerCase()}@example.com`, time_zone },
  })),
})

/** What a ```story block tells, as facts, and when it is judged. */
export interface Story {
  facts: Fact[]
  directory: Directory
  looks: { now: Instant; next: boolean }[]
}

type What = Pick<ScenarioEvent, 'event'> & Partial<ScenarioEvent>

/** What can happen in a story. The first group is somebody of ours, in small letters. */
const EVENTS: [RegExp, (...groups: string[]) => What][] = [
  [/^inquiry$/, () => ({ event: 'inquiry' })],
  [/^MQL(?:, from (?:\w+))?$/, () => ({ event: 'mql' })],
  [/^given to a queue$/, () => ({ event: 'assigned' })],
  [/^given to (\w+)$/, actor => ({ event: 'assigned', actor })],
  [
    /^(\w+) calls, (voicemail|connected)/,
    (actor, outcome) => ({ event: 'call', actor, outcome, direction: 'out' }),
  ],
  [/^(\w+) e-mails/, actor => ({ event: 'email', actor, direction: 'out' })],
  [/^the lead e-mails$/, () => ({ event: 'email', direction: 'in' })],
  [/^status (\w+)$/, () => ({ event: 'updated' })],
  [/^(accepted|rejected|recycled)$/, event => ({ event: event as ScenarioEvent['event'] })],
  [/^SQL$/, () => ({ event: 'sql' })],
]

/** @throws Error naming the line that cannot be read */
export function readStory(text: string): Story {
  const lines = text.trimEnd().split('\n').map(readLine)
  const source = /, from (\w+)$/m.exec(text)?.[1] ?? PERSON.source
  const person: Person = { ...PERSON, source }
  const told = lines.filter(({ words }) => !words.startsWith('now'))
  const world = company(text.includes('(in both CRMs)'))
  const facts = factsOf(told.map(eventOf), world, person)
  for (const { at, words } of told) {
    const logged = /\(logged (.*)\)$/.exec(words)?.[1]
    if (!logged) continue
    for (const fact of facts)
      if (fact.kind === 'activity' && fact.at === at) fact.loggedAt = instantOf(`${logged}  `).at
  }
  const looks = lines
    .filter(({ words }) => words.startsWith('now'))
    .map(({ at, words }) => ({ now: at, next: words.endsWith('next?') }))
  if (looks.length === 0) throw new Error(`nobody looks: a story needs a line with now\n${text}`)
  return { facts, directory: directory(world), looks }
}

interface Line {
  at: Instant
  words: string
}

const readLine = (line: string): Line => {
  const { at, rest } = instantOf(line)
  return { at, words: rest }
}

/** `Mon 23 Nov 22:40  MQL`: local time in the zone of stories. */
function instantOf(line: string): { at: Instant; rest: string } {
  const found = /^(\w{3} \d+ \w{3}) (\d\d:\d\d(?::\d\d)?)\s*(.*)$/.exec(line)
  const local = found && Date.parse(`${found[1]} ${YEAR} ${found[2]} UTC`)
  if (!found || !local) throw new Error(`cannot read the time of "${line}"`)
  const plain = Temporal.Instant.fromEpochMilliseconds(local).toZonedDateTimeISO('UTC').toPlainDateTime()
  const at = plain.toZonedDateTime(ZONE).epochMilliseconds
  const said = localWords(at, zoneOf(ZONE))
  if (!said.startsWith(found[1]!)) throw new Error(`"${line}" is ${said}`)
  return { at, rest: found[3]! }
}

function eventOf({ at, words }: Line): ScenarioEvent {
  for (const [pattern, make] of EVENTS) {
    const found = pattern.exec(words)
    if (!found) continue
    const { event, ...more } = make(...found.slice(1).map(group => group.toLowerCase()))
    const detail = event === 'updated' ? `salesforce.status=${found[1]}` : ''
    return row(at, event, { detail, ...more })
  }
  throw new Error(`cannot read what happens in "${words}"`)
}
