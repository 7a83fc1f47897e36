import type { Change, End } from '../feed.ts'
import { infoOf, type ObjectType } from '../objects.ts'
import { PORTAL_ID } from '../portal.ts'
import type { Rec } from '../record.ts'

/** An event as HubSpot's webhooks v3 carry it, before an attempt to deliver it gives it a number. */
export interface WebhookEvent {
  eventId: number
  subscriptionId: number
  portalId: number
  appId: number
  occurredAt: number
  subscriptionType: string
  changeSource: string
  [more: string]: unknown
}

const APP_ID = 4_100_001
const SUBSCRIPTION_ID = 7_001

type Kind = Pick<WebhookEvent, 'subscriptionType' | 'changeSource'> & Record<string, unknown>

/** Numbers what happened. */
export class Events {
  #last = 100_000_000

  /** A change as events: a new record is one, an edit one for each property. */
  of(change: Change, occurredAt: number): WebhookEvent[] {
    return [...kinds(change)].map(kind => ({
      ...{ eventId: ++this.#last, subscriptionId: SUBSCRIPTION_ID, portalId: PORTAL_ID, appId: APP_ID },
      ...{ occurredAt, ...kind },
    }))
  }
}

/** Contacts, companies and deals have names of their own; everything else is an `object` with its type. */
const named: readonly ObjectType[] = ['contact', 'company', 'deal']

function subscription(type: ObjectType, what: string) {
  if (named.includes(type)) return { subscriptionType: `${type}.${what}` }
  return { subscriptionType: `object.${what}`, objectTypeId: infoOf(type).typeId }
}

function* kinds(change: Change): Iterable<Kind> {
  switch (change.what) {
    case 'saved':
      yield* saved(change.before, change.after)
      return
    case 'associated':
    case 'dissociated':
      yield association(change.from, change.to, change.what === 'dissociated')
      yield association(change.to, change.from, change.what === 'dissociated')
      return
    case 'merged':
      yield {
        ...{ ...subscription(change.type, 'merge'), changeSource: 'MERGE_OBJECTS', objectId: change.primary },
        ...{ primaryObjectId: change.primary, mergedObjectIds: [change.other], newObjectId: change.into },
        numberOfPropertiesMoved: 0,
      }
      return
    case 'purged':
      yield {
        ...{ subscriptionType: `${change.type}.privacyDeletion`, objectId: change.id },
        ...{ changeSource: 'CRM_UI', changeFlag: 'DELETED' },
      }
  }
}

function* saved(before: Rec | undefined, after: Rec): Iterable<Kind> {
  const { type, id: objectId } = after
  if (!before) {
    yield { ...subscription(type, 'creation'), objectId, changeSource: 'CRM', changeFlag: 'NEW' }
    return
  }
  if ((before.archivedAt === null) !== (after.archivedAt === null)) {
    const what = after.archivedAt === null ? 'restore' : 'deletion'
    yield { ...subscription(type, what), objectId, changeSource: 'CRM_UI' }
  }
  for (const name of new Set([...Object.keys(before.properties), ...Object.keys(after.properties)])) {
    const propertyValue = after.properties[name] ?? ''
    if ((before.properties[name] ?? '') === propertyValue) continue
    const changeSource = after.history[name]?.at(-1)?.[2] ?? 'CALCULATED'
    yield {
      ...subscription(type, 'propertyChange'),
      objectId,
      changeSource,
      propertyName: name,
      propertyValue,
    }
  }
}

function association(from: End, to: End, associationRemoved: boolean): Kind {
  return {
    ...subscription(from.type, 'associationChange'),
    ...{ changeSource: 'USER', associationRemoved, isPrimaryAssociation: false },
    associationType: `${from.type}_TO_${to.type}`.toUpperCase(),
    ...{ fromObjectId: from.id, fromObjectTypeId: infoOf(from.type).typeId },
    ...{ toObjectId: to.id, toObjectTypeId: infoOf(to.type).typeId },
  }
}
