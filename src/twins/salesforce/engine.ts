import type { TwinApp } from '../http.ts'
import { Access } from './access.ts'
import { IngestJobs } from './bulk/ingest-jobs.ts'
import type { Clocks } from './bulk/plan.ts'
import { QueryJobs } from './bulk/query-jobs.ts'
import type { Organisation } from './organisation.ts'
import { Queries } from './query.ts'
import { Records } from './records.ts'
import type { RestParts } from './rest/parts.ts'
import { Rules } from './rules.ts'

/** What answers the API behind its routes: queries, records under their rules and rights, and bulk jobs. */
export interface Engine extends Omit<RestParts, 'sessions'> {
  rules: Rules
}

export function engineOf(organisation: Organisation, app: TwinApp, clocks: Clocks): Engine {
  const { database, apiUserId } = organisation
  const { now } = clocks
  const rules = new Rules(organisation)
  const access = new Access(organisation, now())
  const records = new Records({ organisation, rules, access, by: apiUserId, writes: app.writes })
  const given = (count: number) => app.counters.records('read', count)
  const taken = (count: number) => app.counters.records('write', count)
  let jobs = 0
  const nextJob = () => ++jobs
  const days = () => organisation.days
  const queries = new Queries(database, days, access.view)
  const queryJobs = new QueryJobs({ database, clocks, days, view: access.view, userId: apiUserId, nextJob })
  const plan = () => queryJobs.plan
  const ingestJobs = new IngestJobs({ database, records, clocks, plan, userId: apiUserId, nextJob, taken })
  return { organisation, database, rules, access, records, queries, queryJobs, ingestJobs, now, given, taken }
}
