import { z } from 'zod'

/** One fault on demand, as POST /_twin/faults takes it. */
export const faultSchema = z.strictObject({
  method: z.string().toUpperCase().optional(),
  /** Regular expression, tried on the path and on path with query. */
  path: z.string().refine(isRegExp, { error: 'not a regular expression' }).optional(),
  status: z.int().min(100).max(599).optional(),
  /** A string goes out as it is, anything else as JSON. */
  body: z.unknown().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  /** true: the connection breaks before the route acts; 'after': it acts, then the answer is lost. */
  drop: z.union([z.boolean(), z.literal('after')]).optional(),
  /** How many matching requests it hits; without it, all until cleared. */
  times: z.int().min(1).optional(),
  /** How many matching requests pass first. */
  skip: z.int().min(0).optional(),
})

export type Fault = z.infer<typeof faultSchema>

interface Armed {
  fault: Fault
  path: RegExp | undefined
  left: number
  skip: number
  hits: number
}

/** The faults in waiting; the first that matches a request takes it. */
export class Faults {
  #armed: Armed[] = []

  add(fault: Fault): void {
    const path = fault.path === undefined ? undefined : new RegExp(fault.path)
    const left = fault.times ?? Number.POSITIVE_INFINITY
    this.#armed.push({ fault, path, left, skip: fault.skip ?? 0, hits: 0 })
  }

  clear(): void {
    this.#armed = []
  }

  list(): (Fault & { hits: number })[] {
    return this.#armed.map(({ fault, hits }) => ({ ...fault, hits }))
  }

  /** The fault for this request, used up by one; undefined when none matches. */
  take(method: string, url: string): Fault | undefined {
    const armed = this.#armed.find(one => one.left > 0 && matches(one, method, url))
    if (!armed) return undefined
    if (armed.skip > 0) {
      armed.skip--
      return undefined
    }
    armed.left--
    armed.hits++
    return armed.fault
  }
}

function matches({ fault, path }: Armed, method: string, url: string): boolean {
  if (fault.method !== undefined && fault.method !== method) return false
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
