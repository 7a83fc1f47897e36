import { describe, expect, test } from 'vitest'
import { audienceOf, instanceOrigin } from '../../../../src/crm/salesforce/instance.ts'

const LOGIN = 'https://acme.my.salesforce.com'

describe('S5: where a token may be sent', () => {
  test.each([
    'https://acme.my.salesforce.com',
    'https://na139.salesforce.com/services',
    'https://acme--uat.sandbox.my.salesforce.com',
    'https://acme.lightning.force.com',
    'https://acme.my.salesforce.mil',
  ])('%s is fine', url => {
    expect(instanceOrigin(url, LOGIN)).toBe(new URL(url).origin)
  })

  test.each([
    'https://evil.example',
    'https://salesforce.com.evil.example',
    'https://evilsalesforce.com',
    'https://acme.my.salesforce.com.evil.example/',
    'https://acme.my.salesforce.com@evil.example',
    'https://user:x@acme.my.salesforce.com',
    'https://acme.my.salesforce.com:8443',
    'http://acme.my.salesforce.com',
    'https://evil.example/?.salesforce.com',
    'https://evil.example#.salesforce.com',
    'http://127.0.0.1:8080',
    'https://169.254.169.254',
    'javascript:alert(1)',
    'nonsense',
  ])('%s is not', url => {
    expect(instanceOrigin(url, LOGIN)).toBeNull()
  })

  test('the configured host, and this machine only when we signed in there', () => {
    expect(instanceOrigin('https://crm.acme.com', 'https://crm.acme.com')).toBe('https://crm.acme.com')
    expect(instanceOrigin('http://127.0.0.1:1', 'http://localhost:2')).toBe('http://127.0.0.1:1')
    expect(instanceOrigin(LOGIN, 'http://localhost:2')).toBeNull()
  })
})

test.each([
  ['https://acme.my.salesforce.com', 'https://login.salesforce.com'],
  ['https://acme-dev-ed.develop.my.salesforce.com', 'https://login.salesforce.com'],
  ['https://login.salesforce.com', 'https://login.salesforce.com'],
  ['https://test.salesforce.com', 'https://test.salesforce.com'],
  ['https://acme--uat.sandbox.my.salesforce.com', 'https://test.salesforce.com'],
  ['https://acme--uat.my.salesforce.com', 'https://test.salesforce.com'],
  ['https://dream-1.scratch.my.salesforce.com', 'https://test.salesforce.com'],
])('an assertion for %s is for %s', (login, audience) => {
  expect(audienceOf(login)).toBe(audience)
})
