import { afterEach, expect, test } from 'vitest'
import { AuthExpired } from '../../../src/crm/errors.ts'
import { type Bench, bench, mqls, NOW } from './company.ts'

const { signal } = new AbortController()
let at: Bench
afterEach(async () => await at.close())

test.each(['salesforce', 'hubspot'] as const)(
  '%s: tells its clock and the calls of the day',
  async vendor => {
    at = await bench(vendor, mqls(1, 1000))
    const before = await at.crm.vitals(signal)
    expect(before.serverTime).toBe(NOW)
    expect(before.calls?.limit).toBeGreaterThan(before.calls?.used ?? Number.NaN)
    const after = await at.crm.vitals(signal)
    expect(after.calls?.used).toBe(before.calls!.used + 1)
  },
)

test.each(['salesforce', 'hubspot'] as const)(
  '%s: an object that may not be read is a problem with its remedy',
  async vendor => {
    at = await bench(vendor, mqls(1, 1000))
    expect(await at.crm.check(signal)).toEqual([])
    at.fault({
      path: '/(Opportunity/describe|deals)',
      status: vendor === 'hubspot' ? 403 : 404,
      body: [{ errorCode: 'NOT_FOUND', message: '' }],
    })
    expect(await at.crm.check(signal)).toEqual([
      vendor === 'hubspot'
        ? 'hubspot: read deals: HTTP 403; grant the app the missing scope'
        : 'salesforce: Opportunity cannot be read: give the integration user read access to it',
    ])
  },
)

test('hubspot: a refused token is told as such', async () => {
  at = await bench('hubspot', mqls(1, 1000), { token: 'wrong' })
  await expect(at.crm.vitals(signal)).rejects.toBeInstanceOf(AuthExpired)
})
