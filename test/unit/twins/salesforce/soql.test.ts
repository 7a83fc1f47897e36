import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Queries } from '../../../../src/twins/salesforce/query.ts'
import { planOf, selectSql, valuesOf } from '../../../../src/twins/salesforce/soql/plan.ts'
import { at, company, event, person, World } from './world.ts'

/** Four leads: a (web, owned by Ann), b (Bob, working), c (no e-mail, deleted) and o'd (backslash). */
const world = new World()
const queries = new Queries(world.database, () => world.organisation.days)
const NOW = at(10 * 24)
const options = { deleted: false, batchSize: 2000, base: '/services/data/v66.0', now: NOW }

beforeAll(() => {
  world.sink.begin(company())
  world.sink.person(person('a', { campaign: 'spring', country: '' }), [
    event('mql', 1),
    event('assigned', 2, { actor: 'ann' }),
    event('call', 3, { actor: 'ann', direction: 'out', outcome: 'connected' }),
    event('email', 4, { actor: 'ann', direction: 'out' }),
  ])
  world.sink.person(person('b', { source: 'event', company: '100%_sure' }), [
    event('mql', 24),
    event('assigned', 24, { actor: 'bob' }),
    event('accepted', 26, { actor: 'bob' }),
  ])
  world.sink.person(person('c', { email: '' }), [event('mql', 48), event('deleted', 49)])
  world.sink.person(person("o'd", { company: 'back\\slash' }), [event('mql', 9 * 24)])
  world.sink.person(person('w'), [event('won', 72, { actor: 'ann', deal: 'd1', amount: 500 })])
  world.sink.end()
})

afterAll(() => world.close())

const run = (text: string, more = {}) => queries.run(text, { ...options, ...more })
const names = (where: string, more = {}) =>
  run(`SELECT LastName FROM Lead WHERE ${where} ORDER BY CreatedDate`, more).records.map(
    record => record.LastName,
  )
const refusal = (text: string) => {
  try {
    run(text)
  } catch (error) {
    const { status, errorCode, message } = error as { status: number; errorCode: string; message: string }
    return { status, errorCode, message }
  }
  throw new Error(`accepted: ${text}`)
}

describe('WHERE', () => {
  it.each<[string, string[]]>([
    ["LastName = 'a'", ['a']],
    ["LastName = 'A'", ['a']],
    ["LastName != 'a'", ['b', "o'd"]],
    ["LastName IN ('a', 'b')", ['a', 'b']],
    ["LastName NOT IN ('a', 'b')", ["o'd"]],
    ["LastName = 'o\\'d'", ["o'd"]],
    ["Company = 'back\\\\slash'", ["o'd"]],
    ["Company LIKE 'company%'", ['a']],
    ["Company LIKE '100\\%\\_s%'", ['b']],
    ["Company LIKE '100_sure'", []],
    ["Company LIKE '1__\\%%'", ['b']],
    ["Company LIKE '1\\_0%'", []],
    ["Company LIKE 'back\\%'", []],
    ["Company LIKE '%\\\\%'", ["o'd"]],
    ['Country = null', ['a']],
    ["Country = ''", ['a']],
    ['Country != null', ['b', "o'd"]],
    ["Country != 'DE'", ['a']],
    ["Country NOT IN ('DE')", ['a']],
    ["Country IN ('DE', null)", ['a', 'b', "o'd"]],
    ["NOT Country = 'DE'", ['a']],
    ["(NOT Country = 'DE')", ['a']],
    ["NOT (Country = 'DE' AND LastName = 'b')", ['a', "o'd"]],
    ['IsConverted = false', ['a', 'b', "o'd"]],
    ['IsConverted = TRUE', []],
    ['NumberOfEmployees > 1.5', []],
    ['CreatedDate > 2026-01-02T00:00:00Z', ["o'd"]],
    ['CreatedDate >= 2026-01-02T00:00:00.000+00:00', ['b', "o'd"]],
    ['CreatedDate = 2026-01-02T01:00:00+01:00', ['b']],
    ['CreatedDate < 2026-01-02T00:00:00Z', ['a']],
    ['CreatedDate = LAST_N_DAYS:3', ["o'd"]],
    ['CreatedDate < LAST_N_DAYS:3', ['a', 'b']],
    ['CreatedDate != LAST_N_DAYS:3', ['a', 'b']],
    ['LastActivityDate = 2026-01-01', ['a']],
    ["Owner.Name = 'Rep ann'", ['a']],
    ["Owner.Type = 'Queue' OR Owner.Type = 'Group'", ["o'd"]],
    ["LastName = 'a' OR (LastName = 'b' AND Status = 'Working - Contacted')", ['a', 'b']],
    ["(LastName = 'a' OR LastName = 'b') AND (NOT (LastName = 'b' AND Country = 'DE'))", ['a']],
    ["((LastName = 'a'))", ['a']],
    ['Id IN (SELECT LeadId FROM CampaignMember)', ['a']],
    ['Id NOT IN (SELECT LeadId FROM CampaignMember WHERE LeadId != null)', ['b', "o'd"]],
    ["OwnerId = '005000000000000'", []],
  ])('%s', (where, expected) => {
    expect(names(where)).toEqual(expected)
  })

  it('takes ids of 15 and 18 characters', () => {
    const [first] = world.rows('Lead')
    expect(names(`Id = '${first?.Id}'`)).toEqual(['a'])
    expect(names(`Id = '${String(first?.Id).slice(0, 15)}'`)).toEqual(['a'])
    expect(names(`Id > '${first?.Id}'`)).toEqual(['b', "o'd"])
  })

  it('shows the recycle bin to queryAll only', () => {
    expect(names("LastName = 'c'")).toEqual([])
    expect(names("LastName = '[not provided]' OR LastName = 'c'", { deleted: true })).toEqual(['c'])
    expect(names('IsDeleted = true', { deleted: true })).toEqual(['c'])
  })

  it('takes the alias and the name of the object off a field', () => {
    const text = "SELECT l.LastName FROM Lead l WHERE l.LastName = 'a' AND Lead.Owner.Name = 'Rep ann'"
    expect(run(text).records).toMatchObject([{ LastName: 'a' }])
  })
})

describe('ORDER BY, LIMIT, OFFSET', () => {
  const order = (text: string) =>
    run(`SELECT LastName FROM Lead ${text}`).records.map(record => record.LastName)

  it('orders by several fields, empty ones first unless told otherwise', () => {
    expect(order('ORDER BY Country, LastName DESC')).toEqual(['a', "o'd", 'b'])
    expect(order('ORDER BY Country DESC NULLS LAST, LastName')).toEqual(['b', "o'd", 'a'])
    expect(order('ORDER BY Owner.Name DESC, Id')).toEqual(['b', 'a', "o'd"])
  })

  it('limits and skips', () => {
    expect(order('ORDER BY CreatedDate LIMIT 1')).toEqual(['a'])
    expect(order('ORDER BY CreatedDate LIMIT 2 OFFSET 1')).toEqual(['b', "o'd"])
    expect(run('SELECT Id FROM Lead LIMIT 2').totalSize).toBe(2)
    expect(refusal('SELECT Id FROM Lead OFFSET 2001').errorCode).toBe('NUMBER_OUTSIDE_VALID_RANGE')
  })

  it('is in order of Id when nothing else is asked', () => {
    expect(order('')).toEqual(['a', 'b', "o'd"])
  })
})

describe('records', () => {
  it('have attributes, the names of the schema, dates and times in the API’s forms', () => {
    const { totalSize, done, records } = run(
      "SELECT id, LASTNAME, createddate, LastActivityDate, IsConverted, Rating FROM Lead WHERE LastName = 'a'",
    )
    const [lead] = world.rows('Lead')
    expect({ totalSize, done }).toEqual({ totalSize: 1, done: true })
    expect(records[0]).toEqual({
      attributes: { type: 'Lead', url: `/services/data/v66.0/sobjects/Lead/${lead?.Id}` },
      Id: lead?.Id,
      LastName: 'a',
      CreatedDate: '2026-01-01T01:00:00.000+0000',
      LastActivityDate: '2026-01-01',
      IsConverted: false,
      Rating: null,
    })
  })

  it('carry parents of several objects and levels, null where there is none', () => {
    const { records } = run(
      "SELECT Owner.Name, Owner.Type, ConvertedContact.Account.Name FROM Lead WHERE LastName = 'a' OR LastName = 'o\\'d'",
    )
    const group = expect.objectContaining({ type: 'Group' })
    expect(records).toMatchObject([
      { Owner: { attributes: { type: 'User' }, Name: 'Rep ann', Type: 'User' }, ConvertedContact: null },
      { Owner: { attributes: group, Name: 'Inbound', Type: 'Group' }, ConvertedContact: null },
    ])
    const email = run(
      'SELECT Subject, Activity.WhoId, Activity.Owner.Name, Activity.Who.Name FROM EmailMessage',
    )
    expect(email.records).toMatchObject([
      { Activity: { WhoId: world.rows('Lead')[0]?.Id, Owner: { Name: 'Rep ann' }, Who: { Name: 'Pat a' } } },
    ])
  })

  it('carry children, null where there are none', () => {
    const { records } = run(
      'SELECT LastName, (SELECT Subject FROM Tasks ORDER BY CreatedDate) FROM Lead LIMIT 2',
    )
    expect(records).toMatchObject([
      { Tasks: { totalSize: 2, done: true, records: [{ Subject: 'Call' }, { Subject: 'Email: Email' }] } },
      { Tasks: null },
    ])
  })

  it('can be asked for with FIELDS', () => {
    const [record] = run('SELECT FIELDS(CUSTOM) FROM Lead LIMIT 1').records
    expect(Object.keys(record ?? {})).toContain('Leadtime_Overdue__c')
    expect(Object.keys(record ?? {})).not.toContain('Name')
  })
})

describe('aggregates', () => {
  it('counts', () => {
    expect(run('SELECT COUNT() FROM Lead')).toEqual({ totalSize: 3, done: true, records: [] })
    expect(run('SELECT COUNT(Country) FROM Lead').records).toEqual([
      { attributes: { type: 'AggregateResult' }, expr0: 2 },
    ])
  })

  it('groups', () => {
    const { records } = run(
      'SELECT Status, COUNT(Id) n, MIN(CreatedDate) oldest FROM Lead GROUP BY Status ORDER BY Status',
    )
    expect(records).toMatchObject([
      { Status: 'Open - Not Contacted', n: 2, oldest: '2026-01-01T01:00:00.000+0000' },
      { Status: 'Working - Contacted', n: 1 },
    ])
    expect(run('SELECT SUM(Amount) FROM Opportunity').records).toMatchObject([{ expr0: 500 }])
    expect(refusal('SELECT Status, COUNT(Id) FROM Lead').errorCode).toBe('MALFORMED_QUERY')
  })
})

describe('refusals', () => {
  it('points at an unknown field', () => {
    const { status, errorCode, message } = refusal('SELECT Id, Foo FROM Lead')
    expect({ status, errorCode }).toEqual({ status: 400, errorCode: 'INVALID_FIELD' })
    const [empty, query, caret, where, what] = message.split('\n')
    expect([empty, query, where]).toEqual(['', 'SELECT Id, Foo FROM Lead', 'ERROR at Row:1:Column:12'])
    expect(caret).toBe(`${' '.repeat(11)}^`)
    expect(what).toMatch(/^No such column 'Foo' on entity 'Lead'\. If you are attempting/)
  })

  it.each([
    ['SELECT Id FROM Foo', 'INVALID_TYPE', "sObject type 'Foo' is not supported"],
    ['SELECT Id FROM Lead WHERE Foo = 1', 'INVALID_FIELD', "No such column 'Foo' on entity 'Lead'"],
    ['SELECT Foo.Name FROM Lead', 'INVALID_FIELD', "Didn't understand relationship 'Foo' in field path"],
    ['SELECT Owner.Company FROM Lead', 'INVALID_FIELD', "No such column 'Company' on entity 'Name'"],
    ['SELECT Id, (SELECT Id FROM Foos) FROM Lead', 'INVALID_TYPE', "Didn't understand relationship 'Foos'"],
    ['SELECT Id, Id FROM Lead', 'INVALID_FIELD', 'duplicate field selected: Id'],
    [
      "SELECT Id FROM Lead WHERE IsConverted = 'x'",
      'INVALID_FIELD',
      'must be of type boolean and should not be enclosed',
    ],
    ['SELECT Id FROM Lead WHERE CreatedDate > 2026-01-01', 'INVALID_FIELD', 'must be of type dateTime'],
    [
      'SELECT Id FROM Lead WHERE Name = 3',
      'INVALID_FIELD',
      'must be of type string and should be enclosed in quotes',
    ],
    [
      "SELECT Id FROM Lead WHERE Id = 'nonsense'",
      'INVALID_QUERY_FILTER_OPERATOR',
      'invalid ID field: nonsense',
    ],
    ["SELECT Id FROM LeadHistory WHERE NewValue = 'x'", 'INVALID_FIELD', "'NewValue' can not be filtered"],
    [
      "SELECT Id FROM Lead WHERE Name = 'a' AND Name = 'b' OR Name = 'c'",
      'MALFORMED_QUERY',
      "unexpected token: 'OR'",
    ],
    ['SELECT FROM Lead', 'MALFORMED_QUERY', "unexpected token: 'FROM'"],
    ['SELECT Id FROM Lead WHERE', 'MALFORMED_QUERY', 'unexpected token'],
    ["SELECT Id FROM Lead WHERE Name = 'a", 'MALFORMED_QUERY', 'unexpected token'],
    ['SELECT Id FROM Lead; DROP TABLE Lead', 'MALFORMED_QUERY', 'unexpected token'],
    ['', 'MALFORMED_QUERY', 'A query string has to be specified'],
  ])('%s → %s', (text, code, message) => {
    const refused = refusal(text)
    expect(refused).toMatchObject({ status: 400, errorCode: code })
    expect(refused.message).toContain(message)
  })
})

describe('speed', () => {
  it('pages by stamp and id along the index', () => {
    const plan = planOf(
      "SELECT Id FROM Lead WHERE SystemModstamp > 2026-01-02T00:00:00Z OR (SystemModstamp = 2026-01-02T00:00:00Z AND Id > '00QLt0000000001MAA') ORDER BY SystemModstamp, Id LIMIT 2000",
      {
        today: { now: NOW, days: world.organisation.days },
        deleted: true,
        children: () => ({ run: () => null }),
      },
    )
    const explain = world.database.sql.prepare(`EXPLAIN QUERY PLAN ${selectSql(plan)}`).all(...valuesOf(plan))
    const steps = explain.map(step => String(step.detail)).join('\n')
    expect(steps).toMatch(/USING (COVERING )?INDEX Lead_SystemModstamp \(SystemModstamp>\?\)/)
    expect(steps).not.toMatch(/TEMP B-TREE/)
  })
})

describe('locators', () => {
  const many = new World()
  const pages = new Queries(many.database, () => many.organisation.days)
  const small = { ...options, batchSize: 2 }

  beforeAll(() => {
    many.sink.begin(company())
    for (const key of ['a', 'b', 'c', 'd', 'e']) many.sink.person(person(key), [event('mql', 1)])
    many.sink.end()
  })

  afterAll(() => many.close())

  const key = (url = '') => url.split('/').at(-1)!
  const start = () =>
    key(pages.run('SELECT LastName FROM Lead ORDER BY LastName DESC LIMIT 4 OFFSET 1', small).nextRecordsUrl)

  it('keep LIMIT and OFFSET over pages', () => {
    const next = pages.more(start(), small)
    expect(next).toMatchObject({ totalSize: 4, done: true, records: [{ LastName: 'b' }, { LastName: 'a' }] })
  })

  it('are good for a second reading of the last page, and forgotten when newer ones are finished', () => {
    const locator = start()
    expect(pages.more(locator, small)).toEqual(pages.more(locator, small))
    for (let i = 0; i < 4; i++) pages.more(start(), small)
    expect(() => pages.more(locator, small)).toThrow('invalid query locator')
  })

  it('are forgotten when too many are open', () => {
    const locator = start()
    for (let i = 0; i < 50; i++) start()
    expect(() => pages.more(locator, small)).toThrow('invalid query locator')
  })
})
