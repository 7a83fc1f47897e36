import { Ring } from './ring.ts'

export interface LoggedRequest {
  seq: number
  method: string
  /** Path and query; values of parameters that carry secrets are left out. */
  path: string
  /** HTTP status; 0 while under way and when the connection was dropped. */
  status: number
  /** Virtual instant, ISO 8601. */
  at: string
}

const KEPT = 20_000
const SECRET = /token|secret|key|password|assertion|code|sid/i

/** The requests a twin has answered, newest kept, without any token. */
export class RequestLog {
  readonly #ring = new Ring<LoggedRequest>(KEPT)

  add(method: string, url: string, at: number): LoggedRequest {
    return this.#ring.add({ method, path: withoutSecrets(url), status: 0, at: new Date(at).toISOString() })
  }

  after(seq: number, limit: number): { last: number; requests: LoggedRequest[] } {
    return { last: this.#ring.last, requests: this.#ring.after(seq, limit) }
  }
}

/** The path with its query, secret-bearing parameters emptied. */
export function withoutSecrets(url: string): string {
  const [path = '', query] = split(url)
  if (query === undefined) return path
  const kept = query.split('&').map(pair => {
    const name = pair.split('=', 1)[0] ?? ''
    return SECRET.test(name) ? `${name}=` : pair
  })
  return `${path}?${kept.join('&')}`
}

function split(url: string): [string, string?] {
  const at = url.indexOf('?')
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)]
}
