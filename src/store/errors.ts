/** The database cannot be reached or went away; what was not committed will be done again. */
export class DatabaseUnavailable extends Error {
  constructor(detail: string, cause?: unknown) {
    super(`database: ${detail}; check that PostgreSQL runs and DATABASE_URL points at it`, { cause })
    this.name = 'DatabaseUnavailable'
  }
}

/** The database is there and must not be used as it is; the message says what to change. */
export class DatabaseRefused extends Error {
  constructor(detail: string, options?: { cause?: unknown }) {
    super(`database: ${detail}`, options)
    this.name = 'DatabaseRefused'
  }
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '53300', // too many connections
  '57P01', // admin shutdown
  '57P02', // crash shutdown
  '57P03', // starting up
  '58030', // I/O error
  '53100', // disk full
])

/** pg reports some losses without a code. */
const CONNECTION_WORDS =
  /connection terminated|timeout exceeded when trying to connect|not queryable|client was closed/i

/** Turns a lost connection into {@link DatabaseUnavailable}; every other error is left as it is. */
export function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseUnavailable) return error
  const code = String((error as { code?: unknown }).code ?? '')
  const lost = CONNECTION_CODES.has(code) || code.startsWith('08') || CONNECTION_WORDS.test(error.message)
  if (!lost) return refusal(code) ?? error
  return new DatabaseUnavailable(code === '' ? 'the connection was lost' : `${words(code)} (${code})`, error)
}

function words(code: string): string {
  if (code === '53100') return 'its disk is full'
  if (code === '53300') return 'it accepts no more connections'
  if (code.startsWith('57P')) return 'it is shutting down or starting up'
  return 'it does not answer'
}

function refusal(code: string): DatabaseRefused | null {
  if (code === '28P01' || code === '28000')
    return new DatabaseRefused('user or password refused; correct DATABASE_URL')
  if (code === '3D000')
    return new DatabaseRefused('the database named in DATABASE_URL does not exist; create it')
  if (code === '25006')
    return new DatabaseRefused('it is read-only (a standby?); point DATABASE_URL at the primary')
  return null
}

/** A deadlock or serialisation failure: the transaction changed nothing and may be repeated. */
export function isRepeatable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code
  return code === '40P01' || code === '40001'
}
