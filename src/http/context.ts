import type { Ref } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { DelayReport } from '../pipeline/delays.ts'
import type { PersonExplanation } from '../pipeline/explain.ts'
import type { Neglected } from '../pipeline/neglect.ts'
import type { Assets } from './assets.ts'
import type { Connections } from './connections.ts'
import type { HealthLimits, PolicyDrift } from './health.ts'
import type { Asked } from './moment.ts'
import type { Clock } from './pages/format.ts'
import type { Overview, SyncState, Views } from './views.ts'

/** What every route gets; made once in app.ts. */
export interface Context {
  views: Views
  /** Shared among all who ask within a moment. */
  overview(): Promise<Overview>
  /** The first dropped leads and everybody who is falling behind, for the overview; shared as well. */
  neglect(): Promise<Neglected>
  /** Of the last 90 days; shared as well. */
  delays(): Promise<DelayReport>
  sync(): Promise<SyncState>
  drift(): Promise<PolicyDrift | null>
  /** Throws Unanswerable. */
  explain(person: number, asked: Asked): Promise<PersonExplanation | null>
  now(): Instant
  /** When this process started. */
  since: Instant
  link(ref: Ref): string | null
  connections: Connections
  limits: HealthLimits
  /** How long /health waits for the database. */
  patienceMs: number
  refreshSeconds: number
  clock: Clock
  /** IANA zone of `clock`, in which a date begins. */
  timeZone: string
  assets: Assets
}
