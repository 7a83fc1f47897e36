import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createCluster, isAlive } from './cluster.ts'
import { openDatabase, type Session } from './db.ts'
import { DatabaseRefused, DatabaseUnavailable } from './errors.ts'
import { findProgram, type Program } from './programs.ts'
import { reachableData } from './reach.ts'
import { sql } from './sql.ts'

/** A PostgreSQL server of our own. */
export interface Embedded {
  /** Address of the database `leadtime` on it; holds the password. */
  url: string
  /** Stops the server; nothing is left running. May be called twice. */
  stop(): Promise<void>
}

/** Held in the server by the process that uses it, so a killed process lets go by itself. */
const OWNER_LOCK = 72_400_002
const SETTINGS = '-c shared_buffers=256MB -c max_wal_size=4GB -c checkpoint_timeout=15min -c jit=off'

/**
 * Starts PostgreSQL with its data under `<data>/postgres`, or takes over the server that a killed process left
 * running there. The first call creates the data (about a second).
 * @throws DatabaseRefused when the folder cannot be written or another live process uses it.
 */
export async function startEmbedded(data: string, log: (message: string) => void): Promise<Embedded> {
  const program = await findProgram()
  const home = program.account === null ? data : await reachableData(resolve(data), program.account, log)
  const folder = await createCluster(home, program, log)
  let port = await runningPort(folder)
  if (port === null) port = await start(folder, program)
  else log(`database: taking over the server left running on port ${port}`)
  const base = `postgres://leadtime:${await password(folder)}@127.0.0.1:${port}`
  const owner = await own(`${base}/postgres`, folder)
  // A process that ends without stopping (a second Ctrl-C) takes its server along; nothing committed is lost by that.
  const takeAlong = () => quit(folder)
  // It goes before whoever removes the folder it has to look into.
  process.prependOnceListener('exit', takeAlong)
  let stopping: Promise<void> | undefined
  const stop = () => {
    stopping ??= shutDown(owner, folder, program).finally(() => process.off('exit', takeAlong))
    return stopping
  }
  try {
    await createDatabase(owner)
    return { url: `${base}/leadtime`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function password(folder: string): Promise<string> {
  return (await readFile(join(folder, 'leadtime.password'), 'utf8')).trim()
}

/** The port of a live server on this folder, by its postmaster.pid; null when there is none. */
async function runningPort(folder: string): Promise<number | null> {
  for (let turn = 1; ; turn++) {
    const file = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')
    const [pid, , , port] = file.split('\n')
    if (!(await isPostgres(Number(pid)))) return null
    // A server that has just been started writes its port a moment after its number.
    if (Number(port) > 0 || turn === 100) return Number(port) || null
    await delay(50)
  }
}

/** A process of that number may be another program by now: after a reboot numbers begin again. */
async function isPostgres(pid: number): Promise<boolean> {
  if (!(pid > 0) || !isAlive(pid)) return false
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'postgres')
  return command.includes('postgres')
}

async function start(folder: string, program: Program): Promise<number> {
  for (let turn = 1; ; turn++) {
    const port = await freePort()
    const options = `-p ${port} -h 127.0.0.1 -c unix_socket_directories= ${SETTINGS}`
    const log = join(folder, 'server.log')
    const code = await program.run('pg_ctl', [
      'start',
      '-w',
      '-s',
      '-t',
      '120',
      '-D',
      folder,
      '-l',
      log,
      '-o',
      options,
    ])
    if (code === 0) return port
    const other = await runningPort(folder)
    if (other !== null) return other
    const said = (await readFile(log, 'utf8').catch(() => '')).trimEnd().split('\n').slice(-4).join(' ')
    if (turn === 3 || !said.includes('in use')) throw new DatabaseRefused(`PostgreSQL did not start: ${said}`)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

async function own(url: string, folder: string): Promise<Session> {
  const session = await connect(url)
  // The server notices a killed owner a moment later.
  for (let turn = 1; turn <= 10; turn++) {
    const { rows } = await session.query<{ held: boolean }>(
      sql`select pg_try_advisory_lock(${OWNER_LOCK}) as held`,
    )
    if (rows[0]?.held === true) return session
    await delay(50)
  }
  await session.close()
  throw new DatabaseRefused(
    `another leadtime process uses ${folder}; stop it, or give this one its own LEADTIME_DATA or DATABASE_URL`,
  )
}

/** A server that is recovering from a crash refuses connections for a while. */
async function connect(url: string): Promise<Session> {
  for (let turn = 1; ; turn++) {
    try {
      const db = await openDatabase(url, { connections: 1 })
      const session = await db.session()
      await db.close()
      return session
    } catch (error) {
      if (turn === 300 || !(error instanceof DatabaseUnavailable)) throw error
      await delay(100)
    }
  }
}

async function createDatabase(session: Session): Promise<void> {
  const { count } = await session.query(sql`select 1 from pg_database where datname = 'leadtime'`)
  if (count === 0) await session.query(sql`create database leadtime`)
}

/** PostgreSQL's immediate shutdown, without waiting for it: all that a process on its way out can do. */
function quit(folder: string): void {
  try {
    const pid = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0])
    const command = `/proc/${pid}/cmdline`
    if (!existsSync(command) || readFileSync(command, 'utf8').includes('postgres'))
      process.kill(pid, 'SIGQUIT')
  } catch {
    // It is not there any more.
  }
}

async function shutDown(owner: Session, folder: string, program: Program): Promise<void> {
  await owner.close().catch(() => {})
  const code = await program.run('pg_ctl', ['stop', '-w', '-s', '-m', 'fast', '-t', '60', '-D', folder])
  if (code !== 0 && (await runningPort(folder)) !== null) {
    await program.run('pg_ctl', ['stop', '-w', '-s', '-m', 'immediate', '-t', '60', '-D', folder])
  }
}
