/** A process that does nothing but one arm's work, so that its memory is its own. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { limits } from '../memory.ts'
import type { Access } from '../stage.ts'
import { good } from './good.ts'
import type { Arm } from './job.ts'
import { ours } from './ours.ts'
import { typical } from './typical.ts'

export const ARMS = ['typical', 'good', 'ours'] as const
export type ArmName = (typeof ARMS)[number]

/** How one reading went. */
export interface Done {
  seconds: number
  /** Bytes at the peak, so far. */
  memory: number
  /** Why it ended early. */
  failed: string | null
}

export interface Worker {
  read(which: 'first' | 'again', now: number): Promise<Done>
  close(): Promise<void>
}

export async function startArm(name: ArmName, url: string, access: Access): Promise<Worker> {
  const child = fork(fileURLToPath(import.meta.url), [name, url, JSON.stringify(access)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: limits(),
  })
  const told = async <T>(): Promise<T> => ((await once(child, 'message')) as [T])[0]
  await told()
  return {
    read: async (which, now) => {
      child.send({ which, now })
      return await told<Done>()
    },
    close: async () => {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

async function open(name: ArmName, url: string, access: Access): Promise<(now: number) => Arm> {
  if (name === 'ours') return await ours(url, access)
  const db = new pg.Client({ connectionString: url })
  await db.connect()
  const script = await { typical, good }[name](db, access)
  return () => script
}

async function serve(name: ArmName, url: string, access: Access): Promise<void> {
  const arm = await open(name, url, access)
  process.on('message', async ({ which, now }: { which: 'first' | 'again'; now: number }) => {
    const began = performance.now()
    const failed = await arm(now)
      [which]()
      .then(() => null)
      .catch((error: Error) => error.message.split('\n', 1)[0]!)
    const seconds = (performance.now() - began) / 1000
    process.send?.({ seconds, memory: process.resourceUsage().maxRSS * 1024, failed } satisfies Done)
  })
  process.once('disconnect', () => process.exit())
  process.send?.('ready')
}

const [, self, name, url, access] = process.argv
if (self === fileURLToPath(import.meta.url) && url !== undefined && access !== undefined) {
  await serve(name as ArmName, url, JSON.parse(access))
}
