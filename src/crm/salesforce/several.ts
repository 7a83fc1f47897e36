import { z } from 'zod'
import { type Answer, type SalesforceClient, SalesforceRefused } from './client.ts'
import { type Result, result } from './rows.ts'

/** The most queries one composite call takes. */
const QUERIES = 5

const answers = z.object({
  compositeResponse: z.array(
    z.object({ referenceId: z.string(), httpStatusCode: z.number(), body: z.unknown() }),
  ),
})

/**
 * Several queries in one call each five: a composite counts as one towards the day, however many it holds
 * (https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_composite_composite.htm).
 * A query that failed is left out: asked alone, it says why. So are all, where this user may not use composites.
 * @param paths of queries, below the version root
 * @returns by path, what the query answered, as it would alone
 */
export async function querySeveral(
  client: SalesforceClient,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, Answer<Result>>> {
  const found = new Map<string, Answer<Result>>()
  for (let i = 0; i < paths.length; i += QUERIES) {
    const some = paths.slice(i, i + QUERIES)
    try {
      for (const [path, answer] of await ask(client, some, signal)) found.set(path, answer)
    } catch (error) {
      if (!(error instanceof SalesforceRefused)) throw error
    }
  }
  return found
}

async function ask(
  client: SalesforceClient,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<[string, Answer<Result>][]> {
  const compositeRequest = paths.map((path, i) => ({
    ...{ method: 'GET', referenceId: `q${i}` },
    url: `/services/data/v${client.version}${path}`,
  }))
  const body = { allOrNone: false, compositeRequest }
  const answer = await client.send('query several objects', 'POST', '/composite', body, answers, signal)
  return answer.body.compositeResponse.flatMap(({ referenceId, httpStatusCode, body }) => {
    const path = paths[Number(referenceId.slice(1))]
    const page = result.safeParse(body)
    if (path === undefined || httpStatusCode !== 200 || !page.success) return []
    return [[path, { body: page.data, date: answer.date }]]
  })
}
