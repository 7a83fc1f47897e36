import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/config.ts'
import { places } from './suite/account.ts'

const SALESFORCE = {
  LEADTIME_CONTRACT_SALESFORCE_LOGIN_URL: 'https://acme--uat.sandbox.my.salesforce.com',
  LEADTIME_CONTRACT_SALESFORCE_CLIENT_ID: 'app',
  LEADTIME_CONTRACT_SALESFORCE_CLIENT_SECRET: 'of the app'.replaceAll(' ', '-'),
}
const names = (env: NodeJS.ProcessEnv) => places(env).map(({ name }) => name)

test('the twins alone, whatever the service itself is connected to', () => {
  const production = Object.entries({ ...SALESFORCE, LEADTIME_CONTRACT_HUBSPOT_TOKEN: 'pat' }).map(
    ([name, value]) => [name.replace('LEADTIME_CONTRACT_', ''), value],
  )
  expect(names(Object.fromEntries(production))).toEqual(['salesforce', 'hubspot'])
})

test('a real account is asked the same as soon as its variables are there', () => {
  expect(names(SALESFORCE)).toEqual(['salesforce', 'hubspot', 'salesforce, real'])
  expect(names({ LEADTIME_CONTRACT_HUBSPOT_TOKEN: 'pat' })).toContain('hubspot, real')
})

test('what is wrong with them is said by the names they have there', () => {
  const { LEADTIME_CONTRACT_SALESFORCE_CLIENT_SECRET: _, ...incomplete } = SALESFORCE
  expect(() => places(incomplete)).toThrow(ConfigError)
  expect(() => places(incomplete)).toThrow(
    /LEADTIME_CONTRACT_SALESFORCE_CLIENT_SECRET must be set together with LEADTIME_CONTRACT_SALESFORCE_LOGIN_URL/,
  )
})
