import type { ObjectType } from './objects.ts'
import type { Rec } from './record.ts'

/** What the portal holds of one person, as far as an event touches it. */
export interface PersonRecords {
  person: string
  contact: Rec | null
  /** In order of opening. */
  deals: Rec[]
  activities: Rec[]
}

/** What the reducer asks of the portal around the person. */
export interface World {
  create(type: ObjectType, at: number, key?: string): Rec
  dealByKey(key: string): Rec | undefined
  ownerId(user: string): string
  /** Whether activities of this user are logged in HubSpot. */
  logsHere(user: string): boolean
  campaignName(campaign: string): string
  stageId(name: string): string
  isContactProperty(name: string): boolean
  /** A text property of that name, as an administrator would have made it before it could be filled in. */
  needContactProperty(name: string): void
  /** Sets owner or lead status when it reaches HubSpot: at once, or with the connector's lag. */
  synced(records: PersonRecords, name: string, value: string, at: number): void
}

/** Who changed a property, as its history says. */
export const UI = 'CRM_UI'
export const WORKFLOW = 'AUTOMATION_PLATFORM'
export const MERGE = 'MERGE_OBJECTS'
