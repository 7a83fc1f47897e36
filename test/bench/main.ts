/**
 * `npm run bench [-- --quick | --huge] [P1 P2 P3 P3b P4 P5b P8 P9 P13 idle calendar replay]`: every figure is a ratio inside one run, so that it means
 * the same on a fast and on a slow machine. Ends with 1 when a figure that depends on no clock (calls, rows read) misses its mark.
 */
import { unchangedAgain } from './again.ts'
import { durationsAgainstTemporal } from './calendar.ts'
import { callsAgainstMinimum } from './calls.ts'
import { rowsPerDue } from './due.ts'
import type { Figure } from './figure.ts'
import { idleDay } from './idle.ts'
import { ingestAgainstCopy } from './ingest.ts'
import { judgingAgainstReading } from './judging.ts'
import { backfillUnderLimit } from './limited.ts'
import { memoryAgainstSize } from './memory.ts'
import { againstPeers } from './peers.ts'
import { rowsPerChange } from './rows.ts'
import { steadyDay } from './steady.ts'

const BENCHES: Record<string, (quick: boolean, huge: boolean) => Promise<Figure>> = {
  P1: ingestAgainstCopy,
  P2: unchangedAgain,
  P3: callsAgainstMinimum,
  P3b: steadyDay,
  P4: backfillUnderLimit,
  P5b: rowsPerChange,
  P8: rowsPerDue,
  P9: memoryAgainstSize,
  P13: againstPeers,
  idle: idleDay,
  calendar: durationsAgainstTemporal,
  replay: judgingAgainstReading,
}

const asked = process.argv.slice(2)
const quick = asked.includes('--quick')
const huge = asked.includes('--huge')
const chosen = asked.filter(word => !word.startsWith('--'))
const unknown = chosen.find(name => !(name in BENCHES))
if (unknown !== undefined) {
  process.stderr.write(`bench: there is no ${unknown}; choose from ${Object.keys(BENCHES).join(', ')}\n`)
  process.exit(2)
}

for (const [name, bench] of Object.entries(BENCHES)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  const { what, ratio, mark, atLeast, exact, details } = await bench(quick, huge)
  const kept = atLeast ? ratio >= mark : ratio <= mark
  const wanted = `${atLeast ? '≥' : '≤'} ${mark}`
  process.stdout.write(
    `${name.padEnd(4)} ${ratio.toFixed(3)} (${wanted}) ${kept ? 'reached' : 'MISSED'}  ${what}\n`,
  )
  for (const line of details) process.stdout.write(`       ${line}\n`)
  if (exact && !kept) process.exitCode = 1
}
process.exit()
