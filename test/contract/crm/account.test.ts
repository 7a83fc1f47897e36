import { afterEach, expect, test } from 'vitest'
import { OtherAccount, Unavailable } from '../../../src/crm/errors.ts'
import { type Bench, bench, mqls, scan } from './company.ts'

const { signal } = new AbortController()
let at: Bench
afterEach(async () => await at.close())

test.each([
  ['salesforce', /^00D\w{15}$/],
  ['hubspot', /^\d+$/],
] as const)('%s: the account is asked for once', async (vendor, shape) => {
  at = await bench(vendor, mqls(1, 1000))
  const account = await at.crm.account(signal)
  expect(account).toMatch(shape)
  const { total } = at.app.counters.state()
  expect(await at.crm.account(signal)).toBe(account)
  expect(at.app.counters.state().total).toBe(total)
})

test('salesforce: a new sign-in that opens another organisation is refused, and nothing more is read', async () => {
  at = await bench('salesforce', mqls(1, 1000))
  await scan(at.crm, 'lead')
  await fetch(`${at.url}/_twin/sessions`, { method: 'DELETE' })
  const body = { access_token: 'x', instance_url: at.url, id: `${at.url}/id/00D000000000099/005000000000001` }
  at.fault({ path: '/oauth2/token', status: 200, body })
  await expect(scan(at.crm, 'lead')).rejects.toBeInstanceOf(OtherAccount)
})

test('salesforce: a token that does not say whose it is, is none', async () => {
  at = await bench('salesforce', mqls(1, 1000))
  at.fault({ path: '/oauth2/token', status: 200, body: { access_token: 'x', instance_url: at.url } })
  await expect(at.crm.account(signal)).rejects.toBeInstanceOf(Unavailable)
})
