import { expect, test } from 'vitest'
import { ref } from '../../../src/domain/facts.ts'
import type { Rep } from '../../../src/domain/handoff.ts'
import { joinReps, readDirectory, upsertReps } from '../../../src/store/reps.ts'
import { sql } from '../../../src/store/sql.ts'
import { testDatabase } from '../database.ts'
import { at, company, NOW, REP } from './company.ts'
import { contact, lead, user } from './fake-crm.ts'

const OWNER = ref('hubspot', 'user', '7')
const rep = (more: Partial<Rep> = {}): Rep => ({
  ...{ ref: REP, name: 'Ann', email: 'ann@sales.example', timeZone: null, active: true, human: true },
  ...{ inactiveSince: null, team: null, country: null, ...more },
})

test('the first instant at which somebody was seen inactive is kept until they are active again', async () => {
  const db = await testDatabase()
  const since = async () => (await readDirectory(db)).get(REP)?.inactiveSince
  await upsertReps(db, [rep()], NOW)
  expect(await since()).toBeNull()
  await upsertReps(db, [rep({ active: false, inactiveSince: at('18T09:00') })], NOW)
  expect(await since()).toBe(at('18T09:00'))
  const renamed = rep({ active: false, inactiveSince: at('19T09:00'), name: 'Ann B' })
  expect(await upsertReps(db, [renamed], NOW)).toEqual([REP])
  expect(await since()).toBe(at('18T09:00'))
  expect(await upsertReps(db, [{ ...renamed, inactiveSince: at('20T09:00') }], NOW)).toEqual([])
  await upsertReps(db, [rep()], NOW)
  expect(await since()).toBeNull()
  await upsertReps(db, [rep({ active: false, inactiveSince: at('21T09:00') })], NOW)
  expect(await since()).toBe(at('21T09:00'))
})

test('team and country are Salesforce’s, and where it is silent HubSpot’s', async () => {
  const db = await testDatabase()
  const other = rep({ ref: OWNER, team: 'EMEA', country: null })
  await upsertReps(db, [rep({ country: 'DE' }), other], NOW)
  await joinReps(db, NOW)
  const directory = await readDirectory(db)
  expect(directory.get(OWNER)).toMatchObject({ ref: REP, team: 'EMEA', country: 'DE' })
  expect(directory.get(OWNER)).toBe(directory.get(REP))
  expect(await upsertReps(db, [rep({ country: 'DE', team: 'DACH' })], NOW)).toEqual([REP])
  expect((await readDirectory(db)).get(OWNER)?.team).toBe('DACH')
})

test('when somebody leaves, what they owned is judged again, and what they did before stays', async () => {
  const firm = await company()
  const leaves = (inactiveSince: number) => {
    const { rep: known, ...rest } = user('u1', false)
    firm.salesforce.put({ ...rest, rep: { ...known, inactiveSince } })
  }
  firm.salesforce.put(user('u1'))
  firm.salesforce.put(lead('1', { owner: REP }))
  firm.hubspot.put(contact('1', at('18T09:00')))
  await firm.round()
  const owned = async () => (await firm.db.query(sql`select owner, t2 from handoff`)).rows
  expect(await owned()).toEqual([{ owner: REP, t2: at('18T09:00') }])
  leaves(at('18T09:00') + 1)
  await firm.round()
  expect(await owned()).toEqual([{ owner: REP, t2: at('18T09:00') }])
  firm.salesforce.put(user('u1'))
  await firm.round()
  leaves(at('18T09:00'))
  await firm.round()
  expect(await owned()).toEqual([{ owner: null, t2: null }])
})
