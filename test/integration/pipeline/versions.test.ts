import { describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { explainPerson } from '../../../src/pipeline/explain.ts'
import { link } from '../../../src/pipeline/link.ts'
import { adopt, publish } from '../../../src/pipeline/publish.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import { openDatabase } from '../../../src/store/db.ts'
import { type Migration, readMigrations } from '../../../src/store/migrate.ts'
import { readVersions } from '../../../src/store/policies.ts'
import { sql } from '../../../src/store/sql.ts'
import { testDatabase } from '../database.ts'
import { at, type Company, company, fill, NOW } from './company.ts'
import { contact, lead } from './fake-crm.ts'

/** A policy whose one promise is due after so many hours. */
const within = (hours: number, more = '') =>
  `promises: { first_attempt: { from: T1, until: T3, due: ${hours}h } }\n${more}`

interface Wish {
  effective?: string
  rewriteHistory?: boolean
  seen?: number
}

/** Publishes as somebody would who has just looked. */
async function put(it: Company, text: string, { effective, rewriteHistory = false, seen }: Wish = {}) {
  const draft = readDraft(text, 'policy.yml', effective)
  const known = seen ?? (await readVersions(it.db)).length
  return await publish(it.db, draft, { now: it.clock.now, seen: known, rewriteHistory })
}

/** Hours between T1 and due, by day of T1. */
async function dues({ db }: Company): Promise<Record<string, number>> {
  const { rows } = await db.query<{ day: string; hours: number }>(sql`
    select distinct to_char(t1, 'MM-DD') as day, extract(epoch from due_at - t1)::int / 3600 as hours
    from promise join handoff on opened_by = promise.handoff where name = 'first_attempt' order by day`)
  return Object.fromEntries(rows.map(({ day, hours }) => [day, hours]))
}

async function verdicts({ db }: Company): Promise<unknown> {
  const { rows } = await db.query(
    sql`select handoff, name, state, tier, due_at from promise order by handoff, name`,
  )
  return rows
}

async function marks({ db }: Company): Promise<{ persons: number; records: number }> {
  const { rows } = await db.query<{ persons: number; records: number }>(sql`
    select (select count(distinct person) from stale_person) as persons, (select count(*) from stale_record) as records`)
  return rows[0]!
}

describe('what is published', () => {
  test('is the first file, once; the next start takes nothing', async () => {
    const it = await company(within(48))
    const versions = await adopt(it.db, readDraft(within(1), 'policy.yml'), NOW)
    expect(versions).toMatchObject([{ number: 1, text: within(48), publishedAt: NOW }])
  })

  test('survives the database key by key and in its order', async () => {
    const it = await company()
    const text = `calendars: { zurich: { mon: [09:00-12:00], for: { teams: [x] } }, a: { tue: [09:00-12:00], for: { teams: [y] } } }
pauses: { longer name: { when: { salesforce_status: [W] }, cap: 1d }, b: { when: { salesforce_status: [V] }, cap: 1d } }`
    const { version } = await put(it, text, { effective: '2026-12-01' })
    const [, read] = await readVersions(it.db)
    expect(read).toMatchObject({ number: 2, hash: version.hash, text, effective: Date.parse('2026-12-01') })
    expect(read!.policy).toEqual(version.policy)
    expect(read!.policy.calendars.map(one => one.name)).toEqual(['zurich', 'a', 'default'])
  })

  test('is known from its publication on; the first was known always', async () => {
    const it = await company()
    it.clock.now = NOW + HOUR
    await put(it, within(9), { effective: '2026-12-01' })
    const known = async (by: number) => (await readVersions(it.db, by)).map(one => one.number)
    expect([await known(0), await known(NOW + HOUR - 1), await known(NOW + HOUR)]).toEqual([[1], [1], [1, 2]])
  })

  test('the same again changes nothing and says so', async () => {
    const it = await company(within(48))
    await put(it, within(24), { effective: '2026-12-01' })
    for (const again of [within(24), `# once more\n${within(24)}`, `effective: 2026-12-01\n${within(24)}`]) {
      expect(await put(it, again)).toMatchObject({ added: false, version: { number: 2 }, marked: 0 })
    }
    expect(await readVersions(it.db)).toHaveLength(2)
  })

  test('a database of an earlier release takes the file as version 1 and judges everybody by it', async () => {
    const db = await testDatabase({ empty: true })
    const migrations = await readMigrations()
    const mine = migrations.findIndex(({ name }) => name.endsWith('_policy_versions.sql'))
    const apply = async (some: readonly Migration[]) => {
      for (const { text } of some) await db.query({ text, values: [] })
    }
    await apply(migrations.slice(0, mine))
    await db.query(sql`
      insert into policy_version (hash, name, policy, last_used)
      values ('a', 'old', '{"sharedMailboxes": ["info"]}', now())`)
    await db.query(sql`insert into person default values`)
    await apply(migrations.slice(mine))
    await adopt(db, readDraft('', 'policy.yml'), NOW)
    expect((await readVersions(db)).map(one => one.number)).toEqual([1])
    const { rows } = await db.query(sql`
      select shared_mailboxes as shared, (select count(distinct person) from stale_person) as persons from linked_under`)
    expect(rows).toEqual([{ shared: ['info'], persons: 1 }])
  })
})

describe('a handoff keeps the version in force at its MQL', () => {
  test('a later version governs later MQLs only, and nobody is judged again for it, now or when it begins', async () => {
    const it = await company(within(48))
    fill(it, 3)
    await it.round()
    expect(await put(it, within(24), { effective: '2026-11-25' })).toMatchObject({ added: true, marked: 0 })
    expect(await marks(it)).toEqual({ persons: 0, records: 0 })
    it.clock.now = at('25T12:00')
    it.salesforce.put(lead('new'))
    it.hubspot.put(contact('new', at('25T10:00')))
    await it.round()
    expect(await dues(it)).toEqual({ '11-18': 48, '11-25': 24 })
    // Judged anew it is the same: that a version came into force has changed no verdict unseen.
    const kept = await verdicts(it)
    await it.db.query(sql`insert into stale_person select id from person`)
    await it.round()
    expect(await verdicts(it)).toEqual(kept)
  })

  test('so do its words in the CRM and its explanation', async () => {
    const it = await company(within(48, 'name: old'))
    fill(it, 1)
    await it.round()
    await put(it, 'name: new\npromises: { assignment: { from: T1, until: T2, due: 1h } }', {
      effective: '2026-11-20T13:00:00Z',
    })
    it.clock.now = at('21T12:00')
    await it.db.query(sql`insert into stale_person select id from person`)
    await it.round()
    const { rows } = await it.db.query<{ id: number }>(sql`select id from person`)
    const told = (await explainPerson(it.db, rows[0]!.id, { now: it.clock.now }))!
    expect(told.handoffs).toMatchObject([{ policy: { name: 'old' }, promises: [{ kind: 'elapsed' }] }])
    const words = told.handoffs[0]!.promises[0]!.words
    const { rows: shown } = await it.db.query<{ reason: string }>(sql`
      select desired ->> 'reason' as reason from target where desired is not null`)
    expect(new Set(shown.map(one => one.reason))).toEqual(new Set([words]))
  })
})

describe('rewriting history', () => {
  /** Three MQLs on the 18th and one on the 19th, judged. */
  async function judged(): Promise<Company> {
    const it = await company(within(48))
    fill(it, 3)
    it.salesforce.put(lead('later'))
    it.hubspot.put(contact('later', at('19T09:00')))
    await it.round()
    return it
  }

  test('is refused with how much of it there is, since when, and both remedies', async () => {
    const it = await judged()
    await expect(put(it, within(24))).rejects.toThrow(
      'policy.yml: effective: 2000-01-01 would govern 4 handoffs that exist already, the first from 2026-11-18; ' +
        'let it begin later (--effective 2026-11-21), or judge them again by it with --rewrite-history',
    )
    await expect(put(it, within(24), { effective: '2026-11-19' })).rejects.toThrow(
      '1 handoff that exists already, the first from 2026-11-19',
    )
    expect(await readVersions(it.db)).toHaveLength(1)
    expect(await marks(it)).toEqual({ persons: 0, records: 0 })
  })

  test('judges again exactly those whom the version governs', async () => {
    const it = await judged()
    const wish = { effective: '2026-11-19', rewriteHistory: true }
    expect(await put(it, within(24), wish)).toMatchObject({ added: true, marked: 1 })
    expect((await it.round()).judged).toBe(1)
    expect(await dues(it)).toEqual({ '11-18': 48, '11-19': 24 })
  })

  test('stops where the next version begins', async () => {
    const it = await judged()
    await put(it, within(24), { effective: '2026-11-19', rewriteHistory: true })
    await it.round()
    const rewritten = await put(it, within(12), { effective: '2026-11-18', rewriteHistory: true })
    expect(rewritten).toMatchObject({ marked: 3, until: at('19T00:00') })
    await it.round()
    expect(await dues(it)).toEqual({ '11-18': 12, '11-19': 24 })
  })

  test('by other stages looks at everybody, as it may find handoffs that there were not', async () => {
    const it = await judged()
    it.salesforce.put(lead('hot'))
    await it.round()
    const text = within(24, 'stages: { mql: { salesforce_status: [Hot] } }')
    await expect(put(it, text, { effective: '2026-11-20' })).rejects.toThrow(/by other rules|exist/)
    await put(it, text, { effective: '2026-11-20', rewriteHistory: true })
    expect((await marks(it)).persons).toBe(5)
  })

  test('a policy from today on that meets nobody is published without a word', async () => {
    const it = await judged()
    expect(await put(it, within(24), { effective: '2026-11-20' })).toMatchObject({ added: true, marked: 0 })
  })
})

test('another prefix of the fields is refused, and says what it would mean', async () => {
  const it = await company()
  await expect(put(it, 'write: { prefix: Acme }', { effective: '2026-12-01' })).rejects.toThrow(
    'policy.yml: write.prefix: "Acme", expected Leadtime as in version 1: the fields in both CRMs are named by it',
  )
  expect((await company('write: { prefix: Acme }')).db).toBeDefined()
})

describe('at the same time', () => {
  test('of two who publish one wins, and the other is told', async () => {
    const it = await company()
    const wish = { effective: '2026-12-01', seen: 1 }
    const done = await Promise.allSettled([put(it, within(1), wish), put(it, within(2), wish)])
    expect(done.map(one => one.status).sort()).toEqual(['fulfilled', 'rejected'])
    const lost = done.find(one => one.status === 'rejected')!
    expect(lost.reason).toMatchObject({
      name: 'PublishRefused',
      message: expect.stringContaining('version 2 "default" was published meanwhile'),
    })
    expect(await readVersions(it.db)).toHaveLength(2)
  })

  test('a batch that is being judged is waited for and judged again', async () => {
    const it = await company(within(48))
    fill(it, 5)
    const other = await openDatabase(it.db.url)
    try {
      let published: Promise<unknown> | undefined
      const done = it.round()
      // Whenever it comes: before, between or after the batches.
      while (!published) {
        if ((await marks(it)).persons > 0 || (await readVersions(it.db)).length > 1)
          published = put({ ...it, db: other }, within(24), { rewriteHistory: true })
      }
      await Promise.all([done, published])
      await it.round()
      expect(await dues(it)).toEqual({ '11-18': 24 })
    } finally {
      await other.close()
    }
  })

  test('whoever has read the versions has them to the end of the transaction', async () => {
    const it = await company(within(48))
    const events: string[] = []
    const read = Promise.withResolvers<void>()
    const judging = it.db.tx(async tx => {
      await readVersions(tx)
      read.resolve()
      await blocked(it)
      events.push('judged')
    })
    await read.promise
    await put(it, within(24)).then(() => events.push('published'))
    await judging
    expect(events).toEqual(['judged', 'published'])
  })
})

/** Resolves once somebody waits for a lock. */
async function blocked({ db }: Company): Promise<void> {
  for (;;) {
    const { rows } = await db.query(sql`select 1 from pg_locks where not granted limit 1`)
    if (rows.length > 0) return
  }
}

describe('shared mailboxes are those in force now', () => {
  test('when they change, everybody is linked again; at the instant at which they do', async () => {
    const it = await company('shared_mailboxes: [billing]')
    it.salesforce.put(lead('a', { email: 'info@example.com' }))
    it.hubspot.put(contact('b', at('18T09:00'), { email: 'info@example.com' }))
    const groups = async () => {
      const { rows } = await it.db.query<{ refs: string[] }>(sql`
        select array_agg(ref order by ref) as refs from person_record group by person order by 1`)
      return rows.map(row => row.refs.length)
    }
    await it.round()
    expect(await groups()).toEqual([2])
    await put(it, 'shared_mailboxes: [info]', { effective: '2026-11-22' })
    await link(it.context())
    expect(await groups()).toEqual([2])
    it.clock.now = NOW + 2 * DAY
    await it.round()
    expect(await groups()).toEqual([1, 1])
    await link(it.context())
    expect(await marks(it)).toEqual({ persons: 0, records: 0 })
  })
})
