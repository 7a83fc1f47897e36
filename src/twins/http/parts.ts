import type { Counters } from './counters.ts'
import type { Faults } from './faults.ts'
import type { RequestLog } from './log.ts'
import type { WriteLog } from './writes.ts'

/** What every twin's server carries beside its routes. */
export interface TwinParts {
  requests: RequestLog
  counters: Counters
  faults: Faults
  writes: WriteLog
  source: TwinSource
}

export interface PersonRecords {
  /** The scenario's key. */
  person: string
  records: { object: string; id: string }[]
}

/** What the control routes ask of a twin's records. */
export interface TwinSource {
  /** People with keys after the given one, in ascending order of key, with the ids of their records. */
  people(after: string, limit: number): PersonRecords[]
  /** Counts, for instance of records by object. */
  state(): Record<string, unknown>
}
