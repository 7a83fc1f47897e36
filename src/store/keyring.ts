import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** The keys cannot be used; the message says which and why, and repeats no part of a key. */
export class KeyRefused extends Error {
  override name = 'KeyRefused'
}

/** A ciphertext and the number of its key. */
export interface Sealed {
  version: number
  /** Initialisation vector, ciphertext, tag. */
  bytes: Buffer
}

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
/** 96 bits, as NIST SP 800-38D recommends for random vectors: 2³² encryptions a key before repeats matter. */
const IV_BYTES = 12
const TAG_BYTES = 16
const REMEDY = 'make one with: openssl rand -base64 32'
/** The key in the documentation, which is nobody's secret. */
const EXAMPLE = Buffer.from('leadtime-example-key-do-not-use!')

/** Keys by number. The highest encrypts; the others only read what they encrypted, until `leadtime rotate` has run. */
export class Keyring {
  /** Of the key that encrypts. */
  readonly version: number
  readonly #keys: ReadonlyMap<number, Buffer>

  private constructor(keys: ReadonlyMap<number, Buffer>) {
    this.#keys = keys
    this.version = Math.max(...keys.keys())
  }

  /**
   * Reads `2:<base64>,1:<base64>`; a single key may go without a number, which is then 1.
   * @throws KeyRefused
   */
  static parse(text: string): Keyring {
    const keys = new Map<number, Buffer>()
    const entries = text.split(',').map(entry => entry.trim())
    for (const entry of entries) {
      const [number, encoded] = numbered(entry, entries.length)
      if (keys.has(number))
        throw new KeyRefused(`key ${number} is named twice; give the new key the next number`)
      keys.set(number, decoded(number, encoded))
    }
    return new Keyring(keys)
  }

  /** @param bound what the ciphertext belongs to; it opens with the same words only */
  seal(text: string, bound: string): Sealed {
    const iv = randomBytes(IV_BYTES)
    const cipher = createCipheriv(CIPHER, this.#key(this.version, bound), iv, { authTagLength: TAG_BYTES })
    cipher.setAAD(Buffer.from(bound))
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return { version: this.version, bytes: Buffer.concat([iv, body, cipher.getAuthTag()]) }
  }

  /** @throws KeyRefused when it was sealed by another key, for something else, or was altered */
  open({ version, bytes }: Sealed, bound: string): string {
    const key = this.#key(version, bound)
    try {
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      })
      decipher.setAAD(Buffer.from(bound))
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
      const body = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES))
      return Buffer.concat([body, decipher.final()]).toString('utf8')
    } catch {
      // Node says "unable to authenticate data", whatever the cause; nothing of it helps.
      throw new KeyRefused(
        `key ${version} of LEADTIME_KEYS does not open the credentials of ${bound}; put the key back that encrypted them, or connect again`,
      )
    }
  }

  #key(version: number, bound: string): Buffer {
    const key = this.#keys.get(version)
    if (key) return key
    throw new KeyRefused(
      `the credentials of ${bound} were encrypted with key ${version}, which LEADTIME_KEYS does not name; put it back and run leadtime rotate before taking it out`,
    )
  }
}

function numbered(entry: string, entries: number): [number, string] {
  const [, number, encoded] = /^(?:(\d{1,9}):)?([^:]*)$/.exec(entry) ?? []
  if (encoded === undefined || (number === undefined && entries > 1))
    throw new KeyRefused(
      'LEADTIME_KEYS must be <number>:<key> with commas between them, the newest number highest',
    )
  return [Number(number ?? 1), encoded]
}

function decoded(number: number, encoded: string): Buffer {
  const key = Buffer.from(encoded, 'base64')
  // Node skips what is not base64; a key with a typing error would be another, shorter key.
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded))
    throw new KeyRefused(`key ${number} of LEADTIME_KEYS is not base64; ${REMEDY}`)
  if (key.length !== KEY_BYTES)
    throw new KeyRefused(
      `key ${number} of LEADTIME_KEYS has ${key.length} bytes, it needs ${KEY_BYTES}; ${REMEDY}`,
    )
  if (key.equals(EXAMPLE) || new Set(key).size < 8)
    throw new KeyRefused(`key ${number} of LEADTIME_KEYS is an example, not a secret; ${REMEDY}`)
  return key
}
