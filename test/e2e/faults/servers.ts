import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { startEmbedded } from '../../../src/store/embedded.ts'
import { findProgram } from '../../../src/store/programs.ts'

/** A PostgreSQL that may be killed. */
export interface Mortal {
  url: string
  /** SIGKILL; nobody gets a word. */
  kill(): void
  /** On the same port, whatever became of it before. */
  restart(): Promise<void>
}

export async function mortalPostgres(): Promise<Mortal> {
  const data = mkdtempSync(join(tmpdir(), 'leadtime-mortal-'))
  chmodSync(data, 0o755)
  const server = await startEmbedded(data, () => undefined)
  const folder = join(data, 'postgres')
  const program = await findProgram()
  onTestFinished(async () => {
    await program.run('pg_ctl', ['stop', '-w', '-s', '-m', 'immediate', '-D', folder])
    await server.stop()
    rmSync(data, { recursive: true, force: true })
  })
  return {
    url: server.url,
    kill: () =>
      process.kill(Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL'),
    restart: async () => {
      for (let turn = 1; ; turn++) {
        const how = ['restart', '-w', '-s', '-m', 'fast', '-D', folder, '-l', join(folder, 'server.log')]
        if ((await program.run('pg_ctl', how)) === 0) return
        // Children of a killed server hold its memory for a moment.
        if (turn === 20) throw new Error(readFileSync(join(folder, 'server.log'), 'utf8').slice(-500))
      }
    },
  }
}

/** A Redis of the test's own. */
export async function ownRedis(): Promise<{ url: string; flush(): Promise<void> }> {
  const port = await freePort()
  const dir = mkdtempSync(join(tmpdir(), 'leadtime-redis-'))
  const child = spawn(
    'redis-server',
    ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', dir],
    {
      stdio: 'ignore',
    },
  )
  onTestFinished(() => {
    child.kill('SIGKILL')
    rmSync(dir, { recursive: true, force: true })
  })
  const url = `redis://127.0.0.1:${port}`
  const redis = new Redis(url)
  redis.on('error', () => undefined)
  onTestFinished(() => redis.disconnect())
  await redis.ping()
  return { url, flush: async () => void (await redis.flushall()) }
}

const freePort = () =>
  new Promise<number>(done => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })
