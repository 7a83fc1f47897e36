import { z } from 'zod'
import type { ObjectName } from '../../domain/facts.ts'
import type { Hint } from '../../store/hints.ts'

/** HubSpot's names of what we read; anything else that happens there does not concern us. */
const OBJECTS: Readonly<Record<string, ObjectName>> = {
  ...{ contact: 'contact', deal: 'deal', call: 'call', email: 'email', meeting: 'meeting' },
  ...{ '0-1': 'contact', '0-3': 'deal', '0-48': 'call', '0-49': 'email', '0-47': 'meeting' },
}

/** Ids are numbers in events and text everywhere else; 0 stands for none. */
const id = z
  .union([z.int().positive(), z.string().regex(/^[1-9]\d{0,18}$/)])
  .transform(String)
  .optional()
  .catch(undefined)

const event = z.object({
  portalId: z.union([z.int(), z.string()]).transform(String),
  subscriptionType: z.string().max(100),
  objectTypeId: z.string().optional().catch(undefined),
  objectId: id,
  primaryObjectId: id,
  mergedObjectIds: z.array(id).optional().catch(undefined),
  newObjectId: id,
  /** `CONTACT_TO_DEAL`. */
  associationType: z.string().max(100).optional().catch(undefined),
  fromObjectId: id,
  fromObjectTypeId: z.string().optional().catch(undefined),
  toObjectId: id,
  toObjectTypeId: z.string().optional().catch(undefined),
})
type Event = z.infer<typeof event>

/** What a delivery says: the records to read, and how many of its events were not for us. */
export interface Told {
  hints: Hint[]
  /** Of another portal. */
  strange: number
}

/**
 * The records that events are about. Of an event nothing else is believed, neither value nor order: events come twice,
 * late and out of order, and the record knows better. What is no event of a kind we know is passed over.
 * @returns null when the body is not a list
 */
export function readEvents(body: unknown, portal: string): Told | null {
  if (!Array.isArray(body)) return null
  const hints = new Map<string, Hint>()
  let strange = 0
  for (const given of body) {
    const { data } = event.safeParse(given)
    if (data === undefined) continue
    if (data.portalId !== portal) strange++
    else for (const hint of hintsOf(data)) hints.set(`${hint.object} ${hint.id}`, hint)
  }
  return { hints: [...hints.values()], strange }
}

function* hintsOf(event: Event): Iterable<Hint> {
  const [of = '', what = ''] = event.subscriptionType.split('.', 2)
  const type = of === 'object' ? (event.objectTypeId ?? '') : of
  if (what === 'associationChange') {
    const [from, to] = (event.associationType ?? '').toLowerCase().split('_to_')
    yield* hint(event.fromObjectTypeId ?? from, event.fromObjectId)
    yield* hint(event.toObjectTypeId ?? to, event.toObjectId)
    return
  }
  const ids = [event.objectId, event.primaryObjectId, event.newObjectId, ...(event.mergedObjectIds ?? [])]
  for (const one of ids) yield* hint(type, one)
}

function* hint(type: string | undefined, id: string | undefined): Iterable<Hint> {
  const object = type !== undefined && Object.hasOwn(OBJECTS, type) ? OBJECTS[type] : undefined
  if (object !== undefined && id !== undefined) yield { object, id }
}
