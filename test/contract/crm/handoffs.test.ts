import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import { ref } from '../../../src/domain/facts.ts'
import type { Handoff, Rep } from '../../../src/domain/handoff.ts'
import { judge } from '../../../src/domain/judge.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import { type Bench, bench, company, event, HOUR, NOW, scan, somebody } from './company.ts'

const never = new AbortController().signal
const API = '/services/data/v66.0/sobjects'
/** Handed over in Salesforce, where nobody becomes an MQL by a lifecycle; qualified by nothing but a won deal. */
const policy = parsePolicy(
  'stages: { mql: { salesforce_status: [Open - Not Contacted] }, sql: { salesforce_status: [Qualified] } }',
  'a test',
)
/** A Tuesday, 09:00 in Berlin, where the organisation is. */
const MQL = Date.parse('2026-09-29T07:00:00Z')

let at: Bench
let token: string
beforeEach(async () => {
  at = await bench('salesforce', sink => {
    sink.person(somebody('ada'), [
      event('ada', MQL, 'mql'),
      event('ada', MQL + HOUR, 'assigned', { actor: 'ann' }),
    ])
  })
  const grant = { grant_type: 'client_credentials', client_id: 'leadtime', client_secret: 'leadtime-secret' }
  const reply = await fetch(`${at.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams(grant),
  })
  token = ((await reply.json()) as { access_token: string }).access_token
})
afterEach(async () => await at.close())

async function send(method: string, path: string, body?: object): Promise<string> {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
  const reply = await fetch(`${at.url}${API}/${path}`, {
    method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await reply.text()
  if (!reply.ok) throw new Error(text)
  return text === '' ? '' : (JSON.parse(text) as { id: string }).id
}

/** Everything the adapter tells, judged as if of one person. */
async function judged(agreed: Policy = policy): Promise<{ handoff: Handoff; wakeAt: number | null }> {
  const facts: Fact[] = []
  const reps: Rep[] = []
  for (const object of at.crm.objects) {
    for (const { id, facts: told, rep } of (await scan(at.crm, object)).records) {
      facts.push(...told.map(fact => ({ ...fact, source: ref('salesforce', object, id) })))
      if (rep) reps.push(rep)
    }
  }
  const directory = new Map(reps.map(rep => [rep.ref, rep]))
  const { handoffs, wakeAt } = judge({ facts, policyAt: () => agreed, directory, now: at.clock.now() })
  return { handoff: handoffs.at(-1)!, wakeAt }
}

const idOf = async (object: 'lead' | 'contact' | 'deal') => (await scan(at.crm, object)).records[0]!.id
const ann = async () => (await scan(at.crm, 'user')).records.find(({ rep }) => rep?.name === 'ann Rep')!.id

test('an all-day event lies on its day of the organisation, and is marked', async () => {
  const meeting = { Subject: 'Visit', WhoId: await idOf('lead'), OwnerId: await ann(), IsAllDayEvent: true }
  await send('POST', 'Event', { ...meeting, ActivityDate: '2026-09-30', Outcome__c: 'Held' })
  const { handoff } = await judged()
  const midnight = Date.parse('2026-09-29T22:00:00Z')
  expect(handoff).toMatchObject({ t3: midnight, t7: midnight, attempts: 1 })
  expect(handoff.dayPrecise).toEqual(['t3', 't4', 't7'])
})

test('a meeting to come is nothing yet, and looked at again when it has been', async () => {
  const start = NOW + 5 * HOUR
  const meeting = {
    Subject: 'Demo',
    WhoId: await idOf('lead'),
    OwnerId: await ann(),
    ActivityDate: '2026-10-01',
  }
  await send('POST', 'Event', {
    ...meeting,
    StartDateTime: new Date(start).toISOString(),
    Outcome__c: 'Held',
  })
  const before = await judged()
  expect(before.handoff).toMatchObject({ t7: null, attempts: 0 })
  expect(before.wakeAt).toBeLessThanOrEqual(start)
  at.clock.set(start)
  expect((await judged()).handoff).toMatchObject({ t7: start, attempts: 1 })
})

test('a call of the integration user is no attempt; deleted, a call of ours is none any more', async () => {
  const call = { Subject: 'Call', WhoId: await idOf('lead'), Status: 'Completed', TaskSubtype: 'Call' }
  await send('POST', 'Task', call)
  expect((await judged()).handoff.attempts).toBe(0)
  const ours = await send('POST', 'Task', { ...call, OwnerId: await ann() })
  expect((await judged()).handoff).toMatchObject({ attempts: 1, t3: NOW })
  await send('DELETE', `Task/${ours}`)
  expect((await judged()).handoff).toMatchObject({ attempts: 0, t3: null })
})

test.each(['WhoId', 'WhatId'] as const)(
  'after the conversion a call logged by %s reaches the handoff',
  async field => {
    at.sink.apply('ada', event('ada', NOW, 'opportunity', { deal: 'd', actor: 'ann', detail: 'Prospecting' }))
    const about = await idOf(field === 'WhoId' ? 'contact' : 'deal')
    at.clock.set(NOW + HOUR)
    const call = {
      Subject: 'Call',
      Status: 'Completed',
      TaskSubtype: 'Call',
      OwnerId: await ann(),
      [field]: about,
    }
    await send('POST', 'Task', call)
    expect((await judged()).handoff).toMatchObject({ outcome: null, attempts: 1, t3: NOW + HOUR })
  },
)

test('a step of a cadence counts if the policy says so', async () => {
  at.sink.apply('ada', event('ada', NOW, 'email', { actor: 'ann', direction: 'out', outcome: 'sequence' }))
  expect((await judged()).handoff.attempts).toBe(0)
  const counting: Policy = { ...policy, attempts: [...policy.attempts, 'sequence_email'] }
  expect((await judged(counting)).handoff.attempts).toBe(1)
})

test.each(['salesforce', 'hubspot'] as const)(
  '%s: team, country, and since when somebody is inactive',
  async vendor => {
    await at.close()
    const left = NOW + 3 * HOUR
    const users = [{ ...company.users[0]!, team: 'EMEA', country: 'DE', left }, company.users[1]!]
    at = await bench(vendor, () => {}, { company: { ...company, users } })
    const told = async (name: string) =>
      (await scan(at.crm, 'user')).records.find(({ rep }) => rep?.name === name)!
    const country = vendor === 'salesforce' ? 'DE' : null
    expect((await told('ann Rep')).rep).toMatchObject({
      active: true,
      inactiveSince: null,
      team: 'EMEA',
      country,
    })
    expect((await told('bob Rep')).rep).toMatchObject({ team: null, country: null })
    at.clock.set(NOW + 9 * HOUR)
    const gone = await told('ann Rep')
    expect(gone.rep).toMatchObject({ active: false, inactiveSince: left, team: 'EMEA' })
    expect(await at.crm.fetch('user', [gone.id], never)).toMatchObject([{ rep: { inactiveSince: left } }])
  },
)
