import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ScenarioEvent } from '../../../../src/twins/scenario/types.ts'
import { at, company, event, person, World } from './world.ts'

let world: World

beforeEach(() => {
  world = new World()
})

afterEach(() => world.close())

const qualified = (...events: ScenarioEvent[]) => world.load([event('mql', 1), ...events])

describe('calls', () => {
  it.each([
    ['out', 'connected', 'Outbound', 'Connected', 'Call'],
    ['out', 'voicemail', 'Outbound', 'Voicemail', 'Call'],
    ['out', 'no_answer', 'Outbound', 'No Answer', 'Call'],
    ['in', 'connected', 'Inbound', 'Connected', 'Call'],
    ['', '', 'Outbound', null, 'Call'],
    ['out', 'automated', 'Outbound', null, 'Cadence'],
  ] as const)('%s %s', (direction, outcome, type, disposition, subtype) => {
    qualified(event('call', 3, { actor: 'ann', direction, outcome, detail: 'First call' }))
    expect(world.row('Task')).toMatchObject({
      Subject: 'First call',
      TaskSubtype: subtype,
      CallType: type,
      CallDisposition: disposition,
      Status: 'Completed',
      IsClosed: 1,
      CompletedDateTime: at(3),
      ActivityDate: '2026-01-01',
      CreatedDate: at(3),
      OwnerId: world.owner('ann'),
      WhoId: world.row('Lead').Id,
    })
  })
})

describe('e-mails', () => {
  it.each([
    ['out', '', 0, 0, '3', 'Email'],
    ['out', 'replied', 0, 0, '2', 'Email'],
    ['out', 'bounced', 0, 1, '3', 'Email'],
    ['out', 'automated', 0, 0, '3', 'ListEmail'],
    ['in', '', 1, 0, '1', 'Email'],
    ['in', 'replied', 1, 0, '2', 'Email'],
  ] as const)('%s %s', (direction, outcome, incoming, bounced, status, subtype) => {
    qualified(event('email', 3, { actor: 'ann', direction, outcome }))
    const task = world.row('Task')
    expect(task.TaskSubtype).toBe(subtype)
    expect(world.row('EmailMessage')).toMatchObject({
      ActivityId: task.Id,
      Incoming: incoming,
      IsBounced: bounced,
      Status: status,
      MessageDate: at(3),
      [incoming ? 'FromAddress' : 'ToAddress']: 'p@leads.example.com',
    })
  })
})

describe('meetings', () => {
  it.each([
    ['held', 'Held'],
    ['no_show', 'No Show'],
    ['scheduled', 'Scheduled'],
    ['cancelled', 'Cancelled'],
    ['', null],
  ])('"%s" → %s', (outcome, expected) => {
    qualified(event('meeting', 3, { actor: 'ann', outcome }))
    expect(world.row('Event')).toMatchObject({
      Outcome__c: expected,
      StartDateTime: at(3),
      EndDateTime: at(3.5),
      OwnerId: world.owner('ann'),
      WhoId: world.row('Lead').Id,
    })
  })
})

describe('where activities appear', () => {
  const call = (actor: string) => event('call', 3, { actor, direction: 'out' })

  it('those of a rep who works in HubSpot do not, unless a connector brings them', () => {
    qualified(call('hub'))
    expect(world.rows('Task')).toEqual([])
    const connected = new World().load(
      [event('mql', 1), call('hub')],
      person('p'),
      company({ connector: true }),
    )
    expect(connected.row('Task').OwnerId).toBe(connected.owner('hub'))
    connected.close()
  })

  it('those of nobody belong to the automation user', () => {
    qualified(call(''))
    expect(world.row('Task').OwnerId).toBe(world.organisation.automationId)
  })

  it('those before the mql have no record to be on', () => {
    world.load([event('call', 0, { actor: 'ann' }), event('mql', 1)])
    expect(world.rows('Task')).toEqual([])
  })

  it('an activity moves the lead’s stamp, not its modification', () => {
    qualified(event('call', 3, { actor: 'ann' }))
    expect(world.row('Lead')).toMatchObject({
      SystemModstamp: at(3),
      LastModifiedDate: at(1),
      LastActivityDate: '2026-01-01',
    })
  })
})

it('a scenario day is the organisation’s', () => {
  world.load([event('mql', 1), event('call', 23.5, { actor: 'ann' })])
  expect(world.row('Task').ActivityDate).toBe('2026-01-02')
})

it('live events keep what a client wrote on the lead', () => {
  qualified()
  const lead = world.row('Lead')
  world.database.sql.prepare('UPDATE Lead SET Leadtime_Reason__c = ? WHERE Id = ?').run('Overdue', lead.Id!)
  world.sink.apply('p', event('accepted', 4, { actor: 'ann' }))
  expect(world.row('Lead')).toMatchObject({ Leadtime_Reason__c: 'Overdue', Status: 'Working - Contacted' })
})
