import type { FastifyRequest } from 'fastify'
import type { Access } from '../access.ts'
import type { IngestJobs } from '../bulk/ingest-jobs.ts'
import type { QueryJobs } from '../bulk/query-jobs.ts'
import type { Database } from '../database.ts'
import { SalesforceError } from '../errors.ts'
import type { Organisation } from '../organisation.ts'
import type { Queries } from '../query.ts'
import type { Records } from '../records.ts'
import type { Sessions } from '../sessions.ts'

/** What the REST routes work with. */
export interface RestParts {
  organisation: Organisation
  database: Database
  sessions: Sessions
  queries: Queries
  queryJobs: QueryJobs
  ingestJobs: IngestJobs
  records: Records
  access: Access
  /** The virtual instant, milliseconds. */
  now: () => number
  /** Counts records given to and taken from clients. */
  given: (records: number) => void
  taken: (records: number) => void
}

const LEAST_BATCH = 200
const MOST_BATCH = 2000

/** `v66.0`, the request's own version. */
export const versionOf = (request: FastifyRequest): string => (request.params as { version: string }).version

/** `/services/data/v66.0` of the request's own version. */
export const baseOf = (request: FastifyRequest): string => `/services/data/${versionOf(request)}`

/** Rows a page, from `Sforce-Query-Options: batchSize=N`; out of bounds means the nearest bound. */
export function batchSizeOf(request: FastifyRequest): number {
  const header = String(request.headers['sforce-query-options'] ?? '')
  const [, asked] = /batchSize\s*=\s*(\d+)/i.exec(header) ?? []
  return asked === undefined ? MOST_BATCH : Math.min(MOST_BATCH, Math.max(LEAST_BATCH, Number(asked)))
}

/** `Sforce-Duplicate-Rule-Header: allowSave=true`: the client has seen the warning. */
export const allowsDuplicates = (request: FastifyRequest): boolean =>
  /allowSave\s*=\s*true/i.test(String(request.headers['sforce-duplicate-rule-header'] ?? ''))

/** A body that must be an object. @throws SalesforceError JSON_PARSER_ERROR */
export function objectBody(body: unknown): Record<string, unknown> {
  if (body && typeof body === 'object' && !Array.isArray(body)) return body as Record<string, unknown>
  throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'The request needs a JSON object as its body.')
}
