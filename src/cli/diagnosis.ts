import type { Check } from '../pipeline/doctor.ts'

const MARKS: Record<Check['state'], string> = { ok: 'ok  ', warn: 'WARN', bad: 'BAD ', skipped: '-   ' }
const NAMES: Record<Check['of'], string> = {
  service: 'Leadtime',
  salesforce: 'Salesforce',
  hubspot: 'HubSpot',
}
/** Of one check; all of them are in --json. */
const SHOWN = 5

/** What was looked at, one line a check, what to do below it, and at the end how it stands. */
export function diagnosis(checks: readonly Check[]): string {
  const lines: string[] = []
  for (const [of, own] of Map.groupBy(checks, check => check.of)) {
    lines.push(NAMES[of], ...own.flatMap(told), '')
  }
  return [...lines, verdict(checks), ''].join('\n')
}

function told({ name, state, says, remedies }: Check): string[] {
  const more = remedies.length - SHOWN
  return [
    `  ${MARKS[state]}  ${name.padEnd(18)} ${says}`,
    ...remedies.slice(0, SHOWN).map(line => `        → ${line}`),
    ...(more > 0
      ? [`        → … and ${more} more; docs/connecting.md lists the fields, --json all of it`]
      : []),
  ]
}

function verdict(checks: readonly Check[]): string {
  const count = (state: Check['state']) => checks.filter(check => check.state === state).length
  const [bad, warn] = [count('bad'), count('warn')]
  if (bad > 0) return `${plural(bad, 'thing')} to put right; what is marked BAD first.`
  return warn > 0 ? `It works; ${plural(warn, 'thing')} to look at.` : 'All is well.'
}

const plural = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`
