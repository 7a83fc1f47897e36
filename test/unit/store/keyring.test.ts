import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { KeyRefused, Keyring } from '../../../src/store/keyring.ts'

const key = () => randomBytes(32).toString('base64')
const TOKEN = 'canary-refresh-token'
const BOUND = 'salesforce|00D000000000001AAA|oauth'

const refusal = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(KeyRefused)
    return (error as Error).message
  }
  throw new Error('was accepted')
}

describe('S1: what is encrypted', () => {
  test('opens with the same key for the same row', () => {
    const keys = Keyring.parse(key())
    expect(keys.open(keys.seal(TOKEN, BOUND), BOUND)).toBe(TOKEN)
  })

  test('shows nothing of the text, and has a vector of its own each time', () => {
    const keys = Keyring.parse(key())
    const vectors = new Set<string>()
    for (let i = 0; i < 50_000; i++) {
      const { bytes } = keys.seal(TOKEN, BOUND)
      vectors.add(bytes.toString('latin1', 0, 12))
      if (i === 0) expect(bytes.includes(TOKEN)).toBe(false)
    }
    expect(vectors.size).toBe(50_000)
  })

  test.each([
    ['another account', 'salesforce|00D000000000002AAA|oauth'],
    ['another vendor', 'hubspot|00D000000000001AAA|oauth'],
    ['another kind', 'salesforce|00D000000000001AAA|other'],
  ])('moved to %s does not open', (_, elsewhere) => {
    const keys = Keyring.parse(key())
    const sealed = keys.seal(TOKEN, BOUND)
    expect(refusal(() => keys.open(sealed, elsewhere))).not.toContain(TOKEN)
  })

  test('altered in any byte does not open', () => {
    const keys = Keyring.parse(key())
    const { version, bytes } = keys.seal(TOKEN, BOUND)
    for (let i = 0; i < bytes.length; i++) {
      const altered = Buffer.from(bytes)
      altered[i]! ^= 1
      refusal(() => keys.open({ version, bytes: altered }, BOUND))
    }
  })
})

describe('keys', () => {
  test('the highest number encrypts, the others still open', () => {
    const [one, two] = [key(), key()]
    const old = Keyring.parse(`1:${one}`).seal(TOKEN, BOUND)
    const keys = Keyring.parse(`2:${two},1:${one}`)
    expect(keys.open(old, BOUND)).toBe(TOKEN)
    expect(keys.seal(TOKEN, BOUND).version).toBe(2)
    expect(refusal(() => Keyring.parse(`2:${two}`).open(old, BOUND))).toContain('key 1')
  })

  const secret = key()
  test.each([
    ['nothing', ''],
    ['no base64', '1:qwertz uiopas!'],
    ['a short key', `1:${randomBytes(31).toString('base64')}`],
    ['a long key', `1:${randomBytes(33).toString('base64')}`],
    ['a key with a part missing', `1:${secret.slice(4)}`],
    ['the key of the documentation', 'bGVhZHRpbWUtZXhhbXBsZS1rZXktZG8tbm90LXVzZSE='],
    ['zeros', Buffer.alloc(32).toString('base64')],
    ['a number twice', `1:${secret},1:${key()}`],
    ['two keys without numbers', `${secret},${key()}`],
    ['a word for a number', `new:${secret}`],
  ])('S3: %s is refused in one line that shows no part of a key', (_, text) => {
    const message = refusal(() => Keyring.parse(text))
    expect(message.split('\n')).toHaveLength(1)
    for (const part of text.split(/[,:]/))
      if (part.length > 6) expect(message).not.toContain(part.slice(0, 7))
  })
})
