import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { round } from '../../src/pipeline/round.ts'
import { openDatabase } from '../../src/store/db.ts'
import type { Figure } from './figure.ts'
import { company, connect, context, stage } from './stage.ts'

/** What a process may take, in bytes. */
const LIMIT = 256 * 2 ** 20

/**
 * P9: peak memory of a first full sync of many people against that of few, and none above the limit.
 * @param huge a hundred times as many instead of ten times, which takes more than an hour
 */
export async function memoryAgainstSize(quick: boolean, huge: boolean): Promise<Figure> {
  const [few, many] = quick ? [2_000, 10_000] : [20_000, huge ? 2_000_000 : 200_000]
  const small = await peak(few)
  const large = await peak(many)
  const mb = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`
  return {
    what: `peak memory of a first sync of ${many} people against ${few}`,
    ratio: large < LIMIT ? large / small : Number.POSITIVE_INFINITY,
    // Two thousand are read before the process has grown to what it works with.
    mark: quick ? 1.3 : 1.15,
    atLeast: false,
    exact: false,
    details: [`${few} people: ${mb(small)}`, `${many} people: ${mb(large)}`],
  }
}

/** How `npm start` runs Node. */
export function limits(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } }
  return scripts.start.split(' ').filter(word => word.startsWith('--'))
}

/** Peak resident bytes of a process that does nothing but one full sync. */
async function peak(people: number): Promise<number> {
  const { db, close } = await stage()
  const twins = await company(people)
  try {
    const child = fork(fileURLToPath(import.meta.url), [db.url, JSON.stringify(twins)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: limits(),
    })
    const [bytes] = (await once(child, 'message')) as [number]
    return bytes
  } finally {
    await twins.close()
    await close()
  }
}

async function sync(url: string, twins: Awaited<ReturnType<typeof company>>): Promise<void> {
  const db = await openDatabase(url)
  const crms = await connect(twins)
  await round(context(db, crms, twins.company.now))
  process.send?.(process.resourceUsage().maxRSS * 1024)
  for (const crm of crms) await crm.close()
  await db.close()
}

const [, self, url, twins] = process.argv
if (self === fileURLToPath(import.meta.url) && url !== undefined && twins !== undefined) {
  await sync(url, JSON.parse(twins))
  process.exit()
}
