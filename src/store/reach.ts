import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DatabaseRefused } from './errors.ts'

/** Whom PostgreSQL's programs run as when we are root. */
export interface Account {
  uid: number
  gid: number
}

/** For root only: where the account gets at what it cannot reach elsewhere, such as below a closed home folder. */
const SHARED = '/var/lib/leadtime'

const command = promisify(execFile)

/**
 * The folder for data: `data` if the account can reach it, else one below {@link SHARED} that belongs to it, the same
 * at every start. A path that does not lead through folders is returned as it is.
 */
export async function reachableData(
  data: string,
  account: Account,
  log: (message: string) => void,
  shared = SHARED,
): Promise<string> {
  const nearest = await nearestThere(data)
  if (!(await stat(nearest)).isDirectory() || (await canEnter(nearest, account))) return data
  const name = `data-${createHash('sha256').update(data).digest('hex').slice(0, 12)}`
  log(
    `database: the user postgres, under which it runs, cannot reach ${data}; its data are in ${shared}/${name}`,
  )
  return join(await share(shared), name)
}

/**
 * The folder `native` of programs and libraries, or a copy of it that the account can reach. A copy is made once for
 * each `version`, beside its place and renamed when complete.
 * @throws DatabaseRefused when it cannot be copied
 */
export async function reachablePrograms(
  native: string,
  version: string,
  account: Account,
  shared = SHARED,
): Promise<string> {
  if (await canEnter(join(native, 'bin', 'postgres'), account)) return native
  const copy = join(await share(shared), `postgresql-${version}`)
  if (await canEnter(join(copy, 'bin', 'postgres'), account)) return copy
  const draft = `${copy}.${randomBytes(4).toString('hex')}.new`
  try {
    await command('cp', ['-R', native, draft])
    await command('chmod', ['-R', 'a+rX', draft])
    await rename(draft, copy)
  } catch (error) {
    // Another process was faster; its copy serves as well.
    if (!(await canEnter(join(copy, 'bin', 'postgres'), account))) throw refused(shared, error)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return copy
}

async function share(shared: string): Promise<string> {
  try {
    await mkdir(shared, { recursive: true, mode: 0o755 })
    return shared
  } catch (error) {
    throw refused(shared, error)
  }
}

function refused(shared: string, cause: unknown): DatabaseRefused {
  const said = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
  return new DatabaseRefused(
    `PostgreSQL does not run as root, its user postgres cannot reach this folder, and ${shared} cannot be written ` +
      `(${said}); run leadtime as another user, or set DATABASE_URL`,
    { cause },
  )
}

/** `path` itself, or the nearest folder above that is there. */
async function nearestThere(path: string): Promise<string> {
  const there = await stat(path).then(
    () => true,
    () => false,
  )
  return there || path === dirname(path) ? path : nearestThere(dirname(path))
}

/** Asked as that account, so that rights of every folder on the way, groups and access lists count. */
const canEnter = (path: string, { uid, gid }: Account): Promise<boolean> =>
  command('test', ['-x', path], { uid, gid, cwd: '/' }).then(
    () => true,
    () => false,
  )
