import { Connection } from 'jsforce'
import { StreamingExtension } from 'jsforce/lib/api/streaming.js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type SalesforceTwin, salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { company, event, person } from '../../unit/twins/salesforce/world.ts'
import { type Call, signedIn } from './signed-in.ts'

const NOW = Date.UTC(2026, 2, 1, 12)
const HOUR = 3_600_000
const LEADS = '/data/LeadChangeEvent'
let clock: VirtualClock
let twin: SalesforceTwin
let base: string
let call: Call

beforeEach(async () => {
  clock = new VirtualClock(NOW)
  twin = salesforceTwin({ clock, file: ':memory:' })
  twin.sink.begin(company())
  for (let i = 0; i < 5; i++) twin.sink.person(person(`p${i}`), [event('mql', i)])
  twin.sink.end()
  base = await twin.app.listen({ host: '127.0.0.1', port: 0 })
  call = await signedIn(base)
  await call.control('PUT', '/events', {
    entities: ['Lead', 'Contact', 'Opportunity', 'Task'],
    pollSeconds: 2,
  })
})

/** Ends what listens, before the twin goes: faye would try for ever. */
let stops: (() => void)[] = []
afterEach(async () => {
  for (const stop of stops) stop()
  stops = []
  await twin.close()
})

interface Header {
  entityName: string
  recordIds: string[]
  changeType: string
  changedFields: string[]
  [more: string]: unknown
}
interface Told {
  schema: string
  payload: { ChangeEventHeader: Header; [field: string]: unknown }
  event: { replayId: number }
}

async function token(): Promise<string> {
  const client = { client_id: 'leadtime', client_secret: 'leadtime-secret' }
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...client })
  const reply = await fetch(`${base}/services/oauth2/token`, { method: 'POST', body })
  return ((await reply.json()) as { access_token: string }).access_token
}

interface Listening {
  heard: Told[]
  /** Settles when the server has answered the subscription. */
  ready: Promise<void>
  /** What AuthFailure was called with. */
  refused: { error?: string; ext?: { sfdc?: { failureReason: string } } }[]
  stop(): void
}

/** What jsforce's types leave out of its client. */
interface Faye {
  disconnect(): PromiseLike<unknown> | undefined
  _dispatcher: { close(): void }
}

/** jsforce's own streaming client on a channel. */
function listen(channel: string, from: number | null = null, accessToken: string): Listening {
  const connection = new Connection({ instanceUrl: base, accessToken, version: '66.0' })
  const refused: Listening['refused'] = []
  const extensions = [
    new StreamingExtension.AuthFailure((message: Listening['refused'][number]) => refused.push(message)),
    ...(from === null ? [] : [new StreamingExtension.Replay(channel, from)]),
  ]
  const client = connection.streaming.createClient(extensions)
  const heard: Told[] = []
  const subscription = client.subscribe(channel, (told: Told) => heard.push(told))
  const ready = new Promise<void>((resolve, reject) => subscription.then(resolve, reject))
  ready.catch(() => undefined)
  const stop = () => {
    const faye = client as unknown as Faye
    faye.disconnect()?.then(
      () => undefined,
      () => undefined,
    )
    // Its timers hold the process as long as there is a transport to try again on.
    faye._dispatcher.close()
  }
  stops.push(stop)
  return { heard, ready, refused, stop }
}

const edit = (id: string, fields: object) => call.control('POST', '/records/edit', { id, fields })
const leads = async () => {
  const { body } = await call('GET', `/query?q=${encodeURIComponent('SELECT Id FROM Lead ORDER BY Id')}`)
  return (body.records as { Id: string }[]).map(({ Id }) => Id)
}
const types = (told: readonly Told[]) =>
  told.map(({ payload: { ChangeEventHeader: header } }) => `${header.changeType} ${header.entityName}`)
const heardAll = (listening: Listening, count: number) =>
  expect.poll(() => listening.heard.length, { timeout: 10_000 }).toBe(count)

describe('jsforce’s streaming client on the twin', () => {
  it('hears what people and clients do, in the order of commits, by the fields that changed', async () => {
    const listening = listen('/data/ChangeEvents', -1, await token())
    await listening.ready
    const [id = '', other = ''] = await leads()
    await edit(id, { Rating: 'Hot', FirstName: 'Kim' })
    await call('PATCH', `/sobjects/Lead/${other}`, { Rating: 'Warm' })
    await call.control('POST', '/records/delete', { id: other })
    await call.control('POST', '/records/undelete', { id: other })
    await heardAll(listening, 4)
    const { heard } = listening
    expect(types(heard)).toEqual(['UPDATE Lead', 'UPDATE Lead', 'DELETE Lead', 'UNDELETE Lead'])
    const [first, second, third, fourth] = heard
    expect(first?.payload).toMatchObject({ Rating: 'Hot', Name: { FirstName: 'Kim' } })
    expect(Object.keys(first!.payload).sort()).toEqual([
      ...['ChangeEventHeader', 'LastModifiedDate', 'Name', 'Rating'],
    ])
    expect(first!.payload.ChangeEventHeader).toMatchObject({
      ...{ recordIds: [id], commitTimestamp: NOW, sequenceNumber: 1 },
      changedFields: expect.arrayContaining(['Rating', 'Name.FirstName', 'LastModifiedDate']),
    })
    expect(second!.payload.ChangeEventHeader.changeOrigin).toMatch(/^com\/salesforce\/api\/rest/)
    expect(Object.keys(third!.payload)).toEqual(['ChangeEventHeader'])
    expect(fourth!.payload).toMatchObject({ Company: 'Company p1', LastModifiedDate: '2026-03-01T12:00:00Z' })
    const ids = heard.map(told => told.event.replayId)
    expect(ids.toSorted((a, b) => a - b)).toEqual(ids)
    const commits = heard.map(({ payload }) => Number(payload.ChangeEventHeader.commitNumber))
    expect(new Set(commits).size).toBe(4)
    expect(commits.toSorted((a, b) => a - b)).toEqual(commits)
  })

  it('the same change to several records is one event; what a transaction leaves as it was is none', async () => {
    const listening = listen(LEADS, -1, await token())
    await listening.ready
    const ids = await leads()
    const records = ids.map(id => ({ attributes: { type: 'Lead' }, id, Rating: 'Cold' }))
    await call('PATCH', '/composite/sobjects', { allOrNone: false, records })
    await heardAll(listening, 1)
    expect(listening.heard[0]?.payload.ChangeEventHeader.recordIds).toEqual(ids)
    const refused = [
      { attributes: { type: 'Lead' }, id: ids[0], Rating: 'Hot' },
      { attributes: { type: 'Lead' }, id: ids[1], Nothing__c: 'x' },
    ]
    await call('PATCH', '/composite/sobjects', { allOrNone: true, records: refused })
    await edit(ids[2] ?? '', { Rating: 'Warm' })
    await heardAll(listening, 2)
    expect(listening.heard[1]?.payload).toMatchObject({ Rating: 'Warm' })
  })

  it('a conversion tells of every record it made, in one transaction', async () => {
    const listening = listen('/data/ChangeEvents', -1, await token())
    await listening.ready
    const [lead = ''] = await leads()
    await call.control('POST', '/records/convert', { lead, opportunity: { amount: 5 } })
    await heardAll(listening, 3)
    expect(types(listening.heard).toSorted()).toEqual(['CREATE Contact', 'CREATE Opportunity', 'UPDATE Lead'])
    const keys = listening.heard.map(({ payload }) => payload.ChangeEventHeader.transactionKey)
    expect(new Set(keys).size).toBe(1)
    const numbers = listening.heard.map(({ payload }) => payload.ChangeEventHeader.sequenceNumber)
    expect(numbers).toEqual([1, 2, 3])
  })

  it('goes on after an id, gives everything for -2, and only what is new for -1 or nothing', async () => {
    const [id = ''] = await leads()
    for (const Rating of ['Hot', 'Warm', 'Cold']) await edit(id, { Rating })
    const bearer = await token()
    const all = listen(LEADS, -2, bearer)
    await heardAll(all, 3)
    const after = listen(LEADS, all.heard[1]!.event.replayId, bearer)
    const fresh = listen(LEADS, -1, bearer)
    const plain = listen(LEADS, null, bearer)
    await Promise.all([after.ready, fresh.ready, plain.ready])
    await edit(id, { Rating: 'Hot' })
    await heardAll(after, 2)
    await heardAll(fresh, 1)
    await heardAll(plain, 1)
    expect(after.heard.map(({ payload }) => payload.Rating)).toEqual(['Cold', 'Hot'])
  })

  it('an id is good for 72 hours of the organisation’s clock, then it is refused in Salesforce’s words', async () => {
    const [id = ''] = await leads()
    await edit(id, { Rating: 'Hot' })
    const bearer = await token()
    const all = listen(LEADS, -2, bearer)
    await heardAll(all, 1)
    const { replayId } = all.heard[0]!.event
    clock.set(NOW + 72 * HOUR)
    await listen(LEADS, replayId, bearer).ready
    clock.set(NOW + 72 * HOUR + 1)
    const words = `400::The replayId {${replayId}} you provided was invalid. Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`
    await expect(listen(LEADS, replayId, bearer).ready).rejects.toThrow(words)
    await expect(listen(LEADS, 7, bearer).ready).rejects.toThrow(/^400::/)
    await edit(id, { Rating: 'Warm' })
    const again = listen(LEADS, -2, bearer)
    await heardAll(again, 1)
    await call.control('DELETE', '/events')
    await expect(listen(LEADS, again.heard[0]!.event.replayId, bearer).ready).rejects.toThrow(/^400::/)
  })

  it('an object without change data capture is refused, one that is not there unknown', async () => {
    const bearer = await token()
    await expect(listen('/data/EventChangeEvent', -1, bearer).ready).rejects.toThrow(/^403::/)
    await expect(listen('/data/NothingChangeEvent', -1, bearer).ready).rejects.toThrow(/^400::/)
    await call.control('PUT', '/events', { entities: ['Lead', 'Event'] })
    await listen('/data/EventChangeEvent', -1, bearer).ready
    expect((await call.control('PUT', '/events', { entities: ['Nothing'] })).status).toBe(400)
  })

  it('a token that has expired ends the handshake, and a connect later', async () => {
    const nobody = listen(LEADS, -1, 'gone')
    await expect.poll(() => nobody.refused.length, { timeout: 10_000 }).toBe(1)
    expect(nobody.refused[0]).toMatchObject({
      error: '403::Handshake denied',
      ext: { sfdc: { failureReason: '401::Authentication invalid' } },
    })
    const listening = listen(LEADS, -1, await token())
    await listening.ready
    await call.control('DELETE', '/sessions')
    await expect.poll(() => listening.refused.length, { timeout: 10_000 }).toBe(1)
    expect(listening.refused[0]).toMatchObject({ error: '401::Authentication invalid' })
  })

  it('gap and overflow say nothing but of what', async () => {
    const [id = ''] = await leads()
    const listening = listen(LEADS, -1, await token())
    await listening.ready
    await call.control('POST', '/events/gap', { ids: [id], change: 'UPDATE' })
    await call.control('POST', '/events/overflow', { entity: 'Lead' })
    await heardAll(listening, 2)
    expect(types(listening.heard)).toEqual(['GAP_UPDATE Lead', 'GAP_OVERFLOW Lead'])
    for (const { payload } of listening.heard) expect(Object.keys(payload)).toEqual(['ChangeEventHeader'])
    expect(listening.heard[0]?.payload.ChangeEventHeader.recordIds).toEqual([id])
  })

  it('connections that break and clients that are forgotten come back and lose nothing', async () => {
    const [id = ''] = await leads()
    const listening = listen(LEADS, -1, await token())
    await listening.ready
    await edit(id, { Rating: 'Hot' })
    await heardAll(listening, 1)
    await call.control('DELETE', '/events/clients')
    await edit(id, { Rating: 'Warm' })
    await heardAll(listening, 2)
    expect(listening.heard[1]?.payload.Rating).toBe('Warm')
  }, 30_000)

  it('after a disconnect nothing is held for the client', async () => {
    const listening = listen(LEADS, -1, await token())
    await listening.ready
    expect((await call.control('GET', '/events')).body.connected).toBe(1)
    listening.stop()
    await expect
      .poll(async () => (await call.control('GET', '/events')).body.connected, { timeout: 10_000 })
      .toBe(0)
  })
})

describe('the protocol itself', () => {
  const send = async (messages: object[], headers: Record<string, string> = {}) => {
    const authorization = `OAuth ${await token()}`
    const answer = await fetch(`${base}/cometd/66.0/handshake`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization, ...headers },
      body: JSON.stringify(messages),
    })
    return {
      cookies: answer.headers.getSetCookie(),
      body: (await answer.json()) as Record<string, unknown>[],
    }
  }

  it('a session needs its cookie, and a client nobody knows has to shake hands again', async () => {
    const { cookies, body } = await send([{ channel: '/meta/handshake', id: '1', version: '1.0' }])
    const [{ clientId } = {}] = body
    expect(body[0]).toMatchObject({
      ...{ successful: true, supportedConnectionTypes: ['long-polling'] },
      ext: { replay: true },
    })
    const connect = { channel: '/meta/connect', clientId, connectionType: 'long-polling', id: '2' }
    const refused = await send([connect])
    expect(refused.body[0]?.error).toMatch(/^400::Client .*no BAYEUX_BROWSER cookie present/)
    const cookie = cookies.map(one => one.split(';', 1)[0]).join('; ')
    const first = await send([connect], { cookie })
    expect(first.body).toMatchObject([{ successful: true, advice: { reconnect: 'retry' } }])
    const unknown = await send([{ ...connect, clientId: 'x' }], { cookie })
    expect(unknown.body[0]).toMatchObject({
      error: '403::Unknown client',
      advice: { reconnect: 'handshake' },
    })
  })

  it('an organisation has room for so many clients', async () => {
    await call.control('PUT', '/events', { clients: 1 })
    const handshake = [{ channel: '/meta/handshake', id: '1', version: '1.0' }]
    expect((await send(handshake)).body[0]).toMatchObject({ successful: true })
    expect((await send(handshake)).body[0]).toMatchObject({
      ...{ successful: false, error: '403::Handshake denied' },
      ext: { sfdc: { failureReason: '403::Organization concurrent user limit exceeded' } },
    })
  })

  it('a replay map that does not name the channel is refused', async () => {
    const { cookies, body } = await send([{ channel: '/meta/handshake', id: '1', version: '1.0' }])
    const cookie = cookies.map(one => one.split(';', 1)[0]).join('; ')
    const subscribe = { channel: '/meta/subscribe', clientId: body[0]?.clientId, subscription: LEADS }
    const { body: answers } = await send([{ ...subscribe, ext: { replay: {} } }], { cookie })
    expect(answers[0]?.error).toMatch(/^400::The replayId for channel \{\/data\/LeadChangeEvent\}/)
  })
})
