/** One round in a process of its own, at a given instant; says `reading` when it begins, so that it can be killed in the middle. */
import { parseConfig } from '../../src/config.ts'
import { logger } from '../../src/log.ts'
import { Tally } from '../../src/pipeline/context.ts'
import { round } from '../../src/pipeline/round.ts'
import { services } from '../../src/services.ts'

const now = Number(process.argv[2])
const made = await services(parseConfig(process.env), { now: () => now, log: logger('silent') })
process.send?.('reading')
const { db, crms, log } = made
const { signal } = new AbortController()
await round({ db, crms, log, now: made.now, signal, tally: new Tally() })
await made.close()
process.exit(0)
