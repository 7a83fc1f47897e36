import { describe, expect, test } from 'vitest'
import { blank } from '../../../src/blank.ts'
import { logger } from '../../../src/log.ts'

const CANARY = 'canary-4711@example.com'
const TOKEN = `pat-na1-${'0123456789abcdef'.repeat(3)}`

function written(act: (log: ReturnType<typeof logger>) => void): {
  text: string
  lines: Record<string, unknown>[]
} {
  let text = ''
  act(
    logger('trace', {
      write: (line: string) => {
        text += line
      },
    }),
  )
  return {
    text,
    lines: text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line)),
  }
}

describe('the log', () => {
  test('says of an error its name, message and code and nothing else', () => {
    const error = Object.assign(new Error('no answer'), {
      code: 'ECONNRESET',
      config: { headers: { authorization: TOKEN } },
      body: { email: CANARY },
      detail: `Key (email)=(${CANARY})`,
      cause: new Error(TOKEN),
    })
    const { text, lines } = written(log => log.error({ err: error }, 'failed'))
    expect(lines[0]).toMatchObject({ level: 'error', msg: 'failed' })
    expect(lines[0]?.err).toEqual({ name: 'Error', message: 'no answer', code: 'ECONNRESET' })
    expect(text).not.toContain('canary')
    expect(text).not.toContain(TOKEN)
  })

  test('an error given as the only argument is treated the same', () => {
    const error = Object.assign(new Error(`refused ${CANARY} with ${TOKEN}`), { headers: TOKEN })
    const { text } = written(log => log.error(error))
    expect(text).not.toContain('canary')
    expect(text).not.toContain(TOKEN)
  })

  test.each(['token', 'email', 'fields', 'body', 'authorization', 'password'])(
    'blanks %s, nested too',
    name => {
      const { text } = written(log =>
        log.info({ [name]: CANARY, lead: { [name]: CANARY }, a: { b: { [name]: CANARY } } }),
      )
      expect(text).not.toContain('canary')
    },
  )

  test('a request is its method and path; the query string may hold anything', () => {
    const req = { method: 'GET', url: `/leads?email=${CANARY}`, id: 'r1', headers: { authorization: TOKEN } }
    const { text, lines } = written(log => log.info({ req }))
    expect(lines[0]?.req).toEqual({ id: 'r1', method: 'GET', path: '/leads' })
    expect(text).not.toContain(TOKEN)
  })

  test('one entry is one line, whatever it quotes', () => {
    const { lines } = written(log => log.info({ name: 'a\r\n{"level":"error"}' }, 'x\ny'))
    expect(lines).toHaveLength(1)
  })
})

test.each([
  ['to ada@example.com failed', 'to [address] failed'],
  ['postgres://u:secret@db.example.com/x is bad', '[address] is bad'],
  ['postgres://u:secret@localhost:5432/x is bad', 'postgres://[secret]@localhost:5432/x is bad'],
  ['redis://:secret@127.0.0.1:6379 is bad', '[address] is bad'],
  [`token ${TOKEN}.`, 'token [secret].'],
  ['relation "fact" does not exist', 'relation "fact" does not exist'],
])('blank(%j)', (text, expected) => {
  expect(blank(text)).toBe(expected)
})
