import type { Twins } from '../../../src/demo/twins.ts'
import { HOUR } from '../../../src/domain/time.ts'
import { control, setClock } from '../day.ts'

/** The records that a CRM shows now, and what of each a copy must have: `id` → company and stage, as one text. */
export type Shown = Map<string, string>

export const shownAs = (company: unknown, stage: unknown): string =>
  JSON.stringify([company ?? null, stage ?? null])

const headers = { 'content-type': 'application/json' }

async function call(url: string, body?: unknown, more: Record<string, string> = {}): Promise<unknown> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(url, { ...init, headers: { ...headers, ...more } })
  if (!answer.ok) throw new Error(`${new URL(url).pathname} answers ${answer.status}: ${await answer.text()}`)
  return await answer.json()
}

/** What the twins show. */
export async function truth(twins: Twins): Promise<{ contact: Shown; lead: Shown }> {
  return { contact: await contacts(twins), lead: await leads(twins) }
}

export async function contacts({ hubspotUrl, token }: Twins): Promise<Shown> {
  const shown: Shown = new Map()
  for (let after = '0'; ; ) {
    const path = `/crm/objects/2026-09/contacts?limit=100&after=${after}&properties=company,lifecyclestage`
    const page = (await call(`${hubspotUrl}${path}`, undefined, { authorization: `Bearer ${token}` })) as {
      results: { id: string; properties: Record<string, string | null> }[]
      paging?: { next?: { after: string } }
    }
    for (const { id, properties } of page.results) {
      shown.set(id, shownAs(properties.company, properties.lifecyclestage))
    }
    if (page.paging?.next === undefined) return shown
    after = page.paging.next.after
  }
}

export async function leads(twins: Twins, where = ''): Promise<Shown> {
  const { salesforceUrl, clientId, clientSecret } = twins
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  })
  const signedIn = await fetch(`${salesforceUrl}/services/oauth2/token`, { method: 'POST', body })
  const { access_token } = (await signedIn.json()) as { access_token: string }
  const authorization = { authorization: `Bearer ${access_token}` }
  const soql = encodeURIComponent(`SELECT Id, Company, Status FROM Lead ${where}`)
  const shown: Shown = new Map()
  for (let path: string | undefined = `/services/data/v66.0/query?q=${soql}`; path !== undefined; ) {
    const page = (await call(`${salesforceUrl}${path}`, undefined, authorization)) as {
      records: Record<string, string>[]
      nextRecordsUrl?: string
    }
    for (const { Id, Company, Status } of page.records) shown.set(Id!, shownAs(Company, Status))
    path = page.nextRecordsUrl
  }
  return shown
}

/**
 * What happens to a company in a day: an import renames most contacts within one millisecond, and people archive, merge,
 * create, edit and delete some.
 */
export async function liveOn(twins: Twins, before: { contact: Shown }): Promise<void> {
  const { hubspotUrl, salesforceUrl, token, company } = twins
  await setClock(twins, company.now + HOUR)
  const ids = [...before.contact.keys()]
  const renamed = ids.slice(0, Math.ceil(ids.length * 0.6))
  for (let i = 0; i < renamed.length; i += 100) {
    const inputs = renamed.slice(i, i + 100).map(id => ({ id, properties: { company: `Renamed ${id}` } }))
    const path = '/crm/objects/2026-09/contacts/batch/update'
    await call(`${hubspotUrl}${path}`, { inputs }, { authorization: `Bearer ${token}` })
  }
  const some = Math.ceil(ids.length / 200)
  const rest = ids.slice(renamed.length)
  const edit = (deed: object) => control(hubspotUrl, 'edit', { object: 'contacts', ...deed })
  for (let i = 0; i < some; i++) {
    await edit({ do: 'archive', id: rest[i] })
    await edit({ do: 'merge', id: rest[some + 2 * i], other: rest[some + 2 * i + 1] })
    await edit({ do: 'create', properties: { email: `new${i}@example.com`, company: 'New' } })
  }
  const open = [...(await leads(twins, 'WHERE IsConverted = false')).keys()]
  const hand = (deed: string, body: object) => control(salesforceUrl, `records/${deed}`, body)
  for (let i = 0; i < some; i++) {
    await hand('delete', { id: open[i] })
    await hand('edit', { id: open[some + i], fields: { Company: `Renamed ${i}` } })
  }
}
