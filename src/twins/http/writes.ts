import { Ring } from './ring.ts'

export interface FieldWrite {
  /** The record in the vendor's words, for instance "Lead/00Q000000000001AAA". */
  record: string
  field: string
  from: unknown
  to: unknown
  /** Virtual instant, milliseconds since the epoch. */
  at: number
}

export interface LoggedWrite extends FieldWrite {
  seq: number
  /** Present when the write gave the field the value it already had. */
  same?: true
}

const KEPT = 200_000
const KEPT_SAME = 10_000

/** Every field a client wrote, so that a test can see what was written twice. */
export class WriteLog {
  readonly #all = new Ring<LoggedWrite>(KEPT)
  readonly #same = new Ring<LoggedWrite>(KEPT_SAME)

  add(write: FieldWrite): void {
    const same = equal(write.from, write.to)
    this.#all.add(same ? { ...write, same: true } : write)
    if (same) this.#same.add({ ...write, same: true })
  }

  /** Totals since the start, and a page of the kept entries (`onlySame`: of those that changed nothing). */
  after(seq: number, limit: number, onlySame = false) {
    const ring = onlySame ? this.#same : this.#all
    return { total: this.#all.last, same: this.#same.last, writes: ring.after(seq, limit) }
  }
}

function equal(a: unknown, b: unknown): boolean {
  const empty = (value: unknown) => value === null || value === undefined || value === ''
  return a === b || (empty(a) && empty(b)) || (typeof a !== typeof b && String(a) === String(b))
}
