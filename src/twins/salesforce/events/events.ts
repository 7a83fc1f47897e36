import type { Access } from '../access.ts'
import type { Organisation } from '../organisation.ts'
import { objectNamed } from '../schema.ts'
import type { Sessions } from '../sessions.ts'
import { Bayeux, type Settings } from './bayeux.ts'
import { Capture } from './capture.ts'
import { Clients } from './clients.ts'
import { EventLog } from './log.ts'
import type { EventParts } from './routes.ts'

interface Needed {
  organisation: Organisation
  access: Access
  sessions: Sessions
  now: () => number
  /** A monotonic source of real milliseconds. */
  real: () => number
}

/** Salesforce's own numbers: Enterprise Edition, and how long its server holds a poll. */
const SETTINGS: Settings = { pollSeconds: 110, clients: 1000, silent: false }

/** Change events of an organisation, enabled for no entity yet. */
export function changeEvents({ organisation, access, sessions, now, real }: Needed): EventParts {
  const { database, apiUserId } = organisation
  const settings = { ...SETTINGS }
  const log = new EventLog(database, now)
  const clients = new Clients(real)
  const { view } = access
  const capture = new Capture({ database, log, view, apiUserId, now, appended: () => clients.wake() })
  const bayeux = new Bayeux({ capture, log, clients, settings, objectNamed })
  return { sessions, bayeux, clients, capture, log, settings }
}
