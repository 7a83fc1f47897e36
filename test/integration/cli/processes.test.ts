import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createTestDatabase } from '../database.ts'
import { wire } from '../wire.ts'
import { crmStub } from './crm_stub.ts'
import { complaint, type Running, start } from './leadtime.ts'

const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/

/** A folder for a PostgreSQL of the process' own; as root it runs under another account, which must get there. */
function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'leadtime-data-'))
  chmodSync(folder, 0o755)
  onTestFinished(() => {
    // Left running only by a test that failed; SIGINT is PostgreSQL's fast shutdown.
    if (isRunning(folder))
      process.kill(Number(readFileSync(pidFile(folder), 'utf8').split('\n')[0]), 'SIGINT')
    rmSync(folder, { recursive: true, force: true })
  })
  return folder
}

const pidFile = (data: string) => join(data, 'postgres', 'postmaster.pid')
const isRunning = (data: string) => existsSync(pidFile(data))

const answers = (port: number) =>
  new Promise<boolean>(done => {
    const socket = connect(port, '127.0.0.1', () => done(true)).on('error', () => done(false))
    socket.on('connect', () => socket.destroy())
  })

const address = async (serve: Running): Promise<string> =>
  ADDRESS.exec(await serve.says(/Leadtime is on/))?.[0] ?? ''

describe('leadtime serve', () => {
  test('serves until it is told to stop, keeps a second one off its folder, and leaves nothing running', async () => {
    const { env } = await crmStub()
    const data = dataFolder()
    const serve = start(['serve'], { ...env, LEADTIME_DATA: data })
    const url = await address(serve)
    expect((await fetch(`${url}/health`)).status).toBe(200)

    const second = await start(['serve'], { ...env, LEADTIME_DATA: data }).ended
    expect(second.code).toBe(1)
    expect(complaint(second)).toMatch(/^leadtime: .*another leadtime process uses .*LEADTIME_DATA/)
    expect((await fetch(`${url}/health`)).status).toBe(200)

    serve.child.kill('SIGTERM')
    const { code, stdout, stderr } = await serve.ended
    expect([code, stdout]).toEqual([0, ''])
    expect(stderr).not.toMatch(/canary|\n\s+at /)
    expect(isRunning(data)).toBe(false)
  })

  test('a port in use is named, and nothing is left running', async () => {
    const { env } = await crmStub()
    const data = dataFolder()
    const other = createServer()
    await new Promise<void>(done => other.listen(0, '127.0.0.1', done))
    onTestFinished(() => void other.close())
    const { port } = other.address() as { port: number }
    const ended = await start(['serve'], { ...env, PORT: String(port), LEADTIME_DATA: data }).ended
    expect(ended.code).toBe(1)
    expect(complaint(ended)).toMatch(
      new RegExp(`^leadtime: port ${port} on 127.0.0.1 is in use; choose another`),
    )
    expect(isRunning(data)).toBe(false)
  })

  test('the second signal ends it at once, even when the first cannot be followed', async () => {
    const { env } = await crmStub()
    const line = await wire(await createTestDatabase())
    onTestFinished(() => line.cut())
    const serve = start(['serve'], { ...env, DATABASE_URL: line.url })
    await address(serve)
    line.freeze()
    serve.child.kill('SIGINT')
    await serve.says(/"msg":"stopping/)
    serve.child.kill('SIGINT')
    expect((await serve.ended).code).toBe(130)
  })
})

test('a second signal takes the PostgreSQL of its own along', async () => {
  const stub = await crmStub({ hold: true })
  const data = dataFolder()
  const serve = start(['serve'], { ...stub.env, LEADTIME_DATA: data })
  await address(serve)
  await serve.before(stub.asked)
  const port = Number(readFileSync(pidFile(data), 'utf8').split('\n')[3])
  expect(await answers(port)).toBe(true)
  serve.child.kill('SIGINT')
  serve.child.kill('SIGTERM')
  expect((await serve.ended).code).toBeGreaterThan(128)
  await expect.poll(() => answers(port)).toBe(false)
  await expect.poll(() => isRunning(data)).toBe(false)
})

describe('leadtime work', () => {
  test('works until it is told to stop', async () => {
    const stub = await crmStub()
    const working = start(['work'], { ...stub.env, DATABASE_URL: await createTestDatabase() })
    await working.before(stub.asked)
    working.child.kill('SIGINT')
    expect((await working.ended).code).toBe(0)
  })
})

describe('leadtime sync', () => {
  test('prints a short summary, or one JSON object', async () => {
    const { env } = await crmStub()
    const DATABASE_URL = await createTestDatabase()
    const told = await start(['sync', '--once'], { ...env, DATABASE_URL }).ended
    expect(told.code).toBe(0)
    expect(told.stdout).toMatch(/^read .*\npeople .*\noverdue .*\nwritten .*\nseconds .*\n$/)
    const { stdout } = await start(['sync', '--once', '--json'], { ...env, DATABASE_URL }).ended
    expect(JSON.parse(stdout)).toMatchObject({ people: 0, handoffs: 0, overdue: 0, written: { hubspot: 0 } })
  })

  test('a database that goes away in the middle is one line, and the next run goes on', async () => {
    const stub = await crmStub({ hold: true })
    const line = await wire(await createTestDatabase())
    onTestFinished(() => line.cut().catch(() => undefined))
    const sync = start(['sync', '--once'], { ...stub.env, DATABASE_URL: line.url })
    await sync.before(stub.asked)
    await line.cut()
    stub.answer()
    const ended = await sync.ended
    expect(ended.code).toBe(1)
    expect(complaint(ended)).toMatch(/^leadtime: database: /)
    expect(ended.stderr).not.toMatch(/\n\s+at /)
    await line.mend()
    expect((await start(['sync', '--once'], { ...stub.env, DATABASE_URL: line.url }).ended).code).toBe(0)
  })

  test('a signal stops it and says that nothing is lost', async () => {
    const stub = await crmStub({ hold: true })
    const sync = start(['sync', '--once'], { ...stub.env, DATABASE_URL: await createTestDatabase() })
    await sync.before(stub.asked)
    sync.child.kill('SIGINT')
    const ended = await sync.ended
    expect(ended.code).toBe(1)
    expect(complaint(ended)).toMatch(/^leadtime: stopped by SIGINT/)
  })

  test('refused credentials are told without the credentials', async () => {
    const stub = await crmStub({ status: 401 })
    const ended = await start(['sync', '--once'], { ...stub.env, DATABASE_URL: await createTestDatabase() })
      .ended
    expect(ended.code).toBe(1)
    expect(complaint(ended)).toMatch(/^leadtime: hubspot: .*renew the credentials/)
    expect(ended.stderr).not.toContain('canary')
  })
})
