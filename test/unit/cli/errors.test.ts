import { CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import { UsageError } from '../../../src/cli/cli.ts'
import { explain } from '../../../src/cli/errors.ts'
import { AuthExpired, RateLimited, Refused, Unavailable } from '../../../src/crm/errors.ts'
import { PolicyError } from '../../../src/policy/error.ts'
import { QueueError } from '../../../src/queue/errors.ts'
import { DatabaseRefused, DatabaseUnavailable } from '../../../src/store/errors.ts'

const say = (error: unknown, verb?: string) => explain(error, { debug: false, verb })
const system = (code: string, more: object = {}) =>
  Object.assign(new Error(`${code}: technical words at Object.<anonymous>`), { code, ...more })

describe('errors become one line', () => {
  test.each([
    new PolicyError('policy.yml', { path: 'promises', value: 'is 7', expected: 'a map' }),
    new QueueError('Redis at localhost:6379 does not answer'),
    new DatabaseRefused('PostgreSQL 14 is too old; use 16 or newer'),
    new DatabaseUnavailable('it does not answer (ECONNREFUSED)'),
    new RateLimited('hubspot', 'read contacts', 9_000, 'too many requests'),
    new AuthExpired('salesforce', 'sign in', 'the secret is refused'),
    new Unavailable('hubspot', 'read contacts', '502'),
    new Refused('salesforce', 'query Lead', 'no field Leadtime_Due__c'),
  ])('$name is spoken as it is', error => {
    const { line, exitCode } = say(error)
    expect(line.startsWith(`leadtime: ${error.message}`)).toBe(true)
    expect(line).not.toContain('unexpected')
    expect(exitCode).toBe(1)
  })

  test.each([
    [
      system('EADDRINUSE', { syscall: 'listen', address: '127.0.0.1', port: 3000 }),
      /port 3000 on 127\.0\.0\.1 .*PORT/,
    ],
    [system('EACCES', { syscall: 'listen', port: 80 }), /port 80; choose one above 1023/],
    [system('EACCES', { path: '/srv/x' }), /permission for \/srv\/x/],
    [system('ENOENT', { path: 'people.csv' }), /people\.csv does not exist/],
    [system('ENOTDIR', { path: '/f/x' }), /\/f\/x lies below a file/],
    [system('ENOSPC'), /disk is full/],
    [system('ECONNREFUSED', { address: '127.0.0.1', port: 5432 }), /127\.0\.0\.1:5432.*DATABASE_URL/],
    [new AggregateError([system('ECONNREFUSED', { address: '::1', port: 5432 })], ''), /::1:5432/],
    [system('57P01'), /shut down while we worked; nothing is lost/],
    [system('42P01'), /leadtime migrate/],
    [new Error('Connection terminated unexpectedly'), /nothing is lost/],
    [new Error('outer', { cause: system('ENOSPC') }), /disk is full/],
  ])('%s', (error, expected) => {
    const { line, exitCode } = say(error)
    expect(line).toMatch(expected)
    expect(line).not.toContain('technical words')
    expect(line.split('\n')).toHaveLength(1)
    expect(exitCode).toBe(1)
  })

  test('what nobody foresaw is named without what it may quote', () => {
    const { line } = say(new TypeError('cannot read x of {"email":"canary@example.com"}\n  at y'))
    expect(line).toMatch(/^leadtime: unexpected TypeError: /)
    expect(line).not.toContain('canary')
    expect(line.split('\n')).toHaveLength(1)
  })

  test('a thrown string is told too', () => {
    expect(say('gone').line).toBe('leadtime: unexpected error: gone')
  })

  test('the stack comes with LOG_LEVEL=debug only', () => {
    const error = new TypeError('x')
    expect(say(error).line).not.toContain('errors.test.ts')
    expect(explain(error, { debug: true, verb: undefined }).line).toContain('errors.test.ts')
  })
})

describe('misuse is exit code 2 and points at the help', () => {
  test.each([
    [
      new CommanderError(
        1,
        'commander.unknownOption',
        "error: unknown option '--jsno'\n(Did you mean --json?)",
      ),
      'sync',
      "leadtime: unknown option '--jsno'; did you mean --json? See leadtime sync --help",
    ],
    [
      new CommanderError(
        1,
        'commander.unknownCommand',
        "error: unknown command 'synk'\n(Did you mean sync?)",
      ),
      undefined,
      "leadtime: unknown verb 'synk'; did you mean sync? See leadtime --help",
    ],
    [new UsageError('no verb given'), undefined, 'leadtime: no verb given; see leadtime --help'],
    [new UsageError('x'), 'policy check', 'leadtime: x; see leadtime policy check --help'],
  ])('%s', (error, verb, expected) => {
    expect(say(error, verb)).toEqual({ line: expected, exitCode: 2 })
  })
})
