export type CallKind = 'read' | 'write' | 'other'

export interface CounterState {
  /** Requests by method and route pattern: "GET /crm/v3/owners". */
  calls: Record<string, number>
  total: number
  reads: { calls: number; records: number }
  writes: { calls: number; records: number }
}

/** How often a twin was called, and how many records it gave and took. */
export class Counters {
  readonly #calls = new Map<string, number>()
  #total = 0
  readonly #read = { calls: 0, records: 0 }
  readonly #write = { calls: 0, records: 0 }

  call(kind: CallKind, method: string, route: string): void {
    const key = `${method} ${route}`
    this.#calls.set(key, (this.#calls.get(key) ?? 0) + 1)
    this.#total++
    if (kind === 'read') this.#read.calls++
    if (kind === 'write') this.#write.calls++
  }

  /** Records that a route gave out or wrote; the vendor's route handlers say so. */
  records(kind: 'read' | 'write', count: number): void {
    if (kind === 'read') this.#read.records += count
    else this.#write.records += count
  }

  state(): CounterState {
    return {
      calls: Object.fromEntries([...this.#calls].sort()),
      total: this.#total,
      reads: { ...this.#read },
      writes: { ...this.#write },
    }
  }
}

/**
 * What a request does when its route does not say (`config: { kind }`): GET and HEAD read; so does a POST to
 * a route that ends in /search or /read, HubSpot's way of asking; tokens are neither.
 */
export function callKind(method: string, route: string): CallKind {
  if (/\/oauth|\/token$|\/introspect$/.test(route)) return 'other'
  if (method === 'GET' || method === 'HEAD') return 'read'
  return /\/(search|read)$/.test(route) ? 'read' : 'write'
}
