import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { IcsReader } from '../../../src/calendars/reader.ts'
import { parseConfig } from '../../../src/config.ts'
import { AuthExpired, Unavailable } from '../../../src/crm/errors.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { logger } from '../../../src/log.ts'
import { type Services, services } from '../../../src/services.ts'
import { readCertificates } from '../../../src/store/certificates.ts'
import { noteAccepted, readRefusing } from '../../../src/store/connections.ts'
import { readFailedRun } from '../../../src/store/pages.ts'
import { work } from '../../../workers/main.ts'
import { createTestDatabase } from '../database.ts'
import { KINDS, type Kind } from './backends.ts'
import { MemoryCrm } from './memory_crm.ts'

const START = Date.UTC(2026, 5, 1, 9)

/** A policy file of the test's own. */
function policyFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'leadtime-policy-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'policy.yml')
  writeFileSync(file, text)
  return file
}

async function setUp(
  kind: Kind,
  crm: MemoryCrm,
  { policy, ics }: { policy?: string; ics?: IcsReader } = {},
): Promise<{ made: Services; clock: { now: number } }> {
  const clock = { now: START }
  const config = parseConfig({
    DATABASE_URL: await createTestDatabase(),
    ...(kind === 'redis' && { REDIS_URL: process.env.TEST_REDIS_URL }),
    ...(policy !== undefined && { LEADTIME_POLICY: policy }),
  })
  const made = await services(config, {
    now: () => clock.now,
    crms: [crm],
    log: logger('silent'),
    ...(ics && { ics }),
    queueNamespace: `q_${randomUUID().replaceAll('-', '')}`,
  })
  onTestFinished(() => made.close())
  const workers = await work(made)
  made.onClose(() => workers.close())
  return { made, clock }
}

describe.each(KINDS)('a round of jobs on %s', kind => {
  test('what was read is compared once a day, and its gaps are closed', async () => {
    const crm = new MemoryCrm()
    crm.mql('51', START - HOUR)
    const { made, clock } = await setUp(kind, crm)
    const queue = await made.queue()
    await queue.wake('pull', { vendor: 'hubspot' })
    await expect.poll(() => readCertificates(made.db), { timeout: 20_000 }).toHaveLength(1)
    crm.forget('51')
    await queue.wake('pull', { vendor: 'hubspot' })
    clock.now += DAY + HOUR
    await queue.wake('pull', { vendor: 'hubspot' })
    await expect
      .poll(async () => (await readCertificates(made.db))[0]?.stopped, { timeout: 20_000 })
      .toBe('the CRM shows none of the 1 records we know')
  })

  test('a new MQL is read, judged and written back; when it falls due, the clock alone raises the flag', async () => {
    const crm = new MemoryCrm()
    crm.mql('51', START - HOUR)
    const { made, clock } = await setUp(kind, crm)
    await (await made.queue()).schedule(60_000)
    await expect.poll(() => crm.written.length, { timeout: 20_000 }).toBe(1)
    expect(crm.written[0]).toEqual({ id: '51', fields: { status: 'running', handoff: 1 } })
    const { reads } = crm
    clock.now = START + DAY
    await expect.poll(() => crm.written.length, { timeout: 20_000 }).toBe(2)
    expect(crm.written[1]).toEqual({ id: '51', fields: { overdue: true, status: 'overdue' } })
    expect(crm.reads).toBe(reads)
  })

  test('a CRM that is away for a moment is read again; the log of runs says so until it is back', async () => {
    const crm = new MemoryCrm()
    crm.mql('51', START - HOUR)
    crm.failures = [
      new Unavailable('hubspot', 'read contacts', '502'),
      new Unavailable('hubspot', 'read contacts', '502'),
    ]
    const { made } = await setUp(kind, crm)
    const queue = await made.queue()
    await queue.wake('tick', {})
    await expect
      .poll(() => readFailedRun(made.db), { timeout: 20_000 })
      .toMatchObject({ error: expect.stringMatching(/^Unavailable: hubspot/) })
    await expect.poll(() => crm.written.length, { timeout: 20_000 }).toBe(1)
    await expect.poll(() => readFailedRun(made.db)).toBeNull()
  })

  test('nobody is judged before the calendars outside were read', async () => {
    const crm = new MemoryCrm()
    crm.mql('51', START - HOUR)
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    onTestFinished(() => answer.resolve())
    const read = async () => {
      asked.resolve()
      await answer.promise
      return []
    }
    const policy = policyFile('holidays: { here: { ics: days.ics } }')
    const { made } = await setUp(kind, crm, { policy, ics: { read } })
    const queue = await made.queue()
    await queue.wake('tick', {})
    await asked.promise
    await expect.poll(() => crm.reads).toBe(1)
    await expect.poll(() => queue.isRunning('pull')).toBe(false)
    expect(crm.written).toEqual([])
    answer.resolve()
    await expect.poll(() => crm.written.length, { timeout: 20_000 }).toBe(1)
  })

  test('a CRM that refuses our credentials is left alone until a person acts', async () => {
    const crm = new MemoryCrm()
    crm.failures = [new AuthExpired('hubspot', 'read contacts', 'the token was revoked')]
    const { made } = await setUp(kind, crm)
    const queue = await made.queue()
    await queue.wake('pull', { vendor: 'hubspot' })
    await expect.poll(() => readRefusing(made.db)).toMatchObject([{ vendor: 'hubspot', since: START }])
    await queue.wake('pull', { vendor: 'hubspot' })
    await expect.poll(async () => (await queue.state()).active).toBe(0)
    await queue.wake('tick', {})
    await expect.poll(async () => (await queue.state()).waiting).toBe(0)
    expect(crm.reads).toBe(1)
    await noteAccepted(made.db, 'hubspot')
    await queue.wake('pull', { vendor: 'hubspot' })
    await expect.poll(() => crm.reads).toBeGreaterThan(1)
  })
})
