import type { Instant } from '../domain/time.ts'

/** PostgreSQL counts microseconds from 2000-01-01. */
const POSTGRES_EPOCH_MS = 946_684_800_000
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1')
const UNSTORABLE = /\\u(?:0000|d[89a-f])/i

/** JSON text that jsonb accepts: NUL characters are dropped and lone surrogates replaced, which PostgreSQL refuses to store. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value)
  // Most text escapes nothing, which is found faster than what it might escape.
  if (!text.includes('\\u') || !UNSTORABLE.test(text)) return text
  return JSON.stringify(value, (_key, inner) => clean(inner))
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return storable(value)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [storable(key), inner]))
}

/** Text that PostgreSQL accepts: without NUL characters, and well-formed. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/** Buffers that have grown to the size of a batch and wait for the next one: memory outside the heap costs collections of it. */
const spare: Buffer[] = []
const SPARE = 4
const SPARE_BYTES = 4 << 20

/** Collects rows in PostgreSQL's binary COPY format: no escaping here, no parsing of text there. */
export class CopyRows {
  #buffer = spare.pop() ?? Buffer.allocUnsafe(1 << 16)
  #at = 0
  #rows = 0

  constructor() {
    this.#at = SIGNATURE.copy(this.#buffer)
    this.#int32(0)
    this.#int32(0)
  }

  get rows(): number {
    return this.#rows
  }

  /** Begins a row of `columns` values, which must follow. */
  row(columns: number): this {
    this.#reserve(2)
    this.#at = this.#buffer.writeInt16BE(columns, this.#at)
    this.#rows++
    return this
  }

  text(value: string | null): this {
    if (value === null) return this.#int32(-1)
    this.#reserve(4 + value.length * 3)
    const bytes = this.#buffer.write(value.includes('\0') ? storable(value) : value, this.#at + 4)
    this.#buffer.writeInt32BE(bytes, this.#at)
    this.#at += 4 + bytes
    return this
  }

  /** Already serialised by {@link jsonText}. */
  jsonb(value: string | null): this {
    if (value === null) return this.#int32(-1)
    this.#reserve(5 + value.length * 3)
    const bytes = this.#buffer.write(value, this.#at + 5)
    this.#buffer.writeInt32BE(bytes + 1, this.#at)
    this.#buffer[this.#at + 4] = 1
    this.#at += 5 + bytes
    return this
  }

  instant(value: Instant | null): this {
    if (value === null) return this.#int32(-1)
    return this.bigint((value - POSTGRES_EPOCH_MS) * 1000)
  }

  /** An integer column of 8 bytes. */
  bigint(value: number): this {
    this.#int32(8)
    this.#reserve(8)
    const high = Math.floor(value / 0x1_0000_0000)
    this.#at = this.#buffer.writeInt32BE(high, this.#at)
    this.#at = this.#buffer.writeUInt32BE(value - high * 0x1_0000_0000, this.#at)
    return this
  }

  boolean(value: boolean): this {
    this.#int32(1)
    this.#reserve(1)
    this.#at = this.#buffer.writeUInt8(value ? 1 : 0, this.#at)
    return this
  }

  /** 32 hexadecimal digits. */
  uuid(hex: string): this {
    this.#int32(16)
    this.#reserve(16)
    this.#at += this.#buffer.write(hex, this.#at, 'hex')
    return this
  }

  /** Ends the rows and returns them; no more can be added. */
  finish(): Buffer {
    this.#reserve(2)
    this.#at = this.#buffer.writeInt16BE(-1, this.#at)
    return this.#buffer.subarray(0, this.#at)
  }

  /** Gives the memory of the rows to the next ones; nobody may read them any more. */
  recycle(): void {
    if (spare.length < SPARE && this.#buffer.length <= SPARE_BYTES) spare.push(this.#buffer)
    this.#buffer = Buffer.alloc(0)
  }

  #int32(value: number): this {
    this.#reserve(4)
    this.#at = this.#buffer.writeInt32BE(value, this.#at)
    return this
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#buffer = larger
  }
}
