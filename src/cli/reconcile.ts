import type { Crm } from '../crm/crm.ts'
import { agrees, type Certificate } from '../domain/certificate.ts'
import { certificateJson, certificateWords } from '../domain/certified.ts'
import type { ObjectName } from '../domain/facts.ts'
import { reconcileAll } from '../pipeline/certify.ts'
import { type Context, Tally } from '../pipeline/context.ts'
import { pullAllOf } from '../pipeline/pull.ts'
import { needCrm, services } from '../services.ts'
import type { Queryable } from '../store/db.ts'
import { readObjects } from '../store/pages.ts'
import { type Cli, type Done, UsageError } from './cli.ts'
import { progressBar } from './progress.ts'

export interface ReconcileOptions {
  object?: string
  deletions?: boolean
  json?: boolean
}

/** `leadtime reconcile`: in this process, without the queue. Exit code 1 when something does not agree in the end. */
export async function run({ object, deletions = false, json }: ReconcileOptions, cli: Cli): Done {
  const config = cli.config()
  needCrm(config)
  const made = await services(config)
  const bar = progressBar(cli.stderr, 'records')
  made.onClose(async () => bar.end())
  try {
    const { db, crms, now, log } = made
    const wanted = crms.map(crm => ({ crm, objects: objectsOf(crm, object) }))
    if (wanted.every(({ objects }) => objects.length === 0)) throw unknown(crms, object ?? '')
    const context: Context = { db, crms, now, log, signal: cli.stop, tally: new Tally() }
    const total = await recordsOf(db, wanted)
    const found: Certificate[] = []
    let before = 0
    for (const { crm, objects } of wanted) {
      if (objects.length > 0) await pullAllOf(context, crm)
      for (const one of objects) {
        const progress = (done: number) => bar.show(Math.min(before + done, total), total)
        const certificates = await reconcileAll(context, crm, [one], { deletions, progress })
        found.push(...certificates)
        before += certificates.reduce((sum, { mirror }) => sum + mirror.records, 0)
      }
    }
    bar.end()
    cli.stdout.write(json ? `${JSON.stringify({ certificates: found.map(dated) })}\n` : words(found))
    return found.every(agrees) ? 0 : 1
  } finally {
    await made.close()
  }
}

/** How many records we hold of these objects, for the bar. */
async function recordsOf(
  db: Queryable,
  wanted: readonly { crm: Crm; objects: readonly ObjectName[] }[],
): Promise<number> {
  const held = await readObjects(db)
  const isWanted = (row: { vendor: string; object: ObjectName }) =>
    wanted.some(({ crm, objects }) => crm.vendor === row.vendor && objects.includes(row.object))
  return held.filter(isWanted).reduce((sum, { records }) => sum + records, 0)
}

const objectsOf = ({ objects }: Crm, wanted: string | undefined): readonly ObjectName[] =>
  wanted === undefined ? objects : objects.filter(one => one === wanted)

function unknown(crms: readonly Crm[], given: string): UsageError {
  const there = [...new Set(crms.flatMap(({ objects }) => objects))].join(', ')
  return new UsageError(`--object '${given}' is none that is read; give one of ${there}`)
}

const dated = (certificate: Certificate) => {
  const { vendor, object } = certificate
  return { vendor, object, ...certificateJson(certificate) }
}

const words = (found: readonly Certificate[]): string =>
  found.map(one => `${one.vendor} ${one.object.replaceAll('_', ' ')}: ${certificateWords(one)}\n`).join('')
