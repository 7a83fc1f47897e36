import { afterEach, describe, expect, it } from 'vitest'
import type { Company, Person, ScenarioEvent } from '../../../../src/twins/scenario/types.ts'
import { at, company, event, person, World } from './world.ts'

const worlds: World[] = []
const open = () => worlds[worlds.push(new World()) - 1]!

afterEach(() => {
  for (const world of worlds.splice(0)) world.close()
})

const deal = (name: 'opportunity' | 'stage' | 'won' | 'lost', hours: number, more = {}) =>
  event(name, hours, { deal: 'd1', actor: 'ann', ...more })

describe.each([
  ['bulk', (events: ScenarioEvent[], ...more: [Person?, Company?]) => open().load(events, ...more)],
  ['live', (events: ScenarioEvent[], ...more: [Person?, Company?]) => open().live(events, ...more)],
])('%s', (_name, load) => {
  const start = [event('mql', 1), event('assigned', 2, { actor: 'ann' })]

  it('a stage of a deal that was never opened moves nothing', () => {
    const world = load([...start, deal('stage', 30, { detail: 'Proposal' })])
    expect(world.rows('Opportunity')).toEqual([])
    expect(world.row('Lead')).toMatchObject({ IsConverted: 0 })
  })

  it('the first opportunity converts the lead', () => {
    const world = load([...start, deal('opportunity', 30, { amount: 1200, detail: 'Needs Analysis' })])
    const [lead, contact, account, opportunity] = ['Lead', 'Contact', 'Account', 'Opportunity'].map(object =>
      world.row(object),
    )
    expect(lead).toMatchObject({
      Status: 'Closed - Converted',
      IsConverted: 1,
      ConvertedDate: '2026-01-02',
      ConvertedContactId: contact?.Id,
      ConvertedAccountId: account?.Id,
      ConvertedOpportunityId: opportunity?.Id,
      SystemModstamp: at(30),
    })
    expect(contact).toMatchObject({
      Name: 'Pat p',
      Email: 'p@leads.example.com',
      AccountId: account?.Id,
      OwnerId: world.owner('ann'),
      MailingCountry: 'DE',
      CreatedDate: at(30),
    })
    expect(account).toMatchObject({ Name: 'Company p' })
    expect(opportunity).toMatchObject({
      StageName: 'Needs Analysis',
      Amount: 1200,
      AccountId: account?.Id,
      OwnerId: world.owner('ann'),
      IsClosed: 0,
      IsWon: 0,
      CreatedDate: at(30),
    })
    expect(world.row('OpportunityContactRole')).toMatchObject({
      OpportunityId: opportunity?.Id,
      ContactId: contact?.Id,
      IsPrimary: 1,
    })
    expect(world.row('OpportunityHistory')).toMatchObject({
      StageName: 'Needs Analysis',
      Amount: 1200,
      CreatedDate: at(30),
    })
    const fields = world.rows('LeadHistory').map(row => [row.Field, row.NewValue, row.CreatedDate])
    expect(fields.slice(2)).toEqual([
      ['Status', 'Closed - Converted', at(30)],
      ['leadConverted', null, at(30)],
    ])
  })

  it('moves what hangs on the lead to the contact', () => {
    const world = load(
      [...start, event('call', 3, { actor: 'ann', direction: 'out' }), deal('opportunity', 30)],
      person('p', { campaign: 'spring' }),
    )
    const contactId = world.row('Contact').Id
    expect(world.row('Task')).toMatchObject({ WhoId: contactId, SystemModstamp: at(30) })
    expect(world.row('CampaignMember')).toMatchObject({ LeadId: world.row('Lead').Id, ContactId: contactId })
  })

  it('an activity after the conversion is the contact’s', () => {
    const world = load([
      ...start,
      deal('opportunity', 30),
      event('call', 40, { actor: 'ann', direction: 'out' }),
    ])
    expect(world.row('Task')).toMatchObject({
      WhoId: world.row('Contact').Id,
      AccountId: world.row('Account').Id,
    })
    expect(world.row('Contact')).toMatchObject({ LastActivityDate: '2026-01-02', SystemModstamp: at(40) })
  })

  it('a deal moves and closes with a history row each', () => {
    const world = load([
      ...start,
      deal('opportunity', 30, { amount: 100 }),
      deal('stage', 40, { detail: 'Negotiation/Review' }),
      deal('stage', 41, { detail: 'Negotiation/Review' }),
      deal('won', 50, { amount: 150 }),
    ])
    const rows = world
      .rows('OpportunityHistory')
      .map(row => [row.StageName, row.Amount, row.PrevAmount, row.CreatedDate])
    expect(rows).toEqual([
      ['Qualification', 100, null, at(30)],
      ['Negotiation/Review', 100, 100, at(40)],
      ['Closed Won', 150, 100, at(50)],
    ])
    expect(world.row('Opportunity')).toMatchObject({
      IsClosed: 1,
      IsWon: 1,
      Probability: 100,
      CloseDate: '2026-01-03',
      LastStageChangeDate: at(50),
      SystemModstamp: at(50),
    })
  })

  it('a win that was never opened opens the deal at the same instant', () => {
    const world = load([...start, deal('won', 30, { amount: 5 })])
    expect(world.row('Opportunity')).toMatchObject({ StageName: 'Closed Won', IsWon: 1, CreatedDate: at(30) })
    expect(world.row('OpportunityHistory')).toMatchObject({ StageName: 'Closed Won', Amount: 5 })
    expect(world.row('Lead').IsConverted).toBe(1)
  })

  it('a loss keeps its reason', () => {
    const world = load([...start, deal('opportunity', 30), deal('lost', 40, { detail: 'price' })])
    expect(world.row('Opportunity')).toMatchObject({
      StageName: 'Closed Lost',
      IsClosed: 1,
      IsWon: 0,
      Description: 'price',
    })
  })

  it('a stage the organisation does not know is added as an open one', () => {
    const world = load([...start, deal('opportunity', 30, { detail: 'Pilot' })])
    const stage = world.rows('OpportunityStage').find(row => row.ApiName === 'Pilot')
    expect(stage).toMatchObject({ IsClosed: 0, IsWon: 0, IsActive: 1 })
  })

  it('a deal without a key is the person’s latest open one', () => {
    const unnamed = { deal: '' }
    const world = load([
      ...start,
      deal('opportunity', 30, unnamed),
      deal('won', 40, unnamed),
      deal('won', 50, unnamed),
    ])
    expect(world.rows('Opportunity').map(row => [row.CreatedDate, row.SystemModstamp])).toEqual([
      [at(30), at(40)],
      [at(50), at(50)],
    ])
  })

  it('a win before any mql makes the contact directly, without an owner of its own', () => {
    const world = load([deal('won', 1), event('mql', 9)], person('p', { campaign: 'spring' }))
    expect(world.row('Contact')).toMatchObject({
      OwnerId: world.organisation.automationId,
      CreatedDate: at(1),
    })
    expect(world.row('Opportunity').OwnerId).toBe(world.owner('ann'))
    expect(world.row('Lead')).toMatchObject({
      CreatedDate: at(9),
      IsConverted: 0,
      Email: world.row('Contact').Email!,
    })
    expect(world.rows('CampaignMember')).toHaveLength(2)
  })

  it('a second mql after the conversion is a new lead with the same e-mail', () => {
    const world = load([
      ...start,
      deal('won', 30),
      event('mql', 60),
      event('opportunity', 70, { deal: 'd2' }),
    ])
    const [first, second] = world.rows('Lead')
    expect(first?.Email).toBe(second?.Email)
    expect(second).toMatchObject({ CreatedDate: at(60), IsConverted: 1, OwnerId: world.owner('ann') })
    expect(second?.ConvertedContactId).toBe(world.row('Contact').Id)
    expect(world.rows('Opportunity')).toHaveLength(2)
  })

  it('an old deal that closes leaves a newer lead alone', () => {
    const world = load([...start, deal('opportunity', 30), event('mql', 60), deal('won', 70)])
    expect(world.rows('Lead').map(row => row.IsConverted)).toEqual([1, 0])
  })

  it('people of one account share it', () => {
    const accounts = [
      {
        account: 'acme',
        name: 'Acme',
        domain: 'acme.example',
        industry: 'Retail',
        employees: 5,
        annual_revenue: 9,
        country: 'DE',
        target: true,
      },
    ]
    const world = load([...start, deal('won', 30)], person('p', { account: 'acme' }), company({ accounts }))
    expect(world.row('Account')).toMatchObject({
      Name: 'Acme',
      Website: 'acme.example',
      NumberOfEmployees: 5,
    })
    expect(world.row('Contact').AccountId).toBe(world.row('Account').Id)
  })
})

it('two people can share a deal', () => {
  const world = open()
  world.sink.begin(company())
  world.sink.person(person('a'), [event('mql', 1), deal('opportunity', 2)])
  world.sink.person(person('b'), [event('mql', 1), deal('won', 5)])
  world.sink.end()
  expect(world.row('Opportunity')).toMatchObject({ IsWon: 1 })
  expect(world.rows('OpportunityContactRole').map(row => row.IsPrimary)).toEqual([1, 0])
  expect(world.rows('Lead').map(row => row.ConvertedOpportunityId)).toEqual(
    Array(2).fill(world.row('Opportunity').Id),
  )
})
