import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { VERBS } from '../../../src/cli/verbs.ts'
import { leadtime } from './leadtime.ts'

/** Every verb as it is called, with its flags. */
const CALLS = VERBS.flatMap(verb =>
  'verbs' in verb
    ? verb.verbs.map(({ name, flags }) => ({ call: `${verb.name} ${name}`, flags }))
    : [{ call: verb.name, flags: verb.flags }],
)

describe('help', () => {
  test('lists every verb with its summary', async () => {
    const { code, stdout, stderr } = await leadtime(['--help'])
    expect([code, stderr]).toEqual([0, ''])
    const words = stdout.replace(/\s+/g, ' ')
    for (const { name, summary } of VERBS) {
      expect(words).toContain(` ${name} `)
      expect(words).toContain(summary)
    }
  })

  test.each(CALLS)('leadtime $call --help names every flag', async ({ call, flags }) => {
    const { code, stdout } = await leadtime([...call.split(' '), '--help'])
    expect(code).toBe(0)
    for (const flag of flags) expect(stdout).toContain(flag.flags)
  })

  test('needs no environment, not even a valid one', async () => {
    expect((await leadtime(['--help'], { PORT: 'x', DATABASE_URL: 'nonsense' })).code).toBe(0)
  })

  test('the version is that of the package', async () => {
    expect((await leadtime(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('misuse: one line, exit code 2', () => {
  test.each([
    [[], 'no verb given; see leadtime --help'],
    [['synk'], "unknown verb 'synk'; did you mean sync? See leadtime --help"],
    [['frobnicate'], "unknown verb 'frobnicate'; see leadtime --help"],
    [['--frob'], "unknown option '--frob'; see leadtime --help"],
    [['sync', '--jsno'], "unknown option '--jsno'; did you mean --json? See leadtime sync --help"],
    [['policy'], 'no verb given; see leadtime policy --help'],
    [['policy', 'chek'], "unknown verb 'chek'; did you mean check? See leadtime policy --help"],
    [
      ['policy', 'show', '--version', 'x'],
      "--version: 'x' is not a whole number from 1 up; see leadtime policy show",
    ],
    [['policy', 'publish', '--effective', 'soon'], "--effective: 'soon' is not a date such as 2026-07-01"],
    [['sync', 'now'], "too many arguments for 'sync'"],
    [['serve', '--port', '99999'], "'99999' is not a whole number from 0 to 65535"],
    [['serve', '--port'], "option '--port <n>' argument missing"],
    [
      ['demo', '--people', '-3'],
      "leadtime: --people: '-3' is not a whole number from 1 to 2000000; see leadtime demo",
    ],
    [['demo', '--json'], '--json needs --once'],
    [['demo', '--port', '81', '--hubspot-port', '81'], '--port and --hubspot-port are both 81'],
    [['demo', '--policy', 'nowhere.yml'], '--policy nowhere.yml: no such file'],
    [['demo', '--policy', tmpdir()], 'is a folder; name a file in it'],
    [['demo', '--once', '--verdicts', 'nowhere/v.jsonl'], 'there is no folder'],
    [['demo', '--once', '--verdicts', tmpdir()], 'is a folder; name a file in it'],
    [['demo', '--people', '9', '--scenario', 'x'], 'cannot be used with'],
  ])('leadtime %j', async (args, expected) => {
    const { code, stdout, stderr } = await leadtime(args)
    expect(stderr).toContain(expected)
    expect(stderr).toMatch(/^leadtime: .+\n$/)
    expect([code, stdout]).toEqual([2, ''])
  })
})

test('a scenario that cannot be loaded is one line beside the progress, with the exit code of the twins', async () => {
  const { code, stdout, stderr } = await leadtime(['demo', '--scenario', 'nowhere', '--once', '--json'])
  expect(stderr.split('\n').slice(1)).toEqual([
    expect.stringMatching(/^leadtime: nowhere: the folder does not exist; /),
    '',
  ])
  expect([code, stdout]).toEqual([1, ''])
})
