import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type SalesforceTwin, salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { company, event, person } from '../../unit/twins/salesforce/world.ts'
import { signedIn } from './signed-in.ts'

const NOW = Date.UTC(2026, 2, 1, 12)
let clock: VirtualClock
let twin: SalesforceTwin
let call: Awaited<ReturnType<typeof signedIn>>

beforeEach(async () => {
  clock = new VirtualClock(NOW)
  twin = salesforceTwin({ clock, file: ':memory:' })
  twin.sink.begin(company())
  for (let i = 0; i < 5; i++) {
    const calls = event('call', i + 1, { actor: 'ann', direction: 'out', outcome: 'connected' })
    twin.sink.person(person(`p${i}`, { campaign: 'fair' }), [event('mql', i), calls])
  }
  twin.sink.end()
  call = await signedIn(await twin.app.listen({ host: '127.0.0.1', port: 0 }))
})

afterEach(() => twin.close())

type Row = Record<string, unknown> & { Id: string }
const rows = async (soql: string, all = false) => {
  const path = `/${all ? 'queryAll' : 'query'}?q=${encodeURIComponent(soql)}`
  return (await call('GET', path)).body.records as Row[]
}
const leads = async () => (await rows('SELECT Id FROM Lead ORDER BY Id')).map(row => row.Id)

type Saved = { success: boolean; errors: { statusCode: string; message: string; fields: string[] }[] }
const update = async (records: object[], headers: Record<string, string> = {}): Promise<Saved[]> => {
  const typed = records.map(one => ({ attributes: { type: 'Lead' }, ...one }))
  return (await call('PATCH', '/composite/sobjects', { allOrNone: false, records: typed }, headers)).body
}
const codes = (saved: Saved[]) => saved.map(({ success, errors }) => (success ? 'ok' : errors[0]?.statusCode))
const control = (path: string, body: object, method = 'POST') => call.control(method, path, body)

describe('what the customer’s own rules refuse', () => {
  it('a validation rule names its field and message, and leaves the record as it was', async () => {
    const [id = '', other = ''] = await leads()
    const rule = {
      ...{ object: 'Lead', when: "Status = 'Qualified' AND Rating = null", field: 'Rating' },
      message: 'Rate it first',
    }
    await control('/rules', { validation: [rule] }, 'PUT')
    const saved = await update([
      { id, Status: 'Qualified' },
      { id: other, Status: 'Qualified', Rating: 'Hot' },
    ])
    expect(codes(saved)).toEqual(['FIELD_CUSTOM_VALIDATION_EXCEPTION', 'ok'])
    expect(saved[0]?.errors[0]).toMatchObject({ message: 'Rate it first', fields: ['Rating'] })
    expect(await rows(`SELECT Status FROM Lead WHERE Id = '${id}'`)).toMatchObject([
      { Status: 'Open - Not Contacted' },
    ])
    await control('/rules', {}, 'PUT')
    expect(codes(await update([{ id, Status: 'Qualified' }]))).toEqual(['ok'])
  })

  it('a duplicate is refused unless the client insists', async () => {
    const [id = ''] = await leads()
    await control('/rules', { duplicates: [{ object: 'Lead', fields: ['Email'] }] }, 'PUT')
    const twice = [{ id, Email: 'p1@leads.example.com' }]
    expect(codes(await update(twice))).toEqual(['DUPLICATES_DETECTED'])
    expect(codes(await update(twice, { 'Sforce-Duplicate-Rule-Header': 'allowSave=true' }))).toEqual(['ok'])
    const fresh = { LastName: 'New', Company: 'Engines', Email: 'p2@leads.example.com' }
    const { status, body } = await call('POST', '/sobjects/Lead', fresh)
    expect([status, body[0].errorCode]).toEqual([400, 'DUPLICATES_DETECTED'])
    expect(await leads()).toHaveLength(5)
  })

  it('a locked row is refused as often as was said, others are not', async () => {
    const [id = '', other = ''] = await leads()
    await control('/rules', { locks: [{ id, times: 2 }] }, 'PUT')
    const both = () =>
      update([
        { id, Rating: 'Hot' },
        { id: other, Rating: 'Hot' },
      ])
    expect(codes(await both())).toEqual(['UNABLE_TO_LOCK_ROW', 'ok'])
    await control('/records/edit', { id, fields: { Rating: 'Warm' } })
    expect(codes(await both())).toEqual(['UNABLE_TO_LOCK_ROW', 'ok'])
    expect(codes(await both())).toEqual(['ok', 'ok'])
  })

  it.each([
    [{ validation: [{ object: 'Lead', when: 'Nothing = 1' }] }, /INVALID_FIELD/],
    [{ validation: [{ object: 'Nothing', when: 'Id = null' }] }, /no such object/],
    [{ locks: [{ id: 'x' }] }, /locks/],
  ])('rules that cannot be are not set up: %j', async (set, words) => {
    const { status, body } = await control('/rules', set, 'PUT')
    expect(status).toBe(400)
    expect(body.error).toMatch(words)
  })
})

describe('what people do', () => {
  it('an edit is theirs: their name, history, no write of a client', async () => {
    const [id = ''] = await leads()
    await control('/records/edit', { id, fields: { Status: 'Qualified' }, actor: 'ann' })
    const [row] = await rows(`SELECT Status, LastModifiedBy.Name FROM Lead WHERE Id = '${id}'`)
    expect(row).toMatchObject({ Status: 'Qualified', LastModifiedBy: { Name: 'Rep ann' } })
    expect(await rows(`SELECT NewValue FROM LeadHistory WHERE LeadId = '${id}'`)).toMatchObject([
      { NewValue: 'Qualified' },
    ])
    expect(twin.app.writes.after(0, 10).total).toBe(0)
  })

  it('a merge: losers point to the master and what hung on them is its', async () => {
    const [master = '', loser = ''] = await leads()
    await control('/records/merge', { master, losers: [loser] })
    expect(
      await rows(`SELECT IsDeleted, MasterRecordId FROM Lead WHERE Id = '${loser}'`, true),
    ).toMatchObject([{ IsDeleted: true, MasterRecordId: master }])
    const tasks = await rows(`SELECT SystemModstamp FROM Task WHERE WhoId = '${master}'`)
    expect(tasks).toHaveLength(2)
    expect(tasks.filter(row => row.SystemModstamp === '2026-03-01T12:00:00.000+0000')).toHaveLength(1)
    expect(await rows(`SELECT Id FROM CampaignMember WHERE LeadId = '${master}'`)).toHaveLength(2)
    expect(codes(await update([{ id: loser, Rating: 'Hot' }]))).toEqual(['ENTITY_IS_DELETED'])
    expect((await control('/records/merge', { master: loser, losers: [master] })).status).toBe(400)
  })

  it('a conversion: the lead is closed for good, its calls are the contact’s', async () => {
    const [lead = ''] = await leads()
    const { done } = (await control('/records/convert', { lead, actor: 'ann', opportunity: { amount: 500 } }))
      .body
    const [row] = await rows(
      `SELECT IsConverted, ConvertedDate, ConvertedContactId, ConvertedOpportunityId, Status FROM Lead WHERE Id = '${lead}'`,
    )
    expect(row).toMatchObject({
      ...{ IsConverted: true, ConvertedDate: '2026-03-01', Status: 'Closed - Converted' },
      ...{ ConvertedContactId: done.contact, ConvertedOpportunityId: done.opportunity },
    })
    expect(await rows(`SELECT Id FROM Task WHERE WhoId = '${done.contact}'`)).toHaveLength(1)
    expect(
      await rows(`SELECT Amount, Owner.Name FROM Opportunity WHERE Id = '${done.opportunity}'`),
    ).toMatchObject([{ Amount: 500, Owner: { Name: 'Rep ann' } }])
    expect(await rows(`SELECT Field FROM LeadHistory WHERE LeadId = '${lead}' ORDER BY Id`)).toMatchObject([
      { Field: 'Status' },
      { Field: 'leadConverted' },
    ])
    expect(codes(await update([{ id: lead, Rating: 'Hot' }]))).toEqual(['CANNOT_UPDATE_CONVERTED_LEAD'])
    expect((await control('/records/convert', { lead })).body.error).toContain('CANNOT_UPDATE_CONVERTED_LEAD')
  })

  it('a conversion without an opportunity, into a contact that is there', async () => {
    const [first = '', second = ''] = await leads()
    const { done } = (await control('/records/convert', { lead: first, opportunity: null })).body
    expect(done.opportunity).toBeNull()
    const into = { account: done.account, contact: done.contact }
    await control('/records/convert', { lead: second, opportunity: null, ...into })
    expect(await rows('SELECT Id FROM Contact')).toHaveLength(1)
    expect(await rows(`SELECT Id FROM Task WHERE WhoId = '${done.contact}'`)).toHaveLength(2)
  })

  it('deletes, takes back, and deletes for good', async () => {
    const [id = ''] = await leads()
    const shown = async () =>
      (await rows(`SELECT IsDeleted FROM Lead WHERE Id = '${id}'`, true))[0]?.IsDeleted
    await control('/records/delete', { id })
    expect(await shown()).toBe(true)
    await control('/records/undelete', { id })
    expect(await shown()).toBe(false)
    expect((await control('/records/undelete', { id })).body.error).toContain('UNDELETE_FAILED')
    await control('/records/purge', { id })
    expect(await shown()).toBeUndefined()
    expect(codes(await update([{ id, Rating: 'Hot' }]))).toEqual(['INVALID_CROSS_REFERENCE_KEY'])
  })
})
