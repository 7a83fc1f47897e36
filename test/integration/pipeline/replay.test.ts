import { describe, expect, test } from 'vitest'
import { pull } from '../../../src/pipeline/pull.ts'
import { replay } from '../../../src/pipeline/replay.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import { readVersions } from '../../../src/store/policies.ts'
import { readOnly } from '../../../src/store/replay.ts'
import { sql } from '../../../src/store/sql.ts'
import { at, company, fill, NOW } from './company.ts'
import { contact } from './fake-crm.ts'

const STRICT = parsePolicy(
  'promises: { first_attempt: { from: T2, until: T3, kind: elapsed, due: 30m } }',
  'strict.yml',
)
const NOVEMBER = { from: at('01T00:00'), to: at('30T00:00') }
const question = { versions: [defaultPolicy], policy: STRICT, ...NOVEMBER, asOf: NOW }
const going = () => ({ signal: new AbortController().signal })

test('the transaction of a replay cannot write', async () => {
  const { db } = await company()
  const write = db.tx(async tx => {
    await readOnly(tx)
    await tx.query(sql`insert into stale_person (person) values (1)`)
  })
  await expect(write).rejects.toThrow(/read-only/)
})

test('more than a batch, told in order, with how far it is', async () => {
  const c = await company()
  fill(c, 700)
  await c.round()
  const told: [number, number][] = []
  const persons: number[] = []
  const { comparison, judged } = await replay(c.db, question, {
    ...going(),
    progress: (done, of) => told.push([done, of]),
    changes: some => persons.push(...some.map(({ person }) => person)),
  })
  expect(judged).toBe(700)
  expect(comparison.handoffs).toEqual({ before: 700, after: 700 })
  expect(told).toEqual([
    [300, 700],
    [600, 700],
    [700, 700],
  ])
  expect(persons).toEqual([...persons].sort((a, b) => a - b))
  const { before, after } = comparison.promises.get('first_attempt')!
  expect([before.states, after.states]).toEqual([
    { met: 350, overdue: 350 },
    { met_late: 350, overdue: 350 },
  ])
})

test('only people handed over in the period are judged, and those nobody has judged yet', async () => {
  const c = await company()
  fill(c, 3)
  c.hubspot.put(contact('old', at('02T09:00')))
  c.hubspot.put(contact('late', null))
  await c.round()
  const since = {
    ...question,
    from: at('10T00:00'),
    versions: (await readVersions(c.db)).map(version => version.policy),
  }
  expect((await replay(c.db, since, going())).judged).toBe(3)
  c.hubspot.put(contact('late', at('19T09:00')))
  await pull(c.context(), c.hubspot, 'contact')
  const { judged, comparison } = await replay(c.db, since, going())
  expect(judged).toBe(4)
  expect(comparison.handoffs.before).toBe(4)
  const policy = parsePolicy('stages: { mql: { hubspot_lifecycle: [lead] } }', 'lead.yml')
  expect((await replay(c.db, { ...since, from: 0, policy }, going())).judged).toBe(5)
})

test('as of an instant: what came later has not happened', async () => {
  const c = await company()
  fill(c, 4)
  await c.round()
  const then = { ...question, asOf: at('18T09:20') }
  const { comparison } = await replay(c.db, then, going())
  const { before, after } = comparison.promises.get('first_attempt')!
  expect([before.states, after.states]).toEqual([{ running: 4 }, { running: 4 }])
})

test('it ends at once when asked to', async () => {
  const c = await company()
  fill(c, 700)
  await c.round()
  const stop = new AbortController()
  const asked = replay(c.db, question, { signal: stop.signal, progress: () => stop.abort(new Error('stop')) })
  await expect(asked).rejects.toThrow('stop')
})

describe('refuses', () => {
  test('a period without handoffs, and says when there were some', async () => {
    const c = await company()
    fill(c, 2)
    await c.round()
    const empty = { ...question, from: at('01T00:00'), to: at('02T00:00') }
    await expect(replay(c.db, empty, going())).rejects.toThrow(
      'no handoff began from 2026-11-01T00:00:00.000Z to 2026-11-02T00:00:00.000Z; those known became MQLs from 2026-11-18 to 2026-11-18',
    )
  })

  test('a policy that asks for what nobody has read', async () => {
    const { db } = await company()
    const yaml = `
name: scored
stages: { mql: { fields: [{ hubspot: hubspotscore, at_least: 80 }] } }
dimensions: { segment: { salesforce: Segment__c } }
holidays: { us: { ics: us.ics, salesforce: true } }
calendars: { default: { mon: [09:00-17:00], holidays: [us] } }`
    const asked = replay(db, { ...question, policy: parsePolicy(yaml, 'scored.yml') }, going())
    await expect(asked).rejects.toThrow(
      'scored asks for HubSpot field hubspotscore, Salesforce field Segment__c, the Salesforce holidays, calendar us.ics, which nobody has read yet',
    )
  })
})
