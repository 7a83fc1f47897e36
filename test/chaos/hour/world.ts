import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MINUTE, SECOND } from '../../../src/domain/time.ts'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import type { ScenarioEvent } from '../../../src/twins/scenario/types.ts'
import { company, event, HOUR, NOW, somebody } from '../../contract/crm/company.ts'
import type { Chance } from '../../integration/scenarios/random.ts'

const TOKEN = 'secret-token'
/** Of these, so many are there at the beginning; the others may come. */
const PEOPLE = 45
const THERE = 36

type Happening = Pick<ScenarioEvent, 'event'> & Partial<ScenarioEvent>

/** Both twins of one small company, and what may happen to it. What happens is said by the seed alone. */
export class World {
  readonly clock = new VirtualClock(NOW)
  readonly urls = { salesforce: '', hubspot: '' }
  /** Records changed in a way that no cursor can see: deleted for good, or an association alone. */
  readonly unseen = new Set<string>()
  /** Called with each request of the service, before it is answered. */
  onRequest: () => void = () => undefined
  readonly #chance: Chance
  readonly #dir = mkdtempSync(join(tmpdir(), 'leadtime-hour-'))
  readonly #salesforce
  readonly #hubspot
  /** The twins' own files, seen past the twins. */
  readonly files
  /** Who may still act and be acted upon. */
  #alive: string[] = []
  #unborn: string[] = []
  #binned: string[] = []

  constructor(chance: Chance) {
    this.#chance = chance
    const file = (vendor: string) => join(this.#dir, `${vendor}.sqlite`)
    const { clock } = this
    this.#salesforce = salesforceTwin({ clock, file: file('salesforce') })
    const searchLagSeconds = chance.whole(0, 90)
    this.#hubspot = hubspotTwin({ clock, file: file('hubspot'), token: TOKEN, searchLagSeconds })
    this.files = {
      salesforce: new DatabaseSync(file('salesforce')),
      hubspot: new DatabaseSync(file('hubspot')),
    }
    for (const { app } of [this.#salesforce, this.#hubspot]) {
      app.addHook('onRequest', (request, _reply, done) => {
        if (!request.url.startsWith('/_twin/') && request.headers['x-human'] === undefined) this.onRequest()
        done()
      })
    }
  }

  /** Fills both twins with people of whom some have a past, and listens. */
  async open(): Promise<void> {
    const keys = Array.from({ length: PEOPLE }, (_, i) => `p${String(i).padStart(3, '0')}`)
    this.#alive = keys.slice(0, THERE)
    this.#unborn = keys.slice(THERE)
    const pasts = new Map(keys.map(key => [key, this.#alive.includes(key) ? this.#past(key) : []]))
    for (const { sink, app } of [this.#salesforce, this.#hubspot]) {
      sink.begin({ ...company, users: [...company.users, { ...company.users[0]!, ...ZOE }] })
      for (const key of keys) sink.person(somebody(key), pasts.get(key)!)
      sink.end()
      await app.listen({ port: 0, host: '127.0.0.1' })
    }
    const address = (app: { server: { address(): unknown } }) =>
      `http://127.0.0.1:${(app.server.address() as { port: number }).port}`
    this.urls.salesforce = address(this.#salesforce.app)
    this.urls.hubspot = address(this.#hubspot.app)
  }

  async close(): Promise<void> {
    for (const file of Object.values(this.files)) file.close()
    await this.#salesforce.close()
    await this.#hubspot.close()
    rmSync(this.#dir, { recursive: true, force: true })
  }

  /** Time passes. */
  pass(ms: number): void {
    this.clock.set(this.clock.now() + ms)
  }

  /** One thing happens in both CRMs, or in one of them. */
  happen(): void {
    const what = this.#chance.weighted(WEIGHTS)
    if (what === 'merged') this.#merge()
    else if (what === 'deleted') this.#delete()
    else if (what === 'restored') this.#restore()
    else if (what === 'born') this.#born()
    else if (what === 'purged') this.#purge()
    else if (what === 'associated') this.#associate()
    else if (what === 'late') this.#tell(this.#chance.of(this.#alive), this.#late(), CALL)
    else this.#tell(this.#chance.of(this.#alive), this.clock.now(), this.#happening(what))
  }

  /** Something in the way of the next requests. */
  disturb(): void {
    const { app } = this.#chance.of([this.#salesforce, this.#hubspot])
    const skip = this.#chance.whole(0, 12)
    app.faults.add({ ...this.#chance.of(FAULTS), times: this.#chance.whole(1, 6), skip })
  }

  calm(): void {
    for (const { app } of [this.#salesforce, this.#hubspot]) app.faults.clear()
  }

  /** A human's request to one of the APIs, which no fault strikes. */
  async edit(): Promise<void> {
    this.calm()
    if (this.#chance.is(0.5)) await this.#editSalesforce()
    else await this.#editHubSpot()
  }

  #past(key: string): ScenarioEvent[] {
    const begin = NOW - this.#chance.whole(2, 300) * HOUR
    const steps: Happening[] = [{ event: 'inquiry', detail: 'form' }]
    if (this.#chance.is(0.8)) steps.push({ event: 'mql' }, { event: 'assigned', actor: 'ann' })
    if (this.#chance.is(0.5)) steps.push(CALL)
    if (this.#chance.is(0.3)) steps.push({ event: 'opportunity', deal: `d-${key}`, amount: 1000 })
    return steps.map((step, i) => event(key, begin + i * 10 * MINUTE, step.event, step))
  }

  #happening(what: Exclude<keyof typeof WEIGHTS, 'born' | 'purged' | 'associated' | 'late'>): Happening {
    const actor = this.#chance.of(['ann', 'bob', 'zoe'])
    const number = this.#chance.whole(1, 999)
    if (what === 'updated') return { event: what, detail: `company=Works ${number}` }
    if (what === 'opportunity') return { event: what, deal: `n-${number}`, amount: number }
    if (what === 'rejected') return { event: what, actor, detail: 'budget' }
    if (what === 'call' || what === 'email') return { ...CALL, event: what, actor }
    if (what === 'meeting') return { event: what, actor, outcome: 'held' }
    return { event: what, actor }
  }

  /** Stamped by a transaction that only now ends. */
  #late(): number {
    return this.clock.now() - this.#chance.whole(1, 280) * SECOND
  }

  #tell(key: string, at: number, happening: Happening): void {
    for (const { sink } of [this.#salesforce, this.#hubspot])
      sink.apply(key, event(key, at, happening.event, happening))
  }

  #born(): void {
    const key = this.#unborn.pop()
    if (key === undefined) return
    this.#tell(key, this.#chance.is(0.5) ? this.#late() : this.clock.now(), { event: 'mql' })
    this.#alive.push(key)
  }

  #merge(): void {
    const [loser, survivor] = this.#chance.shuffled(this.#alive)
    if (loser === undefined || survivor === undefined || this.#alive.length < 10) return
    this.#tell(loser, this.clock.now(), { event: 'merged', detail: survivor })
    this.#alive = this.#alive.filter(key => key !== loser)
  }

  #delete(): void {
    const key = this.#chance.of(this.#alive)
    if (this.#alive.length < 10) return
    this.#tell(key, this.clock.now(), { event: 'deleted' })
    this.#alive = this.#alive.filter(one => one !== key)
    this.#binned.push(key)
  }

  #restore(): void {
    const key = this.#binned.pop()
    if (key === undefined) return
    this.#tell(key, this.clock.now(), { event: 'restored' })
    this.#alive.push(key)
  }

  /** Gone without a trace: no recycle bin, no list of archived records. */
  #purge(): void {
    const { salesforce, hubspot } = this.files
    const table = this.#chance.of(['Task', 'CampaignMember', 'OpportunityContactRole'] as const)
    const row = salesforce.prepare(`SELECT "Id" AS id FROM "${table}" ORDER BY "Id" DESC LIMIT 1`).get()
    if (row !== undefined) {
      salesforce.prepare(`DELETE FROM "${table}" WHERE "Id" = ?`).run(row.id as string)
      this.unseen.add(String(row.id))
    }
    const call = hubspot.prepare('SELECT id FROM call ORDER BY id DESC LIMIT 1').get()
    if (call === undefined || this.#chance.is(0.5)) return
    hubspot.prepare('DELETE FROM call WHERE id = ?').run(call.id as number)
    hubspot.prepare(`DELETE FROM association WHERE from_type = 'call' AND from_id = ?`).run(call.id as number)
    hubspot.prepare(`DELETE FROM association WHERE to_type = 'call' AND to_id = ?`).run(call.id as number)
    this.unseen.add(`call:${call.id}`)
  }

  /** A contact more, or one less, on a deal or call: no property of either changes. */
  #associate(): void {
    const { hubspot } = this.files
    const type = this.#chance.of(['deal', 'call'] as const)
    const one = hubspot.prepare(`SELECT id FROM ${type} WHERE archived_at IS NULL ORDER BY id LIMIT 1`).get()
    const [contact] = this.#chance.shuffled(
      hubspot.prepare('SELECT id FROM contact WHERE archived_at IS NULL ORDER BY id').all(),
    )
    if (one === undefined || contact === undefined) return
    const pair = [type, one.id, contact.id] as [string, number, number]
    const known = hubspot
      .prepare(
        `SELECT 1 FROM association WHERE from_type = ? AND from_id = ? AND to_type = 'contact' AND to_id = ?`,
      )
      .get(...pair)
    const text = known
      ? `DELETE FROM association WHERE from_type = ?1 AND from_id = ?2 AND to_type = 'contact' AND to_id = ?3
         OR to_type = ?1 AND to_id = ?2 AND from_type = 'contact' AND from_id = ?3`
      : `INSERT INTO association (from_type, from_id, to_type, to_id)
         VALUES (?1, ?2, 'contact', ?3), ('contact', ?3, ?1, ?2)`
    hubspot.prepare(text).run(...pair)
    this.unseen.add(`${type}:${one.id}`)
  }

  async #editSalesforce(): Promise<void> {
    const url = this.urls.salesforce
    const body = new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: 'leadtime', client_secret: 'leadtime-secret' },
    })
    const headers = { 'x-human': '1' }
    const signIn = await fetch(`${url}/services/oauth2/token`, { method: 'POST', headers, body })
    const { access_token: token } = (await signIn.json()) as { access_token: string }
    const open = this.files.salesforce
      .prepare('SELECT "Id" AS id FROM "Lead" WHERE "IsDeleted" = 0 AND "IsConverted" = 0 ORDER BY "Id"')
      .all()
    if (open.length === 0) return
    const id = String(this.#chance.of(open).id)
    await human(`${url}/services/data/v66.0/sobjects/Lead/${id}`, token, 'PATCH', {
      Status: this.#chance.of(['Working - Contacted', 'Nurturing', 'Qualified']),
    })
  }

  async #editHubSpot(): Promise<void> {
    const objects = `${this.urls.hubspot}/crm/v3/objects`
    const what = this.#chance.of(['change', 'create', 'archive a call'] as const)
    const number = this.#chance.whole(1, 99_999)
    if (what === 'create') {
      const email = `api${number}@people.test`
      await human(`${objects}/contacts`, TOKEN, 'POST', { properties: { email, lifecyclestage: 'lead' } })
      return
    }
    const type = what === 'change' ? 'contact' : 'call'
    const all = this.files.hubspot
      .prepare(`SELECT id FROM ${type} WHERE archived_at IS NULL ORDER BY id`)
      .all()
    if (all.length === 0) return
    const { id } = this.#chance.of(all)
    if (what === 'change')
      return await human(`${objects}/contacts/${id}`, TOKEN, 'PATCH', {
        properties: { company: `Api ${number}` },
      })
    await human(`${objects}/calls/${id}`, TOKEN, 'DELETE')
    // No search shows an archived call, and its list is not read with every round.
    this.unseen.add(`call:${id}`)
  }
}

/** A salesperson who works in HubSpot. */
const ZOE = { user: 'zoe', name: 'zoe Rep', email: 'zoe@bench.test', works_in: 'hubspot' } as const

const CALL: Happening = { event: 'call', actor: 'ann', direction: 'out', outcome: 'connected' }

const WEIGHTS = {
  ...{ updated: 8, call: 6, email: 3, meeting: 2, assigned: 4, accepted: 3, rejected: 2, sql: 2 },
  ...{ opportunity: 3, won: 2, mql: 2, merged: 2, deleted: 2, restored: 2, born: 2, late: 4 },
  ...{ purged: 1, associated: 1 },
}

const FAULTS = [
  { drop: true as const },
  { drop: 'after' as const },
  { status: 429, headers: { 'retry-after': '1' } },
  { status: 429, body: { status: 'error', policyName: 'TEN_SECONDLY_ROLLING' } },
  { status: 503, body: 'busy' },
  { status: 502, body: '<html>bad gateway</html>' },
  { status: 401, body: [{ errorCode: 'INVALID_SESSION_ID', message: '' }] },
]

/** @throws Error when the twin refuses */
async function human(url: string, token: string, method: string, body?: object): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'x-human': '1' }
  const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`)
}
