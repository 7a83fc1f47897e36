import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseRefused } from './errors.ts'
import type { Program } from './programs.ts'

/** The major version of the programs we bring; data of another one cannot be opened with them. */
const VERSION = '18'

/**
 * Makes `<data>/postgres` unless it is there, and returns its path. It is made beside and renamed when complete,
 * so that a process killed half-way leaves nothing that looks finished.
 * @throws DatabaseRefused when the folder cannot be written or holds data of another version.
 */
export async function createCluster(
  data: string,
  program: Program,
  log: (message: string) => void,
): Promise<string> {
  const folder = resolve(data, 'postgres')
  const version = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(absent(folder))
  if (version === null) {
    log(`database: creating ${folder}`)
    await initialise(resolve(data), folder, program)
  } else if (version.trim() !== VERSION) {
    throw new DatabaseRefused(
      `${folder} was made by PostgreSQL ${version.trim()}, this is ${VERSION}; move it away or set DATABASE_URL`,
    )
  }
  return folder
}

function absent(folder: string) {
  return (error: NodeJS.ErrnoException): null => {
    if (error.code === 'ENOENT') return null
    throw cannotWrite(folder, error)
  }
}

function cannotWrite(folder: string, cause: NodeJS.ErrnoException): DatabaseRefused {
  const why = {
    EACCES: 'permission denied',
    EROFS: 'read-only',
    ENOSPC: 'disk full',
    ENOTDIR: 'not a folder',
  }
  const said = why[cause.code as keyof typeof why] ?? cause.code ?? cause.message
  return new DatabaseRefused(
    `cannot use ${folder}: ${said}; make it writable, or set LEADTIME_DATA or DATABASE_URL`,
    { cause },
  )
}

async function initialise(data: string, folder: string, program: Program): Promise<void> {
  const draft = `${folder}.${process.pid}.new`
  const secret = randomBytes(18).toString('hex')
  const secretFile = `${draft}.password`
  try {
    await mkdir(data, { recursive: true })
    await removeDrafts(data)
    await mkdir(draft, { mode: 0o700 })
    await writeFile(secretFile, secret, { mode: 0o600 })
    if (program.account !== null) {
      await chown(draft, program.account.uid, program.account.gid)
      await chown(secretFile, program.account.uid, program.account.gid)
    }
    await initdb(draft, secretFile, program)
    await rename(secretFile, join(draft, 'leadtime.password'))
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {})
    await rm(secretFile, { force: true }).catch(() => {})
    const code = (error as NodeJS.ErrnoException).code
    // Another process was faster; its data serve as well.
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return
    throw error instanceof DatabaseRefused ? error : cannotWrite(folder, error as NodeJS.ErrnoException)
  }
}

async function initdb(draft: string, secretFile: string, program: Program): Promise<void> {
  let said = ''
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
  const code = await program.run(
    'initdb',
    [
      '-D',
      draft,
      '-U',
      'leadtime',
      '--auth=scram-sha-256',
      `--pwfile=${secretFile}`,
      '--no-instructions',
      ...locale,
    ],
    text => {
      said += text
    },
  )
  if (code === 0) return
  const why =
    said.split('\n').findLast(line => line.includes('error:') || line.includes('FATAL')) ?? said.slice(-200)
  throw new DatabaseRefused(`cannot create ${draft}: ${why.trim()}; set LEADTIME_DATA or DATABASE_URL`)
}

/** What killed processes left behind. */
async function removeDrafts(data: string): Promise<void> {
  for (const name of await readdir(data).catch(() => [])) {
    const pid = Number(/^postgres\.(\d+)\.new/.exec(name)?.[1])
    if (pid > 0 && !isAlive(pid)) await rm(join(data, name), { recursive: true, force: true })
  }
}

/** Whether a process of that number lives, ours or another user's. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
