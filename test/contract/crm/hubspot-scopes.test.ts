/** Fault 31 of the catalogue at HubSpot: rights that an administrator takes from the app, and properties they delete. */
import { Client } from '@hubspot/api-client'
import { afterEach, describe, expect, test } from 'vitest'
import { Refused } from '../../../src/crm/errors.ts'
import { SCOPES } from '../../../src/crm/hubspot/authorization.ts'
import type { ObjectName } from '../../../src/domain/facts.ts'
import { type Bench, bench, event, HOUR, idsIn, mqls, NOW, scan } from './company.ts'

const never = new AbortController().signal
let at: Bench

afterEach(async () => await at.close())

/** What is left of the app's rights without these. */
const without = (...taken: string[]) =>
  fetch(`${at.url}/_twin/settings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ scopes: SCOPES.filter(scope => !taken.includes(scope)) }),
  })

const refusalOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: Error) => error,
  )

describe('fault 31: a scope is missing', () => {
  const NEEDED = {
    contact: 'crm.objects.contacts.read',
    deal: 'crm.objects.deals.read',
    email: 'sales-email-read',
    user: 'crm.objects.owners.read',
  } as const

  test.each(Object.entries(NEEDED))(
    'of %s: refused by name, at once; the others are read',
    async (name, scope) => {
      at = await bench('hubspot', mqls(3, 1000))
      await without(scope)
      const error = await refusalOf(scan(at.crm, name as ObjectName))
      expect(error).toBeInstanceOf(Refused)
      expect(error.message).toContain(scope)
      expect(error.message).toContain('grant the app')
      expect(at.slept).toEqual([])
      const other = name === 'contact' ? 'user' : 'contact'
      expect((await scan(at.crm, other)).records).not.toHaveLength(0)
    },
  )

  test('the check names each that is missing, and nothing when all are there', async () => {
    at = await bench('hubspot', mqls(3, 1000))
    await without()
    expect(await at.crm.check(never)).toEqual([])
    await without(NEEDED.deal, NEEDED.email, NEEDED.user)
    const problems = await at.crm.check(never)
    for (const scope of [NEEDED.deal, NEEDED.email, NEEDED.user])
      expect(problems).toContainEqual(expect.stringMatching(new RegExp(`grant the app.*${scope}`)))
    await without(NEEDED.contact)
    expect((await at.crm.check(never)).join()).toContain(NEEDED.contact)
  })

  test('to write: refused by name for all, and asked once', async () => {
    at = await bench('hubspot', mqls(3, 1000))
    await without('crm.objects.contacts.write')
    const changes = (await idsIn(at)).map(id => ({ id, fields: { overdue: true } }))
    const error = await refusalOf(at.crm.write('contact', changes, never))
    expect(error).toBeInstanceOf(Refused)
    expect(error.message).toContain('crm.objects.contacts.write')
    expect(at.app.counters.state().writes.calls).toBe(1)
  })

  test('given back: the scan goes on from where it stood', async () => {
    at = await bench('hubspot', mqls(3, 1000))
    const { cursor } = await scan(at.crm, 'deal')
    await without(NEEDED.deal)
    at.clock.set(NOW + HOUR)
    at.sink.apply('p00001', event('p00001', NOW + HOUR, 'won', { actor: 'ann', deal: 'd', amount: 1 }))
    await refusalOf(scan(at.crm, 'deal', cursor))
    await without()
    expect((await scan(at.crm, 'deal', cursor)).records).toHaveLength(1)
  })
})

describe('fault 31: an administrator deletes a property', () => {
  const remove = (name: string) =>
    new Client({ accessToken: 'secret-token', basePath: at.url }).crm.properties.coreApi.archive(
      'contacts',
      name,
    )

  test('that the policy names: it is left out of readings, and the check names it', async () => {
    const fields = [{ name: 'lead_score', key: 'stages.mql' }]
    at = await bench('hubspot', mqls(3, 1000), { fields })
    at.sink.apply('p00001', event('p00001', NOW - HOUR, 'updated', { detail: 'hubspot.lead_score=40' }))
    const { records, cursor } = await scan(at.crm, 'contact')
    expect(JSON.stringify(records)).toContain('lead_score')
    await remove('lead_score')
    at.clock.set(NOW + HOUR)
    at.sink.apply('p00001', event('p00001', NOW + HOUR, 'updated', { detail: 'company=Acme' }))
    const seen = (await scan(at.crm, 'contact', cursor)).records
    expect(seen.map(({ fields }) => fields.company)).toEqual(['Acme'])
    expect(JSON.stringify(seen)).not.toContain('lead_score')
    expect(await at.crm.check(never)).toEqual([expect.stringMatching(/no property lead_score.*stages\.mql/)])
  })

  test('of ours: people are read, a write is refused once by its name, and the check names it', async () => {
    at = await bench('hubspot', mqls(20, 1000))
    await remove('leadtime_due')
    const { records } = await scan(at.crm, 'contact')
    expect(records).toHaveLength(20)
    const changes = records.map(({ id }) => ({ id, fields: { overdue: true, due: NOW } }))
    const error = await refusalOf(at.crm.write('contact', changes, never))
    expect(error).toBeInstanceOf(Refused)
    expect(error.message).toMatch(/there is no property leadtime_due: create it/)
    expect(at.app.counters.state().calls['POST /crm/objects/2026-09/:type/batch/update']).toBe(1)
    expect(await at.crm.check(never)).toEqual([expect.stringContaining('no property leadtime_due')])
  })
})
