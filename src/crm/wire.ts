/** One HTTP request as an SDK composed it. */
export interface Call {
  method: string
  url: string
  headers: Record<string, string>
  body?: string | undefined
}

/** The server's answer, read to its end. Header names are lower-case. */
export interface Reply {
  status: number
  headers: Readonly<Record<string, string>>
  body: string
}

/** No whole answer came: a network failure, the time limit, or too much data. Whether the server acted is unknown. */
export class NoAnswer extends Error {
  readonly code: string
  constructor(code: string) {
    super(`no answer (${code})`)
    this.name = 'NoAnswer'
    this.code = code
  }
}

/** Milliseconds one exchange may take, its body included. */
export const TIME_LIMIT = 30_000
/** Bytes after decompression; a page of 2,000 wide records is about 5 MB. */
const SIZE_LIMIT = 100 * 1024 * 1024

/**
 * Sends one request, once. Both SDKs compose requests and read answers, but neither can end a call, and each
 * has its own idea of retries; so this is the only wire under them. Node's fetch keeps connections alive and
 * ignores `https_proxy`, which jsforce would obey even for loopback.
 * Redirects are not followed: they would carry the token elsewhere.
 * @throws NoAnswer; the signal's reason when it was aborted
 */
export async function exchange(call: Call, signal: AbortSignal, limit = TIME_LIMIT): Promise<Reply> {
  signal.throwIfAborted()
  // Not AbortSignal.timeout: its timer lives on after the answer, and holds what the call's context holds.
  const ended = new AbortController()
  const end = () => ended.abort(signal.reason)
  const timer = setTimeout(() => ended.abort(new DOMException('too late', 'TimeoutError')), limit)
  signal.addEventListener('abort', end, { once: true })
  try {
    const response = await fetch(call.url, {
      method: call.method,
      headers: call.headers,
      body: call.body ?? null,
      redirect: 'manual',
      signal: ended.signal,
    })
    return { status: response.status, headers: headersOf(response), body: await readAll(response) }
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof NoAnswer ? error : new NoAnswer(codeOf(error))
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

/** Of several cookies one a line: a comma may be part of one. */
function headersOf({ headers }: Response): Record<string, string> {
  const cookies = headers.getSetCookie()
  return { ...Object.fromEntries(headers), ...(cookies.length > 0 && { 'set-cookie': cookies.join('\n') }) }
}

/** The server's answer with its body still on the way. Header names are lower-case. */
export interface Incoming {
  status: number
  headers: Readonly<Record<string, string>>
  /** Pieces as they come; throws NoAnswer when they end too early or none comes for the time limit. */
  body: AsyncIterable<Uint8Array>
  /** The whole of a short body. */
  text(): Promise<string>
}

/**
 * The same for an answer too long to hold: the time limit is for its beginning and then for each piece of the body,
 * while somebody waits for it. Whoever takes the answer has to read the body or end the signal.
 * @throws NoAnswer; the signal's reason when it was aborted
 */
export async function receive(call: Call, signal: AbortSignal, limit = TIME_LIMIT): Promise<Incoming> {
  signal.throwIfAborted()
  const stall = new AbortController()
  const within = async <T>(work: () => Promise<T>): Promise<T> => {
    const timer = setTimeout(() => stall.abort(new NoAnswer('TimeoutError')), limit)
    try {
      return await work()
    } catch (error) {
      signal.throwIfAborted()
      throw error instanceof NoAnswer ? error : new NoAnswer(codeOf(error))
    } finally {
      clearTimeout(timer)
    }
  }
  const { method, url, headers, body = null } = call
  const either = AbortSignal.any([signal, stall.signal])
  const response = await within(() =>
    fetch(url, { method, headers, body, redirect: 'manual', signal: either }),
  )
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: pieces(response, within),
    text: () => within(() => readAll(response)),
  }
}

async function* pieces(
  response: Response,
  within: <T>(work: () => Promise<T>) => Promise<T>,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  try {
    while (reader) {
      const { done, value } = await within(() => reader.read())
      if (done) return
      yield value
    }
  } finally {
    await reader?.cancel().catch(() => undefined)
  }
}

async function readAll(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > SIZE_LIMIT) throw new NoAnswer('TOO_LARGE')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The system's code (ECONNRESET, TimeoutError …); messages may name hosts and are left out. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN'
  const cause = error.cause
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return error.name
}

/** Milliseconds asked for by `Retry-After` (seconds, or a date), null when absent or unreadable. */
export function retryAfter(headers: Reply['headers'], now = Date.now()): number | null {
  const value = headers['retry-after']
  if (!value) return null
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

/** The server's own clock, in whole seconds; null when it does not say. */
export function serverTime(headers: Reply['headers']): number | null {
  const at = Date.parse(headers.date ?? '')
  return Number.isNaN(at) ? null : at
}
