import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { VERBS } from '../../../src/cli/verbs.ts'
import { startTwins, type Twins } from '../../../src/twins/host.ts'
import { CATALOGUE, FAULT_NAMES } from '../../../src/twins/http/catalogue.ts'
import { FaultScriptError, readFaultScript } from '../../../src/twins/http/script.ts'

const WRITTEN = readFileSync('docs/twins.md', 'utf8')

/** Commands, and what the twins answer each of them, in the order of the page. */
const BLOCK = /```sh\n(curl[\s\S]*?)```\n(?:\n```json\n([\s\S]*?)```)?/g
const EXAMPLES = [...WRITTEN.matchAll(BLOCK)].map(([, commands, answers]) => ({
  commands: commands!.trim().split('\n'),
  answers: answers?.trim().split('\n') ?? [],
}))

let twins: Twins
beforeAll(async () => {
  twins = await startTwins({ scenario: { people: 200, seed: 1 } })
})
afterAll(() => twins.close())

/** A curl command as a request: `-d` is what is sent, `-H` a header. */
async function curl(command: string): Promise<string> {
  const at: Record<string, string> = {
    ...{ $HUBSPOT: twins.hubspotUrl, $SALESFORCE: twins.salesforceUrl, $TOKEN: twins.token },
  }
  const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) =>
      single ?? (double ?? plain!).replace(/\$[A-Z]+/g, name => at[name] ?? name),
  )
  const after = (flag: string) => (words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined)
  const [name, value] = after('-H')?.split(': ') ?? []
  const body = after('-d')
  const answer = await fetch(words.at(-1)!, {
    headers: { ...(name && { [name]: value! }), ...(body && { 'content-type': 'application/json' }) },
    ...(body && { method: 'POST', body }),
  })
  return await answer.text()
}

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return 'not JSON'
  }
}

test('every command of the page is answered as the page says', async () => {
  expect(EXAMPLES.length).toBeGreaterThanOrEqual(8)
  for (const { commands, answers } of EXAMPLES) {
    expect(answers, commands.join('\n')).toHaveLength(commands.length)
    for (const [place, command] of commands.entries()) {
      const [given, said] = [json(await curl(command)), json(answers[place]!)]
      if (typeof said === 'object' && said !== null) expect(given, command).toMatchObject(said)
      else expect(given, command).toBe(said)
    }
  }
})

test('every way to start is one that the command knows', () => {
  const verb = VERBS.find(({ name }) => name === 'twins')
  const known = verb && 'flags' in verb ? verb.flags.map(({ flags }) => flags.split(' ', 1)[0]) : []
  const used = [...WRITTEN.matchAll(/^npm run leadtime -- twins (.*?)(#.*)?$/gm)].flatMap(
    ([, line]) => line!.match(/--[a-z-]+/g) ?? [],
  )
  expect(used.length).toBeGreaterThan(8)
  for (const flag of used) expect(known).toContain(flag)
})

test('the script of the page can be followed', () => {
  const [, script] = /```yaml\n([\s\S]*?)```/.exec(WRITTEN)!
  expect(readFaultScript(script!, 'faults.yml').map(({ fault }) => fault)).toEqual([
    ...['truncated', 'server_error', 'daily_limit', undefined],
  ])
})

test('the complaint of the page is the real one', () => {
  const [, said] = /(faults\.yml, line 3: .*), …\n/.exec(WRITTEN)!
  const script = '- fault: limit\n  nth: 1\n  tiems: 3'
  expect(() => readFaultScript(script, 'faults.yml')).toThrow(FaultScriptError)
  expect(() => readFaultScript(script, 'faults.yml')).toThrow(said)
})

test('the catalogue of the page is the catalogue, with an example for each', () => {
  const rows = [...WRITTEN.matchAll(/^\| `(\w+)` \| (both|HubSpot|Salesforce) \| (.*?) \| `(.*)` \|$/gm)]
  expect(rows.map(([, name]) => name)).toEqual(FAULT_NAMES)
  for (const [, name, twin, means, example] of rows) {
    const entry: { means: string; only?: string } = CATALOGUE[name as keyof typeof CATALOGUE]
    expect([means, twin!.toLowerCase()], name).toEqual([entry.means, entry.only ?? 'both'])
    expect(readFaultScript(example!.replaceAll('\\|', '|'), name!)).toMatchObject([{ fault: name }])
  }
})

test('every key of a fault is explained', () => {
  const [, table] = /\| key \| \|\n([\s\S]*?)\n\n/.exec(WRITTEN)!
  const explained = [...table!.matchAll(/^\| (.*?) \|/gm)].flatMap(
    ([, cell]) => cell!.match(/(?<=`)\w+(?=`)/g) ?? [],
  )
  let complaint = ''
  try {
    readFaultScript('nope: 1', 'x')
  } catch (error) {
    complaint = (error as Error).message
  }
  const keys = /has the keys (.*)$/.exec(complaint)![1]!.split(', ')
  expect(explained.toSorted()).toEqual(keys.toSorted())
})
