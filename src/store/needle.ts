import type { ObjectName, Ref, Vendor } from '../domain/facts.ts'

/** Under which names a person may be looked up. */
export interface Needle {
  person: number | null
  /** Lower case, without blanks. */
  email: string | null
  /** Names of records: everything from `from` on and before `to`, in the order of bytes. */
  refs: { from: string; to: string }[]
}

/** For messages and help. */
export const FORMS =
  'an e-mail address, a Salesforce id (15 or 18 characters), a HubSpot id (51 or contact:51), ' +
  'a ref (hubspot:contact:51) or the number of a person (person:17)'

const SALESFORCE: readonly ObjectName[] = [
  ...(['lead', 'contact', 'deal', 'task', 'event', 'email', 'history', 'deal_history'] as const),
]
const HUBSPOT: readonly ObjectName[] = ['contact', 'deal', 'call', 'email', 'meeting']

const ALL: readonly string[] = [...SALESFORCE, ...HUBSPOT]

/** Reads what somebody typed; null when it is nothing a person can be found by. */
export function readNeedle(typed: string): Needle | null {
  const text = typed.trim()
  const none: Needle = { person: null, email: null, refs: [] }
  if (/^[^\s@]{1,128}@[^\s@]{1,255}$/.test(text)) return { ...none, email: text.toLowerCase() }
  const person = /^person[:\s](\d{1,15})$/i.exec(text)
  if (person) return { ...none, person: Number(person[1]) }
  const named = /^(?:(salesforce|hubspot):)?([a-z_]{2,20})[:\s]([\w-]{1,100})$/.exec(text)
  if (named && ALL.includes(named[2]!)) return { ...none, refs: byName(named[1], named[2]!, named[3]!) }
  const digits = /^\d{1,15}$/.test(text)
  const refs = [
    ...(digits ? HUBSPOT.map(object => exactly('hubspot', object, text)) : []),
    ...(/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(text) ? SALESFORCE.map(one => like(one, text)) : []),
  ]
  if (refs.length === 0) return null
  return { ...none, person: digits ? Number(text) : null, refs }
}

function byName(vendor: string | undefined, object: string, id: string): Needle['refs'] {
  const salesforce = like(object, id)
  const hubspot = exactly('hubspot', object, id)
  if (vendor !== undefined) return [vendor === 'salesforce' ? salesforce : hubspot]
  return [salesforce, hubspot]
}

function exactly(vendor: Vendor, object: string, id: string): Needle['refs'][number] {
  const ref = `${vendor}:${object}:${id}` as Ref
  return { from: ref, to: `${ref} ` }
}

/** The last three of 18 characters only say how the first 15 are written, so those are enough. */
function like(object: string, id: string): Needle['refs'][number] {
  if (!/^[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?$/.test(id)) return exactly('salesforce', object, id)
  const start = `salesforce:${object}:${id.slice(0, 15)}`
  return { from: start, to: `${start}~` }
}
