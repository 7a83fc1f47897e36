import { expect, test } from 'vitest'
import { UsageError } from '../../../src/cli/cli.ts'
import { address, integer, port } from '../../../src/cli/values.ts'

test.each([
  ['0', 0],
  ['3000', 3000],
  ['65535', 65_535],
])('port %s', (text, value) => {
  expect(port(text)).toBe(value)
})

test.each(['65536', '-1', '3.5', '1e3', '0x10', '', ' 1', 'http'])('%j is no port', text => {
  expect(() => port(text)).toThrow(UsageError)
})

test('bounds are named', () => {
  expect(() => integer(1)('0')).toThrow("'0' is not a whole number from 1 up")
  expect(() => integer(1, 9)('10')).toThrow("'10' is not a whole number from 1 to 9")
})

test('an address is http or https', () => {
  expect(address('http://127.0.0.1:3000/webhooks/hubspot')).toBe('http://127.0.0.1:3000/webhooks/hubspot')
  for (const text of ['nonsense', 'ftp://x.test', '', '127.0.0.1:3000']) {
    expect(() => address(text)).toThrow(UsageError)
  }
})
