import { afterEach, describe, expect, it } from 'vitest'
import type { Company, Person, ScenarioEvent } from '../../../../src/twins/scenario/types.ts'
import { at, company, event, person, World } from './world.ts'

const worlds: World[] = []
const open = () => worlds[worlds.push(new World()) - 1]!
const history = (world: World) =>
  world.rows('LeadHistory').map(row => [row.Field, row.OldValue, row.NewValue, row.CreatedDate])

afterEach(() => {
  for (const world of worlds.splice(0)) world.close()
})

/** Bulk loading and live application must end in the same records. */
describe.each([
  ['bulk', (events: ScenarioEvent[], ...more: [Person?, Company?]) => open().load(events, ...more)],
  ['live', (events: ScenarioEvent[], ...more: [Person?, Company?]) => open().live(events, ...more)],
])('%s', (_name, load) => {
  it('an inquiry is not in Salesforce', () => {
    const world = load([event('inquiry', 1, { detail: 'form' })])
    expect(world.rows('Lead')).toEqual([])
    expect(world.rows('Contact')).toEqual([])
  })

  it('mql makes a lead in the queue Inbound, member of its campaign', () => {
    const world = load([event('mql', 1)], person('p', { campaign: 'spring' }))
    expect(world.row('Lead')).toMatchObject({
      Status: 'Open - Not Contacted',
      LeadSource: 'web',
      OwnerId: world.organisation.inboundId,
      Name: 'Pat p',
      Email: 'p@leads.example.com',
      Company: 'Company p',
      Country: 'DE',
      Title: 'Buyer',
      CreatedDate: at(1),
      SystemModstamp: at(1),
      IsConverted: 0,
      IsDeleted: 0,
      Leadtime_Overdue__c: 0,
    })
    expect(world.row('Campaign')).toMatchObject({ Name: 'spring' })
    expect(world.row('CampaignMember')).toMatchObject({
      LeadId: world.row('Lead').Id,
      CampaignId: world.row('Campaign').Id,
      CreatedDate: at(1),
    })
    expect(world.rows('LeadHistory')).toEqual([])
  })

  it('a lead without a name or company gets what Salesforce requires', () => {
    const world = load([event('mql', 1)], person('p', { first_name: '', last_name: '', company: '' }))
    expect(world.row('Lead')).toMatchObject({
      Name: 'p',
      LastName: 'p',
      FirstName: null,
      Company: '[not provided]',
    })
  })

  it('assigned changes the owner with two history rows', () => {
    const world = load([event('mql', 1), event('assigned', 2, { actor: 'ann' })])
    expect(world.row('Lead')).toMatchObject({ OwnerId: world.owner('ann'), SystemModstamp: at(2) })
    expect(history(world)).toEqual([
      ['Owner', 'Inbound', 'Rep ann', at(2)],
      ['Owner', world.organisation.inboundId, world.owner('ann'), at(2)],
    ])
  })

  it('assigned to the owner it has changes nothing', () => {
    const twice = [
      event('mql', 1),
      event('assigned', 2, { actor: 'ann' }),
      event('assigned', 3, { actor: 'ann' }),
    ]
    const world = load(twice)
    expect(world.rows('LeadHistory')).toHaveLength(2)
    expect(world.row('Lead').SystemModstamp).toBe(at(2))
  })

  it('assigned without an actor gives the lead to a queue', () => {
    const world = load([
      event('mql', 1),
      event('assigned', 2, { actor: 'ann' }),
      event('assigned', 3, { detail: 'EMEA' }),
    ])
    const queue = world.rows('Group').find(row => row.Name === 'EMEA')
    expect(queue).toMatchObject({ Type: 'Queue' })
    expect(world.row('Lead').OwnerId).toBe(queue?.Id)
  })

  it('whoever was assigned before the mql owns the lead from its start', () => {
    const world = load([event('assigned', 1, { actor: 'ann' }), event('mql', 2)])
    expect(world.row('Lead')).toMatchObject({ OwnerId: world.owner('ann'), CreatedDate: at(2) })
    expect(world.rows('LeadHistory')).toEqual([])
  })

  it.each([
    ['accepted', 'Working - Contacted'],
    ['rejected', 'Closed - Not Converted'],
    ['recycled', 'Nurturing'],
    ['sql', 'Qualified'],
  ] as const)('%s sets the status %s with its history', (name, status) => {
    const world = load([event('mql', 1), event(name, 5, { actor: 'ann' })])
    expect(world.row('Lead')).toMatchObject({ Status: status, LastModifiedDate: at(5) })
    expect(history(world)).toEqual([['Status', 'Open - Not Contacted', status, at(5)]])
    expect(world.row('LeadHistory').CreatedById).toBe(world.owner('ann'))
  })

  it.each([
    ['rejected', 'no budget: ask again in spring: maybe', 'no budget', 'ask again in spring: maybe'],
    ['recycled', 'too early', 'too early', null],
    ['rejected', '', null, null],
    ['accepted', 'nice: very', null, null],
  ] as const)('%s "%s" keeps reason and note', (name, detail, reason, note) => {
    const world = load([event('mql', 1), event(name, 5, { detail })])
    expect(world.row('Lead')).toMatchObject({ Rejection_Reason__c: reason, Rejection_Note__c: note })
  })

  it('a second mql puts the open lead back', () => {
    const world = load([event('mql', 1), event('recycled', 5), event('mql', 9)])
    expect(world.row('Lead')).toMatchObject({ Status: 'Open - Not Contacted', CreatedDate: at(1) })
    expect(history(world).at(-1)).toEqual(['Status', 'Nurturing', 'Open - Not Contacted', at(9)])
  })

  it.each([
    ['first_name=Kim', { FirstName: 'Kim', Name: 'Kim p' }],
    ['salesforce.Industry=Retail', { Industry: 'Retail' }],
    ['country=', { Country: null }],
    ['NumberOfEmployees=12', { NumberOfEmployees: 12 }],
    ['salesforce.Leadtime_Overdue__c=true', { Leadtime_Overdue__c: 1 }],
    ['hubspot.country=FR', { Country: 'DE' }],
    ['unknown=1', { Country: 'DE' }],
    ['Status=Nurturing', { Status: 'Nurturing' }],
  ])('updated %s', (detail, expected) => {
    expect(load([event('mql', 1), event('updated', 2, { detail })]).row('Lead')).toMatchObject(expected)
  })

  it('keeps the history of the fields that are tracked, and of no others', () => {
    const details = [
      'Score__c=80',
      'Rating=Hot',
      'Target_Account__c=true',
      'Interests__c=Engines;Paper',
      'Rating=Hot',
    ]
    const events = [event('mql', 1), ...details.map((detail, i) => event('updated', 2 + i, { detail }))]
    const where = company({
      leadHistory: ['rating', 'Score__c', 'Target_Account__c', 'Interests__c', 'Industry'],
    })
    expect(history(load(events, person('p'), where))).toEqual([
      ['Score__c', null, 80, at(2)],
      ['Rating', null, 'Hot', at(3)],
      ['Target_Account__c', 'false', 'true', at(4)],
      ['Interests__c', null, null, at(5)],
    ])
    expect(history(load(events))).toEqual([])
  })

  it('refuses to track what a lead does not have', () => {
    expect(() => load([], person('p'), company({ leadHistory: ['Nowhere__c'] }))).toThrow(
      'scenario.json, column leadHistory: "Nowhere__c" is no field',
    )
  })

  it('deleted and restored go to and from the recycle bin', () => {
    const deleted = load([event('mql', 1), event('deleted', 2)])
    expect(deleted.row('Lead')).toMatchObject({ IsDeleted: 1, SystemModstamp: at(2) })
    const restored = load([event('mql', 1), event('deleted', 2), event('restored', 3)])
    expect(restored.row('Lead')).toMatchObject({ IsDeleted: 0, SystemModstamp: at(3) })
  })

  it('users, queues and the automation user are told apart', () => {
    const world = load([], person('p'), company())
    const types = Object.fromEntries(world.rows('User').map(row => [row.Name, row.UserType]))
    expect(types).toMatchObject({
      'Automated Process': 'AutomatedProcess',
      'Leadtime Integration': 'CloudIntegrationUser',
      'Rep ann': 'Standard',
    })
    expect(world.row('Organization')).toMatchObject({ Name: 'test', TimeZoneSidKey: 'Europe/Berlin' })
  })
})

describe('merged', () => {
  const two = () => {
    const world = open()
    world.sink.begin(company())
    world.sink.person(person('loser', { campaign: 'spring' }), [
      event('mql', 1),
      event('call', 2, { actor: 'ann', direction: 'out' }),
    ])
    world.sink.person(person('winner'), [event('mql', 1)])
    world.sink.end()
    return world
  }
  const lead = (world: World, name: string) => world.rows('Lead').find(row => row.LastName === name)!

  it('puts the loser into the bin under its master and hands over what hangs on it', () => {
    const world = two()
    world.sink.apply('loser', event('merged', 5, { detail: 'winner' }))
    const winner = lead(world, 'winner')
    expect(lead(world, 'loser')).toMatchObject({
      IsDeleted: 1,
      MasterRecordId: winner.Id,
      SystemModstamp: at(5),
    })
    expect(world.row('Task')).toMatchObject({ WhoId: winner.Id, SystemModstamp: at(5) })
    expect(world.row('CampaignMember')).toMatchObject({ LeadId: winner.Id })
  })

  it('sends what comes later to the survivor, and happens once', () => {
    const world = two()
    world.sink.apply('loser', event('merged', 5, { detail: 'winner' }))
    world.sink.apply('loser', event('merged', 5, { detail: 'winner' }))
    world.sink.apply('loser', event('sql', 6))
    expect(lead(world, 'winner').Status).toBe('Qualified')
    expect(lead(world, 'loser').Status).toBe('Open - Not Contacted')
  })

  it('merges contacts with their deals and converted leads', () => {
    const world = two()
    world.sink.apply('loser', event('won', 3, { deal: 'd1' }))
    world.sink.apply('winner', event('won', 3, { deal: 'd2' }))
    world.sink.apply('loser', event('merged', 5, { detail: 'winner' }))
    const [loser, winner] = world.rows('Contact')
    expect(loser).toMatchObject({ IsDeleted: 1, MasterRecordId: winner?.Id })
    expect(world.rows('OpportunityContactRole').map(row => row.ContactId)).toEqual([winner?.Id, winner?.Id])
    expect(lead(world, 'loser')).toMatchObject({ IsDeleted: 0, ConvertedContactId: winner?.Id })
  })

  it('names a person nobody loaded', () => {
    expect(() => two().sink.apply('nobody', event('sql', 1))).toThrow('person "nobody" was never loaded')
  })
})
