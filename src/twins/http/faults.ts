import { z } from 'zod'
import { Random } from '../scenario/generator/random.ts'
import { effectOf, FAULT_NAMES, onlyOf, type Vendor } from './catalogue.ts'

const instant = z.iso
  .datetime({ offset: true, error: 'must be an instant such as 2026-11-18T09:00:00Z' })
  .transform(Date.parse)

/** One fault on demand, as POST /_twin/faults and a script take it. */
export const faultSchema = z
  .strictObject({
    /** A name of the catalogue; whatever else is said here counts before what the name stands for. */
    fault: z.enum(FAULT_NAMES).optional(),
    /** Only in this twin; in a script for both. */
    twin: z.enum(['salesforce', 'hubspot']).optional(),
    method: z.string().toUpperCase().optional(),
    /** Regular expression, tried on the path and on path with query. */
    path: z.string().refine(isRegExp, { error: 'must be a regular expression' }).optional(),
    status: z.int().min(100).max(599).optional(),
    /** A string goes out as it is, anything else as JSON. */
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    /**
     * The connection breaks. true: before the route acts; `request`: so it does, while the body is being sent; it acts,
     * then the answer is lost: `after`, in its middle: `during`; `never`: it acts, and the connection stays open without
     * an answer.
     */
    drop: z.union([z.boolean(), z.enum(['request', 'after', 'during', 'never'])]).optional(),
    /** The route acts, and its answer is changed. */
    alter: z
      .enum(['empty', 'content_type', 'truncate', 'bomb', 'same', 'empty_page', 'total', 'late'])
      .optional(),
    /** Real milliseconds before anything happens. */
    delay_ms: z.int().min(0).max(600_000).optional(),
    /** Virtual seconds; see `late_records`. */
    late_s: z.int().min(0).optional(),
    /** How many matching requests it hits; without it, all until cleared. */
    times: z.int().min(1).optional(),
    /** How many matching requests pass first. */
    skip: z.int().min(0).optional(),
    /** The n-th matching request, that one alone unless `times` says otherwise. */
    nth: z.int().min(1).optional(),
    /** The chance that a matching request is hit; the same ones for the same `seed`. */
    probability: z.number().min(0).max(1).optional(),
    seed: z.int().optional(),
    /** Between these instants of the twins' clock, the second one excluded. */
    from: instant.optional(),
    until: instant.optional(),
  })
  .refine(({ nth, skip }) => nth === undefined || skip === undefined, {
    error: 'nth and skip exclude each other',
    path: ['nth'],
  })
  .refine(
    ({ fault, twin }) => fault === undefined || twin === undefined || (onlyOf(fault) ?? twin) === twin,
    {
      error: 'this twin has no such fault',
      path: ['fault'],
    },
  )

export type Fault = z.infer<typeof faultSchema>

interface Armed {
  /** As it was given. */
  given: Fault
  fault: Fault
  path: RegExp | undefined
  left: number
  skip: number
  random: Random
  hits: number
}

/** A fault that has struck; `previous` is the answer that was sent to the last request it matched and passed. */
export interface Struck {
  fault: Fault
  previous: string | undefined
}

/** The faults in waiting; the first that matches a request takes it. */
export class Faults {
  readonly #vendor: Vendor
  readonly #now: () => number
  #armed: Armed[] = []
  #answers = new WeakMap<Fault, string>()

  constructor(vendor: Vendor, now: () => number) {
    this.#vendor = vendor
    this.#now = now
  }

  /** Whether this twin has it. */
  concerns({ fault, twin }: Fault): boolean {
    const only = fault && onlyOf(fault)
    return (twin ?? this.#vendor) === this.#vendor && (only ?? this.#vendor) === this.#vendor
  }

  add(given: Fault): void {
    const fault: Fault = given.fault ? { ...effectOf(given.fault, this.#vendor), ...given } : given
    const path = fault.path === undefined ? undefined : new RegExp(fault.path)
    const { nth, skip = 0 } = fault
    const left = fault.times ?? (nth === undefined ? Number.POSITIVE_INFINITY : 1)
    const random = new Random(fault.seed ?? 1)
    this.#armed.push({ given, fault, path, left, skip: nth === undefined ? skip : nth - 1, random, hits: 0 })
  }

  clear(): void {
    this.#armed = []
  }

  list(): (Fault & { hits: number })[] {
    return this.#armed.map(({ given, hits }) => ({ ...given, hits }))
  }

  /** The fault for this request, used up by one; undefined when none matches. */
  take(method: string, url: string): Struck | undefined {
    const now = this.#now()
    for (const armed of this.#armed) {
      const { fault, random } = armed
      if (armed.left === 0 || !matches(armed, method, url, now)) continue
      if (armed.skip > 0) {
        armed.skip--
        return undefined
      }
      if (fault.probability !== undefined && !random.chance(fault.probability)) continue
      armed.left--
      armed.hits++
      return { fault, previous: this.#answers.get(fault) }
    }
    return undefined
  }

  /** Remembers what a request was answered, for faults that will answer the next one alike. */
  answered(method: string, url: string, payload: string): void {
    for (const armed of this.#armed) {
      if (armed.fault.alter === 'same' && matches(armed, method, url, this.#now())) {
        this.#answers.set(armed.fault, payload)
      }
    }
  }
}

function matches({ fault, path }: Armed, method: string, url: string, now: number): boolean {
  if (fault.method !== undefined && fault.method !== method) return false
  if (now < (fault.from ?? now) || now >= (fault.until ?? Number.POSITIVE_INFINITY)) return false
  return path === undefined || path.test(url) || path.test(url.split('?', 1)[0] ?? '')
}

function isRegExp(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
