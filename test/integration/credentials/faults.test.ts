import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { AuthExpired, OtherAccount, Unavailable } from '../../../src/crm/errors.ts'
import { GrantRefused } from '../../../src/crm/oauth.ts'
import { checkKeys, readConnected, rotateKeys, storeGrant } from '../../../src/store/credentials.ts'
import { KeyRefused, Keyring } from '../../../src/store/keyring.ts'
import { sql } from '../../../src/store/sql.ts'
import { connected, newKey, signal } from './stand.ts'

const VENDORS = ['salesforce', 'hubspot'] as const

describe.each(VENDORS)('%s', vendor => {
  test('fault 27: an access token ends under ten calls of two processes: one token request, every call succeeds', async () => {
    const at = await connected(vendor)
    const processes = [await at.process(), await at.process()]
    for (const process of processes) await process.account()
    expect(at.tokenCalls()).toBe(0)
    await at.expire()
    const calls = processes.flatMap(process => Array.from({ length: 5 }, () => process.account()))
    expect(new Set(await Promise.all(calls)).size).toBe(1)
    expect(at.tokenCalls()).toBe(1)
  })

  test('fault 27: the same of two processes of the operating system, which share nothing but the database', async () => {
    const at = await connected(vendor)
    const forked = [at.fork(), at.fork()]
    const says = async (one: ChildProcess) => (await once(one, 'message'))[0] as string | string[]
    expect(await Promise.all(forked.map(says))).toEqual(['ready', 'ready'])
    const account = await (await at.process()).account()
    expect(at.tokenCalls()).toBe(0)
    await at.expire()
    const answers = forked.map(says)
    for (const one of forked) one.send('go')
    expect((await Promise.all(answers)).flat()).toEqual(Array(10).fill(account))
    expect(at.tokenCalls()).toBe(1)
  })

  test('fault 28: the refresh token of the answer is stored, and the next process goes on with it', async () => {
    const at = await connected(vendor)
    const before = await at.kept()
    for (let turn = 0; turn < 3; turn++) {
      await at.expire()
      await (await at.process()).account()
    }
    const after = await at.kept()
    expect(after?.refreshToken).not.toBe(before?.refreshToken)
    expect(at.tokenCalls()).toBe(3)
  })

  test('fault 28: a rotated refresh token that cannot be stored is not used: no call carries the new access token', async () => {
    const at = await connected(vendor)
    const process = await at.process()
    await process.account()
    await at.expire()
    await at.db.query(sql`alter table credential add constraint closed check (false) not valid`)
    const calls = at.calls()
    await expect(process.account()).rejects.toThrow()
    // The call that was refused, and the token request.
    expect(at.calls() - calls).toBe(2)
  })

  test('fault 29: killed before the rotated token was stored: the next start asks for a person, once', async () => {
    const at = await connected(vendor)
    const lost = at.process()
    await at.expire()
    const { keeper } = await lost
    // The vendor has answered, and the process is gone.
    const { exclusively } = keeper
    await expect(
      exclusively(signal, async held => {
        const form = new URLSearchParams({
          ...{ grant_type: 'refresh_token', refresh_token: held.grant?.refreshToken ?? '' },
          ...{ client_id: 'leadtime', client_secret: 'leadtime-secret' },
        })
        const path = vendor === 'salesforce' ? '/services/oauth2/token' : '/oauth/2026-09/token'
        await fetch(`${at.url}${path}`, { method: 'POST', body: form })
        throw new Error('killed')
      }),
    ).rejects.toThrow('killed')
    const next = await at.process()
    await expect(next.account()).rejects.toBeInstanceOf(AuthExpired)
    const calls = at.calls()
    for (let turn = 0; turn < 5; turn++) await expect(next.account()).rejects.toBeInstanceOf(AuthExpired)
    expect(at.tokenCalls()).toBe(2)
    // A token that is over is not offered again; calls that were signed before it was known are.
    expect(at.calls() - calls).toBeLessThanOrEqual(5)
  })

  test('fault 30: a revoked grant is refused once, and then nobody asks again, in any process', async () => {
    const at = await connected(vendor)
    const processes = [await at.process(), await at.process()]
    await processes[0]!.account()
    await at.revoke()
    const done = await Promise.allSettled(processes.flatMap(p => [p.account(), p.account(), p.account()]))
    for (const result of done)
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(AuthExpired) })
    expect(at.tokenCalls()).toBe(1)
    const calls = at.calls()
    await expect((await at.process()).account()).rejects.toThrow(/not connected.*\/connections/)
    expect(at.calls()).toBe(calls)
    expect(await readConnected(at.db)).toMatchObject([{ vendor, refused: true }])
  })

  test('fault 30: the refusal says what to do, and nothing of the token', async () => {
    const at = await connected(vendor)
    const kept = await at.kept()
    await at.revoke()
    const error = await (await at.process()).account().then(
      () => null,
      (thrown: Error) => thrown,
    )
    expect(error).toBeInstanceOf(GrantRefused)
    expect(error?.message).toMatch(/invalid_grant|BAD_REFRESH_TOKEN/)
    expect(error?.message).toMatch(/connect (Salesforce|HubSpot) again/)
    expect(error?.message).not.toContain(kept?.refreshToken)
  })

  test('fault 32: a renewal that opens another account stores nothing', async () => {
    const at = await connected(vendor)
    const before = await at.kept()
    await at.expire()
    const other = { access_token: 'x', refresh_token: 'y', expires_in: 1800 }
    at.app.faults.add({
      path: '/token$',
      status: 200,
      body:
        vendor === 'hubspot'
          ? { ...other, hub_id: 1 }
          : { ...other, instance_url: at.url, id: `${at.url}/id/00D000000000099/005000000000001` },
    })
    await expect((await at.process()).account()).rejects.toBeInstanceOf(OtherAccount)
    expect(await at.kept()).toEqual(before)
  })

  test('a sign-in that is not answered is no refusal: the grant stays', async () => {
    const at = await connected(vendor)
    await at.expire()
    at.app.faults.add({ path: '/token$', status: 503, body: 'try later' })
    const process = await at.process()
    await expect(process.account()).rejects.toBeInstanceOf(Unavailable)
    await fetch(`${at.url}/_twin/faults`, { method: 'DELETE' })
    await process.account()
  })

  test('S1: no column holds a token', async () => {
    const at = await connected(vendor)
    await at.expire()
    await (await at.process()).account()
    const kept = await at.kept()
    const { rows } = await at.db.query<{ dump: string }>(
      sql`select query_to_xml('select * from credential', true, false, '')::text || (select string_agg(encode(sealed, 'escape'), '') from credential) as dump`,
    )
    for (const token of [kept!.refreshToken, kept!.accessToken]) expect(rows[0]!.dump).not.toContain(token)
  })

  test('S1: a ciphertext moved to another row does not open', async () => {
    const at = await connected(vendor)
    const elsewhere = vendor === 'hubspot' ? 'salesforce' : 'hubspot'
    await at.db.query(sql`update credential set vendor = ${elsewhere}`)
    await expect(checkKeys(at.db, at.keys)).rejects.toBeInstanceOf(KeyRefused)
    await at.db.query(sql`update credential set vendor = ${vendor}, account = 'another'`)
    await expect(checkKeys(at.db, at.keys)).rejects.toBeInstanceOf(KeyRefused)
  })
})

describe('S2: keys that change', () => {
  test('rotate encrypts everything anew; then the old key can go; doing it again changes nothing', async () => {
    const at = await connected('salesforce')
    const grant = (await at.kept())!
    await storeGrant(at.db, at.keys, 'hubspot', { ...grant, account: '1', seed: null })
    const [one, two] = [newKey(), newKey()]
    const first = Keyring.parse(`1:${one}`)
    for (const vendor of VENDORS) await storeGrant(at.db, first, vendor, { ...grant, seed: null })
    const both = Keyring.parse(`2:${two},1:${one}`)
    expect(await rotateKeys(at.db, both)).toEqual({ rotated: 2, all: 2 })
    await checkKeys(at.db, Keyring.parse(`2:${two}`))
    expect(await rotateKeys(at.db, both)).toEqual({ rotated: 0, all: 2 })
  })

  test('one that was killed halfway has changed nothing, and everything still opens', async () => {
    const at = await connected('salesforce')
    const [one, two] = [newKey(), newKey()]
    await storeGrant(at.db, Keyring.parse(`1:${one}`), 'salesforce', { ...(await at.kept())!, seed: null })
    const both = Keyring.parse(`2:${two},1:${one}`)
    await at.db.query(sql`
      create function die() returns trigger language plpgsql as $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$`)
    await at.db.query(sql`create trigger die after update on credential for each row execute function die()`)
    await expect(rotateKeys(at.db, both)).rejects.toThrow()
    await checkKeys(at.db, Keyring.parse(`1:${one}`))
    await at.db.query(sql`drop trigger die on credential`)
    expect(await rotateKeys(at.db, both)).toEqual({ rotated: 1, all: 1 })
  })
})

describe('S3: keys that do not fit', () => {
  test('none, and another one, are refused by what they are for', async () => {
    const at = await connected('hubspot')
    await expect(checkKeys(at.db, null)).rejects.toThrow(/LEADTIME_KEYS is not set/)
    await expect(checkKeys(at.db, Keyring.parse(`1:${newKey()}`))).rejects.toThrow(/key 1 .* does not open/)
    await expect(checkKeys(at.db, Keyring.parse(`2:${newKey()}`))).rejects.toThrow(
      /key 1, which LEADTIME_KEYS does not name/,
    )
  })
})
