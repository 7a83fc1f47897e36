import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ScenarioError } from '../../../../src/twins/scenario/error.ts'
import { readScenario } from '../../../../src/twins/scenario/read.ts'
import { FILES, withFolder, withLine } from './folder.ts'

type Changes = Record<string, string | Buffer | null>

const read = (changes: Changes) =>
  withFolder(changes, async dir => {
    const warnings: string[] = []
    const scenario = await readScenario(dir, { warn: text => warnings.push(text.replace(dir, '')) })
    try {
      return { company: scenario.company, size: scenario.size, people: [...scenario.people()], warnings }
    } finally {
      scenario.close()
    }
  })

/** The error of a folder with these changes, its file as a bare name. */
const refusal = (changes: Changes) =>
  withFolder(changes, async dir => {
    const error = await readScenario(dir).then(
      scenario => scenario.close(),
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(ScenarioError)
    const { file, line, column, value, message } = error as ScenarioError
    expect(message).toContain(file)
    return { at: [file.replace(`${dir}/`, ''), line, column, value], message }
  })

describe('a scenario without a fault', () => {
  it('gives people in the file’s order, events in order of time', async () => {
    const { people, size, warnings } = await read({})
    expect(people.map(({ person }) => person.person)).toEqual(['p1', 'p2'])
    expect(people[0]!.events.map(({ event, seq }) => [event, seq])).toEqual([
      ['mql', 1],
      ['assigned', 3],
      ['won', 4],
    ])
    expect(people[1]!.person).toMatchObject({ email: '', company: 'Blue, Foods' })
    expect([size, warnings]).toEqual([{ people: 2, events: 4 }, []])
  })

  it('reads instants with an offset, fractions, and a date as the start of that day in the zone', async () => {
    const { company, people } = await read({})
    const [mql, assigned] = people[0]!.events
    expect(new Date(mql!.at).toISOString()).toBe('2026-11-02T09:00:00.000Z')
    expect(new Date(assigned!.at).toISOString()).toBe('2026-11-02T09:30:00.500Z')
    expect(new Date(people[1]!.events[0]!.at).toISOString()).toBe('2026-11-03T03:00:00.000Z')
    expect(new Date(company.start).toISOString()).toBe('2026-01-01T03:00:00.000Z')
  })

  it('keeps the file’s order among equal instants', async () => {
    const same = ['mql', 'accepted', 'sql'].map(event => `p1,2026-11-02T09:00:00Z,${event},,,,,,`)
    const { people } = await read({
      'events.csv': [FILES['events.csv']!.split('\n')[0], ...same, ''].join('\n'),
    })
    expect(people[0]!.events.map(({ event }) => event)).toEqual(['mql', 'accepted', 'sql'])
  })

  it('fills what is left empty: zone, active, works_in, team, country, left, connector, lag', async () => {
    const { company } = await read({})
    expect(company.users[1]).toEqual({
      user: 'meg',
      name: 'Meg Boss',
      email: 'meg@reps.example.com',
      manager: '',
      role: 'manager',
      time_zone: 'America/Sao_Paulo',
      active: true,
      works_in: 'salesforce',
      team: '',
      country: '',
      left: null,
    })
    expect(company).toMatchObject({ connector: false, hubspotLagSeconds: 0 })
    expect(company.accounts[0]).toMatchObject({ employees: 120, annual_revenue: 5e6, target: true })
    expect(company.campaigns[0]).toMatchObject({ cost: 9000, start: '2026-03-01', owner: 'meg' })
  })

  it('does without accounts and campaigns, and with CRLF and a byte order mark', async () => {
    const events = `\uFEFF${FILES['events.csv']!.replaceAll('\n', '\r\n')}`
    const { company, people } = await read({
      'accounts.csv': null,
      'campaigns.csv': null,
      'events.csv': events,
    })
    expect([company.accounts, company.campaigns, people[0]!.events.length]).toEqual([[], [], 3])
  })

  it('ignores an unknown column or key with a warning', async () => {
    const { warnings } = await read({
      'accounts.csv': 'account,name,domain,industry,employees,annual_revenue,country,target,tier\n',
      'scenario.json': FILES['scenario.json']!.replace('{', '{"mood": 1,'),
    })
    expect(warnings).toEqual([
      '/scenario.json: unknown key "mood" is ignored',
      '/accounts.csv, line 1: unknown column "tier" is ignored',
    ])
  })

  it('can be read twice', () =>
    withFolder({}, async dir => {
      const scenario = await readScenario(dir)
      expect([...scenario.people()]).toEqual([...scenario.people()])
      scenario.close()
    }))
})

type Fault = [what: string, changes: Changes, at: unknown[], words: string]
const EVENTS = 'events.csv'
const event = (cells: string, line = 3): Changes => withLine(EVENTS, line, cells)

const FAULTS: Fault[] = [
  ['no events.csv', { [EVENTS]: null }, [EVENTS, null, null, null], 'does not exist'],
  ['no people.csv', { 'people.csv': null }, ['people.csv', null, null, null], 'does not exist'],
  ['no users.csv', { 'users.csv': null }, ['users.csv', null, null, null], 'does not exist'],
  ['no scenario.json', { 'scenario.json': null }, ['scenario.json', null, null, null], 'does not exist'],
  ['an empty file', { [EVENTS]: '' }, [EVENTS, 1, null, null], 'person,at,event'],
  [
    'broken JSON',
    withLine('scenario.json', 3, '"description": two,'),
    ['scenario.json', 3, null, null],
    'not JSON',
  ],
  ['JSON cut off', { 'scenario.json': '{\n"name": "x"\n' }, ['scenario.json', 3, null, null], 'not JSON'],
  [
    'JSON that is no object',
    { 'scenario.json': '[]' },
    ['scenario.json', 1, null, null],
    'not a JSON object',
  ],
  ['no name', withLine('scenario.json', 2, ''), ['scenario.json', null, 'name', null], 'is missing'],
  [
    'an unknown zone',
    withLine('scenario.json', 4, '"timeZone": "Brazil/Rio",'),
    ['scenario.json', 4, 'timeZone', 'Brazil/Rio'],
    'IANA',
  ],
  [
    'now before start',
    withLine('scenario.json', 6, '"now": "2025-12-31"'),
    ['scenario.json', 6, 'now', '2025-12-31'],
    'before start',
  ],
  [
    'a bad now',
    withLine('scenario.json', 6, '"now": "soon"'),
    ['scenario.json', 6, 'now', 'soon'],
    'not an instant',
  ],
  [
    'connector in quotes',
    withLine('scenario.json', 6, '"now": "2026-11-18", "connector": "yes"'),
    ['scenario.json', 6, 'connector', 'yes'],
    'without quotes',
  ],
  [
    'tracked fields that are no list',
    withLine('scenario.json', 6, '"now": "2026-11-18", "leadHistory": "Rating"'),
    ['scenario.json', 6, 'leadHistory', 'Rating'],
    'square brackets',
  ],
  [
    'a negative lag',
    withLine('scenario.json', 6, '"now": "2026-11-18", "hubspotLagSeconds": -1'),
    ['scenario.json', 6, 'hubspotLagSeconds', '-1'],
    'whole number',
  ],
  [
    'a missing column',
    withLine(EVENTS, 1, 'person,when,event,actor,direction,outcome,amount,deal,detail'),
    [EVENTS, 1, 'at', null],
    'missing from the header',
  ],
  [
    'a column twice',
    withLine(EVENTS, 1, 'person,at,at,actor,direction,outcome,amount,deal,detail'),
    [EVENTS, 1, 'at', null],
    'twice',
  ],
  ['an unknown event', event('p2,2026-11-03,qml,,,,,,'), [EVENTS, 3, 'event', 'qml'], 'inquiry, mql'],
  ['no event', event('p2,2026-11-03,,,,,,,'), [EVENTS, 3, 'event', ''], 'not a known event'],
  [
    'an instant without offset',
    event('p2,2026-11-03T10:00:00,mql,,,,,,'),
    [EVENTS, 3, 'at', '2026-11-03T10:00:00'],
    'offset',
  ],
  ['a day that is none', event('p2,2026-02-30,mql,,,,,,'), [EVENTS, 3, 'at', '2026-02-30'], 'not an instant'],
  [
    'an hour that is none',
    event('p2,2026-02-03T24:10Z,mql,,,,,,'),
    [EVENTS, 3, 'at', '2026-02-03T24:10Z'],
    'not an instant',
  ],
  ['a local format', event('p2,03/11/2026,mql,,,,,,'), [EVENTS, 3, 'at', '03/11/2026'], 'ISO 8601'],
  ['no instant', event('p2,,mql,,,,,,'), [EVENTS, 3, 'at', ''], 'is empty'],
  [
    'a bad direction',
    event('p2,2026-11-03,call,ann,outbound,,,,'),
    [EVENTS, 3, 'direction', 'outbound'],
    '(empty), in, out',
  ],
  ['a bad outcome', event('p2,2026-11-03,call,ann,out,fine,,,'), [EVENTS, 3, 'outcome', 'fine'], 'voicemail'],
  [
    'an amount in words',
    event('p2,2026-11-03,won,ann,,,"1,000",d9,'),
    [EVENTS, 3, 'amount', '1,000'],
    'not a number',
  ],
  [
    'an endless amount',
    event('p2,2026-11-03,won,ann,,,1e999,d9,'),
    [EVENTS, 3, 'amount', '1e999'],
    'not a number',
  ],
  ['an unknown actor', event('p2,2026-11-03,call,bob,out,,,,'), [EVENTS, 3, 'actor', 'bob'], 'users.csv'],
  ['an unknown person', event('p3,2026-11-03,mql,,,,,,'), [EVENTS, 3, 'person', 'p3'], 'people.csv'],
  ['no person', event(',2026-11-03,mql,,,,,,'), [EVENTS, 3, 'person', ''], 'is empty'],
  ['merged into nobody', event('p2,2026-11-03,merged,,,,,,'), [EVENTS, 3, 'detail', ''], 'surviving'],
  ['merged into a stranger', event('p2,2026-11-03,merged,,,,,,p9'), [EVENTS, 3, 'detail', 'p9'], 'surviving'],
  [
    'merged into themselves',
    event('p2,2026-11-03,merged,,,,,,p2'),
    [EVENTS, 3, 'detail', 'p2'],
    'another person',
  ],
  [
    'a deal of two people',
    event('p2,2026-11-03,lost,,,,,d1,'),
    [EVENTS, 5, 'deal', 'd1'],
    'already a deal of person "p2"',
  ],
  [
    'an opportunity without deal',
    event('p2,2026-11-03,opportunity,,,,,,'),
    [EVENTS, 3, 'deal', ''],
    'name the deal',
  ],
  [
    'a deal opened twice',
    event('p2,2026-11-03,opportunity,,,,,d2,\np2,2026-11-04,opportunity,,,,,d2,'),
    [EVENTS, 4, 'deal', 'd2'],
    'already opened in line 3',
  ],
  [
    'a person twice',
    withLine('people.csv', 3, 'p1,,,,,,,,,'),
    ['people.csv', 3, 'person', 'p1'],
    'already in line 2',
  ],
  [
    'a user twice',
    withLine('users.csv', 3, 'ann,,,,,,'),
    ['users.csv', 3, 'user', 'ann'],
    'already in line 2',
  ],
  [
    'an unknown role',
    withLine('users.csv', 3, 'meg,,,,boss,,'),
    ['users.csv', 3, 'role', 'boss'],
    'marketer',
  ],
  ['a user’s zone', withLine('users.csv', 3, 'meg,,,,,CEST,'), ['users.csv', 3, 'time_zone', 'CEST'], 'IANA'],
  [
    'active as yes',
    withLine('users.csv', 3, 'meg,,,,,,yes'),
    ['users.csv', 3, 'active', 'yes'],
    'true or false',
  ],
  [
    'an unknown manager',
    withLine('users.csv', 3, 'mog,,,,,,'),
    ['users.csv', 2, 'manager', 'meg'],
    'not a user',
  ],
  [
    'a workplace unknown',
    { 'users.csv': `${FILES['users.csv']!.split('\n')[0]},works_in\nann,,,,,,,pipedrive\n` },
    ['users.csv', 2, 'works_in', 'pipedrive'],
    'hubspot',
  ],
  [
    'employees in words',
    withLine('accounts.csv', 2, 'a1,,,,many,,,'),
    ['accounts.csv', 2, 'employees', 'many'],
    'number',
  ],
  [
    'a cost in words',
    withLine('campaigns.csv', 2, 'c1,,,,,much,'),
    ['campaigns.csv', 2, 'cost', 'much'],
    'number',
  ],
  [
    'a campaign’s start',
    withLine('campaigns.csv', 2, 'c1,,,May,,,'),
    ['campaigns.csv', 2, 'start', 'May'],
    'ISO 8601',
  ],
  [
    'a campaign’s owner',
    withLine('campaigns.csv', 2, 'c1,,,,,,bob'),
    ['campaigns.csv', 2, 'owner', 'bob'],
    'users.csv',
  ],
  ['too many cells', event('p2,2026-11-03,mql,,,,,,x,y'), [EVENTS, 3, null, 'y'], '10 cells'],
  ['too few cells', event('p2,2026-11-03,mql'), [EVENTS, 3, null, 'mql'], '3 cells'],
  ['a quote never closed', event('p2,2026-11-03,mql,,,,,,"x'), [EVENTS, 3, null, null], 'never closed'],
  ['a quote inside a cell', event('p2,2026-11-03,mql,,,,,,x"y"'), [EVENTS, 3, null, null], 'quote'],
  ['text after a quote', event('p2,2026-11-03,mql,,,,,,"x"y'), [EVENTS, 3, null, null], 'quote'],
  [
    'bytes that are no UTF-8',
    { 'people.csv': Buffer.from(FILES['people.csv']!.replace('Ben', 'Jos\xe9'), 'latin1') },
    ['people.csv', 3, null, null],
    'UTF-8',
  ],
]

describe('a scenario with a fault', () => {
  it.each(FAULTS)('%s', async (_what, changes, at, words) => {
    const fault = await refusal(changes)
    expect(fault.at).toEqual(at)
    expect(fault.message).toContain(words)
  })

  it('counts lines as an editor does, over cells of several lines and empty lines', async () => {
    const changes = event(
      'p2,2026-11-03,call,ann,out,,,,"two\r\nlines"\n\np2,2026-11-04,call,ann,off,,,,"more\nlines"',
    )
    expect((await refusal(changes)).at).toEqual([EVENTS, 6, 'direction', 'off'])
  })

  it('names the folder that is not there, or is a file', () =>
    withFolder({}, async dir => {
      await expect(readScenario(join(dir, 'nope'))).rejects.toThrow(
        `${dir}/nope: the folder does not exist; give`,
      )
      await expect(readScenario(join(dir, 'people.csv'))).rejects.toThrow('is a file, not a folder')
    }))

  it('shortens a long value', async () => {
    const { message } = await refusal(event(`p2,${'9'.repeat(500)},mql,,,,,,`))
    expect(message.length).toBeLessThan(350)
  })

  it('leaves no temporary file behind', async () => {
    const left = () => readdirSync(tmpdir()).filter(name => name.startsWith('leadtime-scenario-'))
    const before = left()
    await refusal(event('p3,2026-11-03,mql,,,,,,'))
    await read({})
    expect(left().filter(name => !before.includes(name))).toEqual([])
  })
})
