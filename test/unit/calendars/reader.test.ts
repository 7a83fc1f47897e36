import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { icsReader, sourceName } from '../../../src/calendars/reader.ts'
import type { AlmanacSource } from '../../../src/domain/almanac.ts'

const YEARS = { first: 2025, last: 2027 }
const never = new AbortController().signal
const ADDRESS = 'https://calendar.example.com/private/secret.ics'

const calendar = (...lines: string[]) => ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'].join('\r\n')
const EVENT = ['BEGIN:VEVENT', 'DTSTART;VALUE=DATE:20261225', 'SUMMARY:Christmas', 'END:VEVENT']
const FREE = ['BEGIN:VEVENT', 'DTSTART;VALUE=DATE:20261225', 'TRANSP:TRANSPARENT', 'END:VEVENT']

type Ics = Extract<AlmanacSource, { kind: 'ics' }>
const source = (address: string, holidays = true): Ics => ({
  ...{ kind: 'ics', key: `ics ${address}`, address },
  ...{ place: 'holidays.us', holidays },
})

/** Reads an address whose server is on this machine; the rule about https stays as it is. */
async function read(answer: RequestListener, address = ADDRESS, holidays = true) {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const fetch: typeof globalThis.fetch = (url, init) =>
    globalThis.fetch(String(url).replace('https://calendar.example.com', `http://127.0.0.1:${port}`), init)
  return await icsReader({ folder: '/', fetch }).read(source(address, holidays), YEARS, never)
}

const says =
  (status: number, body = '', headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(body)
  }

test('an address is read, over redirects', async () => {
  const closed = await read((request, response) => {
    if (request.url === '/final') return says(200, calendar(...EVENT))(request, response)
    return says(302, '', { location: '/final' })(request, response)
  })
  expect(closed).toMatchObject([{ wall: true, name: 'Christmas' }])
})

test('of somebody’s time off nothing but its time is kept', async () => {
  expect(await read(says(200, calendar(...EVENT)), ADDRESS, false)).toMatchObject([{ name: null }])
})

test('nobody has to be off: a calendar of time off without events is fine', async () => {
  expect(await read(says(200, calendar()), ADDRESS, false)).toEqual([])
})

test.each<[string, RequestListener, RegExp, boolean]>([
  ['an ICS that is HTML', says(200, '<html>secret</html>'), /^it is a web page \(HTML\); give the/, true],
  ['an ICS without events', says(200, calendar()), /^it has no events; give a calendar of public/, true],
  ['one whose days are all free', says(200, calendar(...FREE)), /^none of its 1 events closes a day/, true],
  ['an address that is gone', says(404), /^the address answers 404; check it/, true],
  ['a server in trouble', says(503), /^the address answers 503$/, false],
  ['a redirect to http', says(302, '', { location: 'http://x.test/' }), /without https; check/, true],
  ['redirects without end', says(302, '', { location: '/' }), /redirects more than 5 times/, true],
  ['a redirect to nowhere', says(302), /^the address answers 302; check it/, true],
  ['a connection that breaks', request => request.socket.destroy(), /^the address is not reached/, false],
])('%s is told in one line', async (_, answer, said, needsPerson) => {
  const error = await read(answer).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ name: 'SourceError', message: expect.stringMatching(said), needsPerson })
  expect(String(error)).not.toMatch(/secret|\n/)
})

test('an unreachable address', async () => {
  const reader = icsReader({
    folder: '/',
    fetch: url => fetch(String(url).replace(/^.*$/, 'http://127.0.0.1:1')),
  })
  await expect(reader.read(source(ADDRESS), YEARS, never)).rejects.toThrow(/^the address is not reached \(/)
})

test('more than 16 MB is not read to its end', async () => {
  let sent = 0
  const endless: RequestListener = (_request, response) => {
    const piece = Buffer.alloc(1024 * 1024, 'x')
    const more = () => {
      while (!response.destroyed && response.write(piece)) sent++
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  }
  await expect(read(endless)).rejects.toThrow('it is larger than 16 MB')
  expect(sent).toBeLessThan(200)
})

test('a stop ends a reading at once, as a stop', async () => {
  const stop = new AbortController()
  const fetch: typeof globalThis.fetch = async (_url, init) => {
    stop.abort(new Error('stopped'))
    return await globalThis.fetch('http://127.0.0.1:1', init)
  }
  await expect(icsReader({ folder: '/', fetch }).read(source(ADDRESS), YEARS, stop.signal)).rejects.toThrow(
    'stopped',
  )
})

test('a file beside the policy is read; one that is missing is told of', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'leadtime-ics-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'us.ics'), calendar(...EVENT))
  const reader = icsReader({ folder })
  expect(await reader.read(source('us.ics'), YEARS, never)).toHaveLength(1)
  await expect(reader.read(source('uk.ics'), YEARS, never)).rejects.toThrow(
    'there is no such file; check it in the policy; it is looked for beside it',
  )
  await expect(reader.read(source('.'), YEARS, never)).rejects.toThrow(/^the file cannot be read \(EISDIR\)/)
})

test('a source is called by its place in the policy, without path and secrets', () => {
  expect(sourceName(source(ADDRESS))).toBe('holidays.us (calendar.example.com)')
  expect(sourceName(source('us.ics'))).toBe('holidays.us (us.ics)')
})
