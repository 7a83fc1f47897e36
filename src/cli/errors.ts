import { CommanderError } from 'commander'
import { blank } from '../blank.ts'
import { AuthExpired, OtherAccount, RateLimited, Refused, Unavailable } from '../crm/errors.ts'

/** Errors whose message was written for the person at the keyboard: printed as they are. */
const SPOKEN = new Set([
  'UsageError',
  'ConfigError',
  'PolicyError',
  'ScenarioError',
  'FaultScriptError',
  'DatabaseRefused',
  'KeyRefused',
  'DatabaseUnavailable',
  'QueueError',
  'NobodyFound',
  'Unanswerable',
  'NoVersion',
  'PublishRefused',
  'ReplayRefused',
  'Stopped',
  'TwinsFailed',
])

/** What a person can do about an error of a CRM. */
const REMEDIES: [new (...args: never[]) => Error, string][] = [
  [RateLimited, 'nothing is lost; run it again later'],
  [AuthExpired, 'renew the credentials (.env.example names the variables); nothing is lost'],
  [Unavailable, 'nothing is lost; run it again when the CRM answers'],
  [OtherAccount, 'nothing was read or written'],
  [Refused, 'check the rights and fields of the connected user'],
]

interface Fault {
  code?: unknown
  syscall?: unknown
  address?: unknown
  port?: unknown
  path?: unknown
  errors?: unknown
  cause?: unknown
}

/** The operating system's errors, by code. */
const SYSTEM: Record<string, (fault: Fault) => string> = {
  EADDRINUSE: f =>
    `port ${f.port} on ${f.address ?? 'this machine'} is in use; choose another with PORT or --port`,
  EADDRNOTAVAIL: f => `${f.address} is not an address of this machine; change HOST`,
  EACCES: f =>
    f.syscall === 'listen'
      ? `no permission to listen on port ${f.port}; choose one above 1023 with PORT`
      : `no permission for ${path(f)}; change its owner or choose another folder`,
  EPERM: f => `no permission for ${path(f)}; change its owner or choose another folder`,
  EROFS: f => `${path(f)} is on a read-only disk; choose another folder with LEADTIME_DATA`,
  ENOENT: f => `${path(f)} does not exist; check the path`,
  ENOTDIR: f => `${path(f)} lies below a file, not a folder; choose another folder (LEADTIME_DATA)`,
  EISDIR: f => `${path(f)} is a folder, a file was expected`,
  ENOSPC: () => 'the disk is full; make room and run it again, nothing stored is lost',
  EMFILE: () => 'too many open files; raise the limit (ulimit -n)',
  ECONNREFUSED: f => `nothing answers at ${peer(f)}; start it, or correct DATABASE_URL or REDIS_URL`,
  ECONNRESET: f => `the connection to ${peer(f)} broke; nothing is lost, run it again`,
  EPIPE: f => `the connection to ${peer(f)} broke; nothing is lost, run it again`,
  ETIMEDOUT: f => `no answer from ${peer(f)} in time; check that it runs and can be reached`,
  EHOSTUNREACH: f => `${peer(f)} cannot be reached from this machine; check the network`,
  ENOTFOUND: () => 'a host name in DATABASE_URL or REDIS_URL is not known; check its spelling',
  EAI_AGAIN: () => 'host names cannot be looked up at the moment; check the network',
}

/** PostgreSQL's error codes: https://www.postgresql.org/docs/18/errcodes-appendix.html */
const POSTGRES: Record<string, string> = {
  '28P01': 'the database refuses the password in DATABASE_URL; correct it',
  '28000': 'the database refuses the user in DATABASE_URL; correct it',
  '3D000': 'the database named in DATABASE_URL does not exist; create it (createdb) or correct the name',
  '42501': 'the database user lacks a permission; make it the owner of its database',
  '42P01': 'the database lacks a table; run: leadtime migrate',
  '42703': 'the database lacks a column; run: leadtime migrate',
  '53100': 'the disk of the database is full; make room, nothing stored is lost',
  '53300': 'the database has no connection left; raise max_connections or stop other clients',
  '57P01': 'the database was shut down while we worked; nothing is lost, run it again',
  '57P02': 'the database crashed while we worked; nothing is lost, run it again',
  '57P03': 'the database is starting up or shutting down; run it again in a moment',
  '25006': 'the database is read-only (a standby?); point DATABASE_URL at the primary',
}

const GONE = /^(Connection terminated|Client has encountered a connection error|Connection ended)/

/** An error as the one line a person reads, and the exit code. Values that could be private are blanked. */
export function explain(
  error: unknown,
  { debug, verb }: { debug: boolean; verb: string | undefined },
): { line: string; exitCode: number } {
  const usage = error instanceof CommanderError || (error as Error)?.name === 'UsageError'
  const text = usage ? misuse(error as Error, verb) : sentence(error)
  const line = `leadtime: ${text.replace(/\s*\n\s*/g, ' ').trim()}`
  const stack = debug && !usage && error instanceof Error && error.stack ? `\n${blank(error.stack)}` : ''
  return { line: line + stack, exitCode: usage ? 2 : 1 }
}

/** Commander says `error: unknown option '--jsno'\n(Did you mean --json?)`. */
function misuse(error: Error, verb: string | undefined): string {
  const text = error.message
    .replace(/^error: /, '')
    .replace('unknown command', 'unknown verb')
    .replace(/^option '(--[\w-]+).*' argument '.*' is invalid\. /s, '$1: ')
    .replace(/\.$/, '')
    .replace(/\n\(Did you mean (.*)\?\)$/, '; did you mean $1?')
  const where = verb ? `${verb} ` : ''
  return `${text}${text.endsWith('?') ? ' S' : '; s'}ee leadtime ${where}--help`
}

function sentence(error: unknown): string {
  if (!(error instanceof Error)) return `unexpected error: ${blank(String(error))}`
  if (SPOKEN.has(error.name)) return error.message
  const remedy = REMEDIES.find(([kind]) => error instanceof kind)?.[1]
  if (remedy) return `${error.message}; ${remedy}`
  const fault = root(error)
  const code = String(fault.code ?? '')
  const known =
    SYSTEM[code]?.(fault) ?? POSTGRES[code] ?? (GONE.test(error.message) ? POSTGRES['57P01'] : undefined)
  if (known) return known
  if (error.cause instanceof Error) return sentence(error.cause)
  return `unexpected ${error.name}: ${blank(error.message)}; LOG_LEVEL=debug shows where`
}

/** A connection tried over IPv6 and IPv4 fails with an AggregateError; its parts say why. */
function root(error: Fault): Fault {
  const first = Array.isArray(error.errors) ? (error.errors[0] as Fault) : undefined
  return first?.code ? first : error
}

const path = (f: Fault): string => (f.path ? `${f.path}` : 'a file')
const peer = (f: Fault): string => (f.address ? `${f.address}:${f.port}` : 'the database or Redis')
