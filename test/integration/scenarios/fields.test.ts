import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../../../src/config.ts'
import { logger } from '../../../src/log.ts'
import { Tally } from '../../../src/pipeline/context.ts'
import { adopt, publish } from '../../../src/pipeline/publish.ts'
import { round } from '../../../src/pipeline/round.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import { services } from '../../../src/services.ts'
import { openDatabase } from '../../../src/store/db.ts'
import { sql } from '../../../src/store/sql.ts'
import { startTwins, type Twins } from '../../../src/twins/host.ts'
import { createTestDatabase } from '../database.ts'

const PEOPLE = ['ada', 'bea', 'cem']

/** What happened, by the clock of 2026-11-17 and after; the twins stand at noon of the 18th to begin with. */
const EVENTS = `person,at,event,actor,direction,outcome,amount,deal,detail
ada,2026-11-17T08:00:00Z,mql,,,,,,
ada,2026-11-17T09:00:00Z,updated,,,,,,salesforce.Segment__c=Enterprise
ada,2026-11-17T10:00:00Z,updated,,,,,,hubspot.hubspotscore=85
ada,2026-11-17T12:00:00Z,updated,,,,,,salesforce.Rating=Hot
ada,2026-11-18T09:00:00Z,updated,,,,,,hubspot.hubspotscore=20
ada,2026-11-18T10:00:00Z,updated,,,,,,salesforce.Segment__c=Small Business
bea,2026-11-17T08:00:00Z,mql,,,,,,
bea,2026-11-17T11:00:00Z,updated,,,,,,salesforce.Rating=Hot
bea,2026-11-17T13:00:00Z,updated,,,,,,salesforce.Rating=Cold
bea,2026-11-17T14:00:00Z,updated,,,,,,hubspot.hubspotscore=95
bea,2026-11-18T15:00:00Z,updated,,,,,,salesforce.Rating=hot
cem,2026-11-17T08:00:00Z,mql,,,,,,
cem,2026-11-17T09:00:00Z,updated,,,,,,hubspot.hubspotscore=79.5
`

function scenario(leadHistory: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'leadtime-fields-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const settings = {
    name: 'fields',
    timeZone: 'UTC',
    start: '2026-11-01',
    now: '2026-11-18T12:00:00Z',
    leadHistory,
  }
  const people = PEOPLE.map(key => `${key},${key}@people.test,${key},Lee,Co,,DE,Web,,`)
  const files = {
    'scenario.json': JSON.stringify(settings),
    'users.csv': 'user,name,email,manager,role,time_zone,active\nann,Ann Rep,ann@reps.test,,rep,UTC,true\n',
    'people.csv': [
      'person,email,first_name,last_name,company,account,country,source,campaign,job_title',
      ...people,
      '',
    ].join('\n'),
    'events.csv': EVENTS,
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return dir
}

const TRACKED = ['Rating', 'Segment__c']

async function twinsOf(leadHistory: readonly string[] = TRACKED): Promise<Twins> {
  const twins = await startTwins({ scenario: scenario(leadHistory) })
  onTestFinished(() => twins.close())
  return twins
}

/** Makes a policy the one in force, for the handoffs there are as well. */
async function inForce(policy: string, databaseUrl: string, now: number): Promise<void> {
  const db = await openDatabase(databaseUrl)
  const draft = readDraft(policy, 'policy.yml')
  const { length } = await adopt(db, draft, now)
  await publish(db, draft, { now, seen: length, rewriteHistory: true })
  await db.close()
}

/** One sync of both CRMs under a policy; the handoffs as `person T1 outcome`, those of later syncs on the same database too. */
async function sync(twins: Twins, policy: string, databaseUrl: string) {
  const config = parseConfig({
    DATABASE_URL: databaseUrl,
    SALESFORCE_LOGIN_URL: twins.salesforceUrl,
    SALESFORCE_CLIENT_ID: twins.clientId,
    SALESFORCE_CLIENT_SECRET: twins.clientSecret,
    HUBSPOT_BASE_URL: twins.hubspotUrl,
    HUBSPOT_TOKEN: twins.token,
  })
  const now = () => twins.clock.now()
  await inForce(policy, databaseUrl, now())
  const made = await services(config, { now, log: logger('silent') })
  try {
    const { db, crms, log } = made
    await round({ db, crms, now, log, signal: new AbortController().signal, tally: new Tally() })
    const { rows } = await db.query<{
      email: string
      t1: number
      segment: string
      score: number
      tiers: string
    }>(sql`
      select distinct split_part(identity.key, '@', 1) as email, t1, segment, score, tiers
      from handoff join person_record using (person) join identity on identity.ref = person_record.ref
        cross join lateral (select string_agg(promise.name || '/' || tier, ' ' order by promise.name) as tiers
          from promise where promise.handoff = opened_by and promise.person = handoff.person) as all_tiers
      where identity.key like 'email:%' order by 1, 2`)
    return rows.map(row => ({ ...row, email: row.email.slice('email:'.length), t1: stamp(row.t1) }))
  } finally {
    await made.close()
  }
}

const stamp = (at: number) => new Date(at).toISOString().slice(8, 16)
const begun = (rows: Awaited<ReturnType<typeof sync>>) => rows.map(({ email, t1 }) => `${email} ${t1}`)

async function to(twins: Twins, now: string): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await fetch(`${twins.salesforceUrl}/_twin/clock`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ now }),
  })
}

const SCORE = 'stages: { mql: { fields: [{ hubspot: hubspotscore, at_least: 80 }] } }'
const RATING = 'stages: { mql: { fields: [{ salesforce: Rating, is: Hot }] } }'
const BOTH = `
stages:
  mql:
    fields:
      - all: [{ hubspot: hubspotscore, at_least: 80 }, { salesforce: rating, is: [Hot, Warm] }]`

describe('a policy whose MQL is a condition', () => {
  test('on a HubSpot property', async () => {
    const rows = await sync(await twinsOf(), SCORE, await createTestDatabase())
    expect(begun(rows)).toEqual(['ada 17T10:00', 'bea 17T14:00'])
  })

  test('on a Salesforce field whose history is tracked', async () => {
    const rows = await sync(await twinsOf(), RATING, await createTestDatabase())
    expect(begun(rows)).toEqual(['ada 17T12:00', 'bea 17T11:00'])
  })

  test('on one that is not: what is seen between two readings, and what it is at the first', async () => {
    const [twins, database] = [await twinsOf([]), await createTestDatabase()]
    expect(begun(await sync(twins, RATING, database))).toEqual(['ada 17T08:00'])
    await to(twins, '2026-11-18T18:00:00Z')
    expect(begun(await sync(twins, RATING, database))).toEqual(['ada 17T08:00', 'bea 18T15:00'])
  })

  test('on both CRMs at once', async () => {
    const [twins, database] = [await twinsOf(), await createTestDatabase()]
    expect(begun(await sync(twins, BOTH, database))).toEqual(['ada 17T12:00'])
    await to(twins, '2026-11-18T18:00:00Z')
    expect(begun(await sync(twins, BOTH, database))).toEqual(['ada 17T12:00', 'bea 18T15:00'])
  })

  test('that comes after a first sync under another is as if it had been there', async () => {
    const [twins, database] = [await twinsOf(), await createTestDatabase()]
    expect(begun(await sync(twins, '', database))).toEqual(PEOPLE.map(key => `${key} 17T08:00`))
    expect(begun(await sync(twins, BOTH, database))).toEqual(['ada 17T12:00'])
  })

  test('on a field that is nowhere goes on without it', async () => {
    const nowhere =
      'stages: { mql: { fields: [{ hubspot: nowhere, filled: false }, { salesforce: Nowhere__c, is_not: a }] } }'
    expect(await sync(await twinsOf(), nowhere, await createTestDatabase())).toEqual([])
  })
})

test('score and segment are those of the MQL, and choose the tier', async () => {
  const policy = `${SCORE}
dimensions: { segment: { salesforce: Segment__c }, score: { hubspot: hubspotscore } }
promises:
  assignment:
    from: T1
    until: T2
    due: 4h
    tiers:
      - { name: large, when: { segment: enterprise, score: { at_least: 85, at_most: 90 } }, due: 1h }
      - { name: hot, when: { score: { at_least: 90 } }, due: 2h }
`
  const rows = await sync(await twinsOf(), policy, await createTestDatabase())
  expect(rows.map(({ email, segment, score, tiers }) => [email, segment, score, tiers])).toEqual([
    ['ada', 'Enterprise', 85, 'assignment/large'],
    ['bea', null, 95, 'assignment/hot'],
  ])
})
