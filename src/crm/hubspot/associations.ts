import { z } from 'zod'
import type { HubSpotClient } from './client.ts'

/** The most ids one association read takes. */
const BATCH = 1_000

/** Where the next page of a list starts. */
export const paging = z.object({ next: z.object({ after: z.string() }).nullish() }).nullish()

const linked = z.object({
  results: z.array(
    z.object({
      from: z.object({ id: z.string() }),
      // A number in the documentation's examples, a string in its schema.
      to: z.array(z.object({ toObjectId: z.union([z.string(), z.number()]) })),
      paging,
    }),
  ),
})

/** Ids of the contacts of each record; records without any have none in the answer. */
export async function contactsOf(
  client: HubSpotClient,
  type: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>(ids.map(id => [id, []]))
  let open: { id: string; after?: string }[] = ids.map(id => ({ id }))
  while (open.length > 0) {
    const inputs = open.slice(0, BATCH)
    const answer = await client.read(`associations of ${type}`, linked, signal, sdk =>
      sdk.associations.getPage(type, 'contacts', { inputs }),
    )
    const more: typeof open = []
    for (const { from, to, paging } of answer.body.results) {
      found.get(from.id)?.push(...to.map(({ toObjectId }) => String(toObjectId)))
      if (paging?.next) more.push({ id: from.id, after: paging.next.after })
    }
    open = [...open.slice(BATCH), ...more]
  }
  return found
}
