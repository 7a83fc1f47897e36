import { expect, test } from 'vitest'
import { AuthExpired, OtherAccount, RateLimited } from '../../../src/crm/errors.ts'
import { RETRY } from '../../../src/crm/retry.ts'
import { ref } from '../../../src/domain/facts.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { judge } from '../../../src/pipeline/judge.ts'
import { link } from '../../../src/pipeline/link.ts'
import { pull } from '../../../src/pipeline/pull.ts'
import { push } from '../../../src/pipeline/push.ts'
import { verify } from '../../../src/pipeline/verify.ts'
import { claimDirty, closeClaim, openClaim, releaseDeadClaims } from '../../../src/store/claims.ts'
import { claimAccount } from '../../../src/store/connections.ts'
import { sql } from '../../../src/store/sql.ts'
import { at, type Company, company, fill, REP } from './company.ts'
import { call, type Effect, unavailable } from './fake-crm.ts'

const CONTACT = ref('hubspot', 'contact', '0001')

/** Writes that gave a field the value it already had. */
const repeated = (effects: readonly Effect[]) => effects.filter(({ from, to }) => from === to)

/** Everything read and judged, nothing written yet. */
async function ready(people: number): Promise<Company> {
  const firm = await company()
  fill(firm, people)
  const context = firm.context()
  for (const crm of [firm.salesforce, firm.hubspot]) {
    for (const object of crm.objects) await pull(context, crm, object)
  }
  await link(context)
  await judge(context)
  return firm
}

async function backlog({ db }: Company): Promise<number> {
  const { rows } = await db.query<{ n: number }>(sql`
    select count(*) as n from target where desired <> acked or claimed_by is not null or doubt`)
  return rows[0]!.n
}

test.each([true, false])(
  'an unclear answer (applied: %s) is read before anything is written again',
  async applied => {
    const firm = await ready(12)
    firm.hubspot.faults.push({ kind: 'unknown', applied })
    await push(firm.context())
    expect(repeated(firm.hubspot.effects)).toEqual([])
    await firm.round()
    expect(await backlog(firm)).toBe(0)
    expect(repeated(firm.hubspot.effects)).toEqual([])
    expect(firm.hubspot.shown(CONTACT)).toMatchObject({ handoff: 1 })
  },
)

test.each([true, false])('an outage during a write (applied: %s) is waited out', async applied => {
  const firm = await ready(12)
  firm.hubspot.faults.push({ kind: 'throw', error: unavailable('hubspot'), applied })
  await push(firm.context())
  expect(await backlog(firm)).toBe(0)
  expect(repeated(firm.hubspot.effects)).toEqual([])
  expect(firm.slept).toHaveLength(1)
})

test.each(['throw', 'unknown'] as const)(
  'writes that stay without an answer (%s) fail the round; the next one finishes',
  async kind => {
    const firm = await ready(30)
    const { faults } = firm.hubspot
    for (let i = 0; i < 100; i++) faults.push({ kind, error: unavailable('hubspot'), applied: i === 0 })
    await expect(push(firm.context())).rejects.toThrow(/^hubspot: update.* (no answer|time-out)$/)
    expect(firm.slept).toHaveLength(RETRY.tries - 1)
    expect(faults.length).toBeGreaterThan(100 - 3 * RETRY.tries - 1)
    faults.length = 0
    await firm.round()
    expect(await backlog(firm)).toBe(0)
    expect(repeated(firm.hubspot.effects)).toEqual([])
    const { rows } = await firm.db.query(sql`select distinct attempts from target where vendor = 'hubspot'`)
    expect(rows.map(row => Number(row.attempts)).sort()).toEqual([0, 1])
  },
)

test('a process killed again and again before it could write loses no record', async () => {
  const firm = await ready(5)
  for (let turn = 0; turn < 8; turn++) {
    const claim = await openClaim(firm.db)
    const batch = await firm.db.tx(tx => claimDirty(tx, claim, 'hubspot', 'contact', firm.clock.now, 10))
    expect(batch).toHaveLength(5)
    await closeClaim(claim)
    const next = await openClaim(firm.db)
    await releaseDeadClaims(firm.db)
    await verify(firm.context(), firm.hubspot, 'contact', next)
    await closeClaim(next)
  }
  await push(firm.context())
  expect(await backlog(firm)).toBe(0)
})

test('another account than the one the database holds is neither read nor written', async () => {
  const firm = await ready(3)
  await claimAccount(firm.db, 'hubspot', '1')
  firm.hubspot.accountName = '2'
  await expect(push(firm.context())).rejects.toBeInstanceOf(OtherAccount)
  await expect(firm.round()).rejects.toThrow(
    'hubspot: compare accounts: the database holds account 1, these credentials open 2; correct the credentials',
  )
  expect(firm.hubspot.effects).toEqual([])
  firm.hubspot.accountName = '1'
  await firm.round()
  expect(await backlog(firm)).toBe(0)
})

test.each([
  new RateLimited('hubspot', 'update', 3_600_000, 'too many'),
  new AuthExpired('hubspot', 'update', 'token refused'),
])('$name leaves everything to the next round, and the other CRM is written', async error => {
  const firm = await ready(12)
  firm.hubspot.faults.push({ kind: 'throw', error, applied: false })
  await expect(push(firm.context())).rejects.toBe(error)
  expect(firm.salesforce.effects.length).toBeGreaterThan(0)
  const before = firm.hubspot.traffic().reads.calls
  await push(firm.context())
  expect(await backlog(firm)).toBe(0)
  expect(firm.hubspot.traffic().reads.calls).toBe(before)
})

test('a record that is rejected again and again is parked; the others and later values are written', async () => {
  const firm = await ready(12)
  firm.hubspot.rejected.add('0001')
  for (let turn = 0; turn < 4; turn++) {
    await push(firm.context())
    firm.clock.now += 7 * HOUR
  }
  expect(await backlog(firm)).toBe(1)
  const { rows } = await firm.db.query(
    sql`select attempts, error, next_at from target where ref = ${CONTACT}`,
  )
  expect(rows).toEqual([{ attempts: 3, error: 'rule', next_at: Number.POSITIVE_INFINITY }])
  expect(firm.hubspot.shown(CONTACT)).toEqual({ overdue: false })
  firm.hubspot.rejected.clear()
  firm.salesforce.put(call('late', ref('salesforce', 'lead', '0001'), at('20T11:00'), REP))
  await firm.round()
  expect(await backlog(firm)).toBe(0)
  expect(firm.hubspot.shown(CONTACT)).toMatchObject({ attempts: 1 })
})

test('a record that is gone is let go', async () => {
  const firm = await ready(3)
  firm.hubspot.remove(CONTACT)
  await push(firm.context())
  expect(await backlog(firm)).toBe(0)
  expect((await firm.db.query(sql`select 1 from target where ref = ${CONTACT}`)).count).toBe(0)
})

test("somebody's edit of our field is put right once", async () => {
  const firm = await ready(3)
  await firm.round()
  const written = firm.hubspot.effects.length
  firm.hubspot.touch(CONTACT, { handoff: 7 })
  await firm.round()
  expect(firm.hubspot.effects.slice(written)).toEqual([{ ref: CONTACT, field: 'handoff', from: 7, to: 1 }])
  const again = await firm.round()
  expect(again.rowsChanged).toBe(0)
})

test('a CRM that keeps changing our value back is not fought for ever', async () => {
  const firm = await ready(3)
  for (let turn = 0; turn < 12; turn++) {
    await firm.round()
    firm.hubspot.touch(CONTACT, { handoff: 7 })
  }
  const fights = firm.hubspot.effects.filter(({ ref, field }) => ref === CONTACT && field === 'handoff')
  expect(fights.length).toBeLessThanOrEqual(6)
})

test('the newest values win over those that were on their way', async () => {
  const firm = await ready(3)
  const reached = Promise.withResolvers<void>()
  const proceed = Promise.withResolvers<void>()
  firm.hubspot.faults.push({ kind: 'wait', reached: reached.resolve, until: proceed.promise })
  const pushing = push(firm.context())
  await reached.promise
  const context = firm.context()
  firm.salesforce.put(call('late', ref('salesforce', 'lead', '0001'), at('19T11:00'), REP))
  await pull(context, firm.salesforce, 'task')
  await link(context)
  await judge(context)
  const other = push(firm.context())
  await other
  expect(firm.hubspot.shown(CONTACT)).toEqual({ overdue: false })
  proceed.resolve()
  await pushing
  await push(firm.context())
  expect(firm.hubspot.shown(CONTACT)).toMatchObject({ attempts: 1 })
  expect(repeated(firm.hubspot.effects)).toEqual([])
  expect(await backlog(firm)).toBe(0)
})

test('several pushers at once write every value once, in full batches', async () => {
  const firm = await ready(60)
  await Promise.all([1, 2, 3].map(() => push(firm.context())))
  expect(firm.hubspot.traffic().writes).toEqual({ calls: 6, records: 60 })
  expect(await backlog(firm)).toBe(0)
  expect(repeated([...firm.hubspot.effects, ...firm.salesforce.effects])).toEqual([])
})

test('what a killed process was writing is read first', async () => {
  const firm = await ready(12)
  const claim = await openClaim(firm.db)
  const batch = await firm.db.tx(tx => claimDirty(tx, claim, 'hubspot', 'contact', firm.clock.now, 10))
  await firm.hubspot.write(
    'contact',
    batch.slice(0, 5).map(({ ref, fields }) => ({ id: ref.split(':')[2]!, fields })),
  )
  await push(firm.context())
  expect(await backlog(firm)).toBe(10)
  await closeClaim(claim)
  await push(firm.context())
  expect(await backlog(firm)).toBe(0)
  expect(repeated(firm.hubspot.effects)).toEqual([])
})

test('only the fields that differ are sent', async () => {
  const firm = await ready(2)
  await push(firm.context())
  const written = firm.hubspot.effects.length
  firm.clock.now += 30 * DAY
  await judge(firm.context())
  await push(firm.context())
  const fields = firm.hubspot.effects.slice(written).map(effect => effect.field)
  expect(fields).toContain('status')
  expect(fields).not.toContain('mqlAt')
})
