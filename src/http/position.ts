import { z } from 'zod'
import type { Ref } from '../domain/facts.ts'
import type { OverduePosition } from './views.ts'

/** What the address says about the overdue list. */
export interface OverdueFilter {
  owner: Ref | 'none' | null
  after: OverduePosition | null
}

const position = z.tuple([z.int(), z.string().min(1).max(300), z.int()])

/** Where a page of handoffs ended: the instant they are ordered by, the handoff, its person. */
type Place = z.infer<typeof position>

/** A position as a word for an address; its content is nobody's business but ours. */
export const encodePlace = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url')

/** Null: it is none. */
export function decodePlace(word: string): Place | null {
  try {
    return position.parse(JSON.parse(Buffer.from(word, 'base64url').toString()))
  } catch {
    return null
  }
}

export const encodePosition = ({ due, handoff, person }: OverduePosition): string =>
  encodePlace([due, handoff, person])

function decodePosition(word: string): OverduePosition | null {
  const [due, handoff, person] = decodePlace(word) ?? []
  return due === undefined ? null : { due, handoff: handoff!, person: person! }
}

const REF = /^(salesforce|hubspot):[a-z_]{1,30}:[\w-]{1,100}$/

/** Rows of one page. */
export const limit = z
  .string()
  .regex(/^([1-9]\d?|1\d\d|200)$/, { error: 'limit is not a whole number from 1 to 200' })
  .transform(Number)
  .optional()

/** Where a page goes on, as an answer named it; `decode` gives null for what no answer can have named. */
export const after = <Place>(decode: (word: string) => Place | null) =>
  z
    .string()
    .max(600)
    .transform((word, context) => {
      if (word === '') return null
      const found = decode(word)
      if (!found) context.addIssue("after is not a position; take it from 'next' of the page before")
      return found
    })
    .optional()

const filter = z.object({
  after: after(decodePosition),
  owner: z
    .string()
    .refine(text => text === '' || text === 'none' || REF.test(text), {
      error: "owner is not an owner; take one from 'owners', or none",
    })
    .transform(text => (text === '' ? null : (text as Ref | 'none')))
    .optional(),
  limit,
})

/** Reads `?after=&owner=&limit=`. @throws BadRequest that names the parameter and the remedy */
export function readFilter(given: unknown): OverdueFilter & { limit: number } {
  const read = filter.safeParse(given)
  if (!read.success) throw new BadRequest(read.error.issues.map(issue => issue.message).join('; '))
  return { owner: read.data.owner ?? null, after: read.data.after ?? null, limit: read.data.limit ?? PAGE }
}

/** Rows of a page when the address does not say. */
const PAGE = 10

/** The address says something we do not understand; the message may be shown. */
export class BadRequest extends Error {
  override name = 'BadRequest'
  readonly statusCode = 400
}

/** The query string that leads to a page of the list; empty for the first page of everybody. */
export function query({ owner, after }: OverdueFilter): string {
  const words = new URLSearchParams()
  if (owner) words.set('owner', owner)
  if (after) words.set('after', encodePosition(after))
  return words.size ? `?${words}` : ''
}
