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
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: await readAll(response),
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof NoAnswer ? error : new NoAnswer(codeOf(error))
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
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
