import { afterEach, describe, expect, it } from 'vitest'
import { iso, type Rec, versionsOf } from '../../../../src/twins/hubspot/record.ts'
import type { Company, EventName, ScenarioEvent } from '../../../../src/twins/scenario/types.ts'
import { event, filled, HOUR, NOW, person, recordsOf } from './company.ts'

// biome-ignore lint/suspicious/noExplicitAny: what comes over the wire is asserted, not typed
type Wire = any

let twin: ReturnType<typeof filled>

afterEach(() => twin.close())

/** One person with these events, bulk loaded. */
function loaded(events: ScenarioEvent[], more: Partial<Company> = {}) {
  twin = filled([[person('p'), events]], more)
  return recordsOf(twin, 'p')
}

const e = (hoursAgo: number, name: EventName, more: Partial<ScenarioEvent> = {}) =>
  event('p', hoursAgo, name, more)

/** Value and hours before now, oldest first. */
const past = (rec: Rec, name: string) =>
  versionsOf(rec, name).map(([value, at]) => [value, Math.round((NOW - at) / HOUR)])

const get = async (path: string) => {
  const response = await twin.app.inject({ url: path, headers: { authorization: 'Bearer t' } })
  return { status: response.statusCode, body: response.json() as Wire }
}

describe('a person of a scenario', () => {
  it('becomes a contact at the first event, with lifecycle lead from then on', () => {
    const { contact } = loaded([e(9, 'inquiry', { detail: 'Webinar' })])
    expect(contact.created).toBe(NOW - 9 * HOUR)
    expect(contact.properties).toMatchObject({
      email: 'p@example.com',
      firstname: 'Ada',
      lastname: 'p',
      company: 'Engines Ltd',
      country: 'GB',
      jobtitle: 'CTO',
      lifecyclestage: 'lead',
      hs_analytics_source: 'PAID_SEARCH',
      hs_analytics_source_data_1: 'paid_search',
      hs_analytics_source_data_2: 'Spring fair',
      hs_v2_date_entered_lead: iso(NOW - 9 * HOUR),
    })
    expect(past(contact, 'lifecyclestage')).toEqual([['lead', 9]])
  })

  it('is no contact before its first event, and becomes one live', () => {
    twin = filled([[person('p', { source: 'trade fair', campaign: 'unlisted' }), []]])
    expect(twin.sink.people.list('', 9)).toEqual([{ person: 'p', records: [] }])
    twin.sink.apply('p', e(0, 'mql'))
    const { contact } = recordsOf(twin, 'p')
    expect(contact.properties).toMatchObject({
      hs_analytics_source: 'OFFLINE',
      hs_analytics_source_data_1: 'trade fair',
      hs_analytics_source_data_2: 'unlisted',
      lifecyclestage: 'marketingqualifiedlead',
    })
  })

  it('keeps every inquiry in the conversion properties', () => {
    const { contact } = loaded([
      e(9, 'inquiry', { detail: 'Webinar' }),
      e(5, 'inquiry', { detail: 'Webinar' }),
    ])
    expect(contact.properties).toMatchObject({
      num_conversion_events: '2',
      first_conversion_date: iso(NOW - 9 * HOUR),
      recent_conversion_date: iso(NOW - 5 * HOUR),
    })
    expect(past(contact, 'recent_conversion_date')).toEqual([
      [iso(NOW - 9 * HOUR), 9],
      [iso(NOW - 5 * HOUR), 5],
    ])
    expect(past(contact, 'recent_conversion_event_name')).toEqual([
      ['Webinar', 9],
      ['Webinar', 5],
    ])
  })
})

describe('lifecycle', () => {
  it('enters each stage at the time of its event', () => {
    const { contact } = loaded([e(9, 'mql'), e(5, 'sql')])
    expect(past(contact, 'lifecyclestage')).toEqual([
      ['lead', 9],
      ['marketingqualifiedlead', 9],
      ['salesqualifiedlead', 5],
    ])
    expect(contact.properties.hs_v2_date_entered_salesqualifiedlead).toBe(iso(NOW - 5 * HOUR))
  })

  it.each<[EventName, ScenarioEvent[]]>([
    ['mql', [e(9, 'mql')]],
    ['sql', [e(9, 'mql'), e(7, 'sql')]],
    ['won', [e(9, 'mql'), e(7, 'won')]],
  ])('clears before a new mql after %s', (_name, before) => {
    const { contact } = loaded([...before, e(5, 'mql')])
    expect(past(contact, 'lifecyclestage').slice(-2)).toEqual([
      ['', 5],
      ['marketingqualifiedlead', 5],
    ])
    expect(versionsOf(contact, 'lifecyclestage').at(-1)?.[1]).toBe(NOW - 5 * HOUR)
    expect(versionsOf(contact, 'lifecyclestage').at(-2)?.[1]).toBe(NOW - 5 * HOUR - 1)
  })

  it('orders what happened in one instant', () => {
    const { contact } = loaded([e(9, 'mql'), e(9, 'recycled'), e(9, 'mql')])
    expect(versionsOf(contact, 'lifecyclestage').map(([value]) => value)).toEqual([
      'lead',
      'marketingqualifiedlead',
      '',
      'lead',
      'marketingqualifiedlead',
    ])
  })

  it('goes back to lead when recycled', () => {
    const { contact } = loaded([e(9, 'mql'), e(4, 'recycled', { detail: 'Too early: call in May' })])
    expect(past(contact, 'lifecyclestage').slice(1)).toEqual([
      ['marketingqualifiedlead', 9],
      ['', 4],
      ['lead', 4],
    ])
    expect(contact.properties).not.toHaveProperty('hs_lead_status')
  })

  it('becomes opportunity with the deal and customer with the win, and stays customer', () => {
    const { contact } = loaded([
      e(9, 'mql'),
      e(7, 'opportunity', { deal: 'd1' }),
      e(5, 'won', { deal: 'd1' }),
      e(3, 'opportunity', { deal: 'd2' }),
    ])
    expect(past(contact, 'lifecyclestage').slice(2)).toEqual([
      ['opportunity', 7],
      ['customer', 5],
    ])
  })
})

describe('owner and lead status', () => {
  it('follow assigned, accepted and rejected', () => {
    const { contact } = loaded([
      e(9, 'assigned', { actor: 'ann' }),
      e(8, 'assigned', { actor: 'bob' }),
      e(8, 'assigned', { actor: 'bob' }),
      e(7, 'accepted', { actor: 'bob' }),
      e(6, 'assigned', { detail: 'Inbound' }),
      e(5, 'rejected', { detail: 'No budget' }),
    ])
    expect(past(contact, 'hubspot_owner_id')).toEqual([
      ['1001', 9],
      ['1002', 8],
      ['', 6],
    ])
    expect(past(contact, 'hs_lead_status')).toEqual([
      ['IN_PROGRESS', 7],
      ['UNQUALIFIED', 5],
    ])
    expect(contact.properties).not.toHaveProperty('hubspot_owner_id')
  })

  it('reach HubSpot later with a lag, the rest at once', async () => {
    const lag = { hubspotLagSeconds: 2 * 3600 }
    const { contact } = loaded(
      [e(9, 'mql'), e(8, 'assigned', { actor: 'ann' }), e(1, 'assigned', { actor: 'bob' })],
      lag,
    )
    expect(past(contact, 'hubspot_owner_id')).toEqual([['1001', 6]])
    expect(contact.modified).toBe(NOW - 6 * HOUR)
    twin.sink.apply('p', e(0, 'accepted', { actor: 'bob' }))
    const owner = async () =>
      (await get(`/crm/v3/objects/contacts/${contact.id}?properties=hubspot_owner_id`)).body
    expect((await owner()).properties.hubspot_owner_id).toBe('1001')
    twin.clock.set(NOW + HOUR)
    expect((await owner()).properties.hubspot_owner_id).toBe('1002')
    expect((await owner()).updatedAt).toBe(iso(NOW + HOUR))
    expect(recordsOf(twin, 'p').contact.properties).not.toHaveProperty('hs_lead_status')
    twin.sink.settle(NOW + 2 * HOUR)
    expect(past(recordsOf(twin, 'p').contact, 'hs_lead_status')).toEqual([['IN_PROGRESS', -2]])
  })
})

describe('deals', () => {
  it('open with the first opportunity, associated with the contact, and move', async () => {
    const { contact, deals } = loaded([
      e(9, 'opportunity', { deal: 'd1', amount: 1000.5, actor: 'ann', detail: 'Qualified to buy' }),
      e(7, 'stage', { deal: 'd1', actor: 'bob', detail: 'Security review' }),
      e(5, 'lost', { deal: 'd1', amount: 900, detail: 'Price' }),
    ])
    const deal = deals[0]!
    expect(deals).toHaveLength(1)
    expect(deal.created).toBe(NOW - 9 * HOUR)
    expect(past(deal, 'dealstage')).toEqual([
      ['qualifiedtobuy', 9],
      ['securityreview', 7],
      ['closedlost', 5],
    ])
    expect(deal.properties).toMatchObject({
      amount: '900',
      hubspot_owner_id: '1001',
      closedate: iso(NOW - 5 * HOUR),
      closed_lost_reason: 'Price',
      hs_is_closed: 'true',
      hs_is_closed_won: 'false',
    })
    expect(contact.properties).toMatchObject({ lifecyclestage: 'opportunity', num_associated_deals: '1' })
    const { body } = await get('/crm/v3/pipelines/deals')
    expect(body.results[0].stages.at(-1)).toMatchObject({
      id: 'securityreview',
      label: 'Security review',
      metadata: { isClosed: 'false' },
    })
  })

  it('open with a win that nothing opened before', () => {
    const { contact, deals } = loaded([e(9, 'won', { deal: 'd1', actor: 'ann' })])
    expect(deals.map(deal => deal.properties.dealstage)).toEqual(['closedwon'])
    expect(deals[0]!.created).toBe(NOW - 9 * HOUR)
    expect(past(contact, 'lifecyclestage').map(([stage]) => stage)).toEqual([
      'lead',
      'opportunity',
      'customer',
    ])
  })

  it('without a key are the last open one', () => {
    const { deals } = loaded([
      e(9, 'opportunity'),
      e(8, 'stage', { detail: 'Contract sent' }),
      e(7, 'won'),
      e(6, 'won'),
    ])
    expect(deals.map(deal => past(deal, 'dealstage').map(([stage]) => stage))).toEqual([
      ['appointmentscheduled', 'contractsent', 'closedwon'],
      ['closedwon'],
    ])
  })

  it('are shared by people who name the same key', () => {
    twin = filled([
      [person('p'), [e(9, 'opportunity', { deal: 'd1' })]],
      [person('q'), [event('q', 5, 'won', { deal: 'd1' })]],
    ])
    const [mine, theirs] = [recordsOf(twin, 'p').deals, recordsOf(twin, 'q').deals]
    expect(mine.map(deal => deal.id)).toEqual(theirs.map(deal => deal.id))
    expect(past(mine[0]!, 'dealstage')).toEqual([
      ['appointmentscheduled', 9],
      ['closedwon', 5],
    ])
  })
})

describe('somebody deleted who becomes MQL again', () => {
  const story = () => [e(9, 'mql'), e(6, 'deleted'), e(3, 'mql')]
  const ids = () => twin.sink.people.list('', 9)[0]!.records.map(({ id }) => id)

  it('is a new contact; the old one stays in the bin as it was', async () => {
    const { contact } = loaded(story())
    expect(contact.created).toBe(NOW - 3 * HOUR)
    expect(contact.properties).toMatchObject({ email: 'p@example.com', firstname: 'Ada', country: 'GB' })
    expect(past(contact, 'lifecyclestage')).toEqual([
      ['lead', 3],
      ['marketingqualifiedlead', 3],
    ])
    const { body } = await get('/crm/v3/objects/contacts?archived=true')
    expect(body.results).toHaveLength(1)
    expect(body.results[0].id).not.toBe(String(contact.id))
  })

  it('also live', () => {
    const events = story()
    const { contact: old } = loaded(events.slice(0, 2))
    twin.sink.apply('p', events[2]!)
    const { contact } = recordsOf(twin, 'p')
    expect(contact.id).not.toBe(old.id)
    expect(contact.archivedAt).toBeNull()
    expect(ids()).toEqual([String(contact.id)])
  })
})

describe('activities', () => {
  const stored = (type: string) =>
    get(
      `/crm/v3/objects/${type}?associations=contacts&properties=hs_timestamp,hubspot_owner_id,hs_engagement_source,hs_call_direction,hs_call_disposition,hs_call_status,hs_email_direction,hs_email_status,hs_email_reply_count,hs_meeting_start_time,hs_meeting_outcome`,
    )

  it.each<[string, EventName, Partial<ScenarioEvent>, Record<string, string>]>([
    [
      'calls',
      'call',
      { direction: 'out', outcome: 'connected' },
      {
        hs_call_direction: 'OUTBOUND',
        hs_call_disposition: 'f240bbac-87c9-4f6e-bf70-924b57d47db7',
        hs_call_status: 'COMPLETED',
      },
    ],
    [
      'calls',
      'call',
      { direction: 'in', outcome: 'voicemail' },
      { hs_call_direction: 'INBOUND', hs_call_disposition: 'b2cf5968-551e-4856-9783-52b3da59a7d0' },
    ],
    [
      'calls',
      'call',
      { direction: 'out', outcome: 'no_answer' },
      { hs_call_disposition: '73a0d17f-1163-4015-bdd5-ec830791da20' },
    ],
    [
      'emails',
      'email',
      { direction: 'out', outcome: 'replied' },
      { hs_email_direction: 'EMAIL', hs_email_status: 'SENT', hs_email_reply_count: '1' },
    ],
    ['emails', 'email', { direction: 'out', outcome: 'bounced' }, { hs_email_status: 'BOUNCED' }],
    ['emails', 'email', { direction: 'in' }, { hs_email_direction: 'INCOMING_EMAIL' }],
    [
      'emails',
      'email',
      { direction: 'out', outcome: 'automated' },
      { hs_engagement_source: 'AUTOMATION_PLATFORM' },
    ],
    [
      'meetings',
      'meeting',
      { outcome: 'held' },
      { hs_meeting_outcome: 'COMPLETED', hs_meeting_start_time: iso(NOW - 3 * HOUR) },
    ],
    ['meetings', 'meeting', { outcome: 'no_show' }, { hs_meeting_outcome: 'NO_SHOW' }],
    ['meetings', 'meeting', { outcome: 'scheduled' }, { hs_meeting_outcome: 'SCHEDULED' }],
  ])('%s: %s %j', async (type, name, cells, expected) => {
    const { contact } = loaded([e(9, 'mql'), e(3, name, { actor: 'ann', ...cells })])
    const { results } = (await stored(type)).body
    expect(results).toHaveLength(1)
    expect(results[0].properties).toMatchObject({
      hs_timestamp: iso(NOW - 3 * HOUR),
      hubspot_owner_id: '1001',
      ...expected,
    })
    expect(results[0].associations.contacts.results[0].id).toBe(String(contact.id))
    expect(contact.modified).toBe(NOW - 3 * HOUR)
  })

  it('of anybody appear before Salesforce has the person', async () => {
    loaded([e(3, 'call', { actor: 'bob', direction: 'out' }), e(3, 'mql')])
    expect((await stored('calls')).body.results).toHaveLength(1)
  })

  it('of people who work in Salesforce appear only with the connector', async () => {
    loaded([e(4, 'mql'), e(3, 'call', { actor: 'bob', direction: 'out' })])
    expect((await stored('calls')).body.results).toEqual([])
    await twin.close()
    loaded([e(3, 'call', { actor: 'bob', direction: 'out' })], { connector: true })
    expect((await stored('calls')).body.results).toHaveLength(1)
  })
})

describe('other events', () => {
  it.each([
    ['job_title=CEO', 'jobtitle', 'CEO'],
    ['company = New = Co', 'company', 'New = Co'],
    ['hubspot.country=FR', 'country', 'FR'],
    ['salesforce.country=FR', 'country', 'GB'],
    ['email=NEW@x.org', 'email', 'new@x.org'],
    ['source=organic_search', 'hs_analytics_source', 'ORGANIC_SEARCH'],
    ['campaign=spring', 'hs_analytics_source_data_2', 'Spring fair'],
    ['no_such_field=1', 'no_such_field', undefined],
    ['hubspot.hubspotscore=80', 'hubspotscore', '80'],
    ['hubspot.fit=A;B', 'fit', 'A;B'],
    ['hubspot.hs_reserved=1', 'hs_reserved', undefined],
    ['nonsense', 'company', 'Engines Ltd'],
  ])('updated %s', (detail, name, value) => {
    expect(loaded([e(9, 'mql'), e(3, 'updated', { detail })]).contact.properties[name]).toBe(value)
  })

  it('a property that a scenario sets is listed, and shown with its history', async () => {
    const { contact } = loaded([
      e(9, 'mql'),
      e(5, 'updated', { detail: 'hubspot.fit=B' }),
      e(3, 'updated', { detail: 'hubspot.fit=A' }),
    ])
    expect((await get('/crm/v3/properties/contacts/fit')).body).toMatchObject({
      type: 'string',
      hubspotDefined: false,
    })
    const path = `/crm/v3/objects/contacts/${contact.id}?properties=fit,unknown&propertiesWithHistory=fit`
    const { properties, propertiesWithHistory } = (await get(path)).body
    expect(properties).toMatchObject({ fit: 'A' })
    expect(properties).not.toHaveProperty('unknown')
    expect(propertiesWithHistory.fit.map((one: { value: string }) => one.value)).toEqual(['A', 'B'])
  })

  it('deleted archives, restored brings back', async () => {
    const { contact } = loaded([e(9, 'mql'), e(5, 'deleted')])
    const path = `/crm/v3/objects/contacts/${contact.id}`
    expect((await get(path)).status).toBe(404)
    expect((await get(`${path}?archived=true`)).body.archivedAt).toBe(iso(NOW - 5 * HOUR))
    twin.sink.apply('p', e(1, 'restored'))
    expect((await get(path)).body).toMatchObject({ archived: false, updatedAt: iso(NOW - HOUR) })
  })

  it('merged makes a new record that both ids and both people lead to', async () => {
    twin = filled([
      [person('p'), [e(9, 'mql'), e(8, 'opportunity', { deal: 'd1' })]],
      [
        person('q', { company: 'Other' }),
        [event('q', 20, 'inquiry', { detail: 'Form' }), event('q', 3, 'mql')],
      ],
    ])
    const [p, q] = [recordsOf(twin, 'p').contact, recordsOf(twin, 'q').contact]
    twin.sink.apply('p', e(1, 'merged', { detail: 'q' }))
    const { contact, deals } = recordsOf(twin, 'p')
    expect(recordsOf(twin, 'q').contact.id).toBe(contact.id)
    expect([p.id, q.id]).not.toContain(contact.id)
    expect(deals).toHaveLength(1)
    expect(contact.created).toBe(NOW - 20 * HOUR)
    expect(contact.properties).toMatchObject({
      company: 'Other',
      email: 'q@example.com',
      lifecyclestage: 'opportunity',
      hs_additional_emails: 'p@example.com',
      hs_merged_object_ids: `${q.id};${p.id}`,
      num_associated_deals: '1',
    })
    expect(past(contact, 'lifecyclestage').filter(([stage]) => stage === 'marketingqualifiedlead')).toEqual([
      ['marketingqualifiedlead', 9],
      ['marketingqualifiedlead', 3],
    ])
    for (const old of [p, q]) {
      expect((await get(`/crm/v3/objects/contacts/${old.id}`)).body.id).toBe(String(contact.id))
    }
    twin.sink.apply('p', e(0, 'sql'))
    expect(recordsOf(twin, 'q').contact.properties.lifecyclestage).toBe('salesqualifiedlead')
  })

  it('carries Salesforce ids only with a connector that knows them', () => {
    const linkOf = () => ({ lead: '00Q000000000001AAA' })
    twin = filled([[person('p'), [e(9, 'mql')]]], { connector: true }, { linkOf })
    expect(recordsOf(twin, 'p').contact.properties.salesforceleadid).toBe('00Q000000000001AAA')
  })

  it('leave what Leadtime wrote alone', async () => {
    const { contact } = loaded([e(9, 'mql')])
    await twin.app.inject({
      method: 'PATCH',
      url: `/crm/v3/objects/contacts/${contact.id}`,
      headers: { authorization: 'Bearer t' },
      payload: { properties: { leadtime_overdue: true } },
    })
    twin.sink.apply('p', e(0, 'assigned', { actor: 'ann' }))
    expect(recordsOf(twin, 'p').contact.properties.leadtime_overdue).toBe('true')
  })
})

it('live and bulk give the same records', () => {
  const events = [
    e(9, 'inquiry', { detail: 'Form' }),
    e(8, 'mql'),
    e(7, 'assigned', { actor: 'ann' }),
    e(6, 'call', { actor: 'ann', direction: 'out' }),
    e(5, 'opportunity', { deal: 'd1', amount: 5, actor: 'ann' }),
    e(4, 'won', { deal: 'd1' }),
    e(3, 'mql'),
    e(2, 'rejected'),
    e(1, 'updated', { detail: 'country=FR' }),
  ]
  const bulk = loaded(events)
  const live = filled([[person('p'), []]])
  for (const one of events) live.sink.apply('p', one)
  expect(recordsOf(live, 'p')).toEqual(bulk)
  return live.close()
})

it('names the person when an event comes for an unknown one', () => {
  twin = filled([])
  expect(() => twin.sink.apply('ghost', event('ghost', 0, 'mql'))).toThrow(
    /person ghost is not in the HubSpot twin/,
  )
})
