import { type DestinationStream, destination, type Logger, pino } from 'pino'
import { blank } from './blank.ts'

export type Log = Logger

/** Names under which something private could reach a log line; pino's wildcards match one level only. */
const PRIVATE = [
  'token',
  'accessToken',
  'refreshToken',
  'password',
  'clientSecret',
  'authorization',
  'email',
  'fields',
  'payload',
  'body',
]
const paths = PRIVATE.flatMap(name => [name, `*.${name}`, `*.*.${name}`, `err.${name}`])

/**
 * JSON lines on stderr (stdout belongs to results). Of an error only name, message and code are written:
 * vendors' clients hang requests with tokens, and PostgreSQL rows, on their errors.
 */
export function logger(level: string, stream: DestinationStream = destination({ dest: 2, sync: true })): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      serializers: { err: plainError, error: plainError, req: request, res: answer },
      redact: { paths, censor: '[private]' },
      hooks: {
        // pino would take the message of `log.error(error)` from the error as it is.
        logMethod(args, method) {
          const [first, message, ...rest] = args as [unknown, string?, ...unknown[]]
          if (first instanceof Error)
            method.apply(this, [{ err: first }, message ?? blank(first.message), ...rest] as never)
          else method.apply(this, args)
        },
      },
    },
    stream,
  )
}

/** The allow-list of what a log line says of an error. */
export function plainError(error: unknown): object {
  if (!(error instanceof Error)) return { name: 'unknown', message: typeof error }
  const code = (error as { code?: unknown }).code
  const known = typeof code === 'string' || typeof code === 'number'
  return { name: error.name, message: blank(error.message), ...(known && { code }) }
}

const request = (req: { method?: string; url?: string; id?: unknown }) => ({
  id: req.id,
  method: req.method,
  path: req.url?.split('?')[0],
})
const answer = (res: { statusCode?: number }) => ({ status: res.statusCode })
