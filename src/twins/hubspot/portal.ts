import type { VirtualClock } from '../clock.ts'
import type { TwinParts } from '../http/parts.ts'
import { Definitions } from './definitions.ts'
import { Lists } from './lists.ts'
import { Owners } from './owners.ts'
import { DealPipeline } from './pipeline.ts'
import type { Settings } from './settings.ts'
import type { RecordStore } from './store.ts'

export const PORTAL_ID = 24_681_357

/** One HubSpot account: what its routes, pages and the scenario's events act on. */
export interface Portal {
  store: RecordStore
  clock: VirtualClock
  definitions: Definitions
  owners: Owners
  pipeline: DealPipeline
  /** Name and zone of the account, as the scenario gives them. */
  account: { name: string; timeZone: string }
  settings: Settings
  lists: Lists
  parts: Pick<TwinParts, 'writes' | 'counters'>
}

export function openPortal(
  store: RecordStore,
  clock: VirtualClock,
  parts: Portal['parts'],
  settings: Settings,
): Portal {
  return {
    store,
    clock,
    definitions: new Definitions(),
    owners: new Owners(),
    pipeline: new DealPipeline(),
    account: { name: 'HubSpot', timeZone: 'UTC' },
    settings,
    lists: new Lists(),
    parts,
  }
}
