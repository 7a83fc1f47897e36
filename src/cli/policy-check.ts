import { readPolicyFile } from '../draft.ts'
import type { Policy } from '../policy/policy.ts'
import { warnings } from '../policy/warnings.ts'
import type { Cli, Done } from './cli.ts'
import { moment, policyFile } from './policy-file.ts'

export interface PolicyCheckOptions {
  file?: string
}

/** `leadtime policy check`: without a database. What is probably not meant goes to stderr and is no error. */
export async function run({ file }: PolicyCheckOptions, cli: Cli): Done {
  const draft = await readPolicyFile(policyFile(file, cli))
  cli.stdout.write(`${draft.file} is fine: ${summary(draft.policy)}\n`)
  for (const warning of warnings(draft.policy)) cli.stderr.write(`warning: ${warning}\n`)
}

function summary({ name, effective, promises, calendars, pauses, exceptions }: Policy): string {
  const counts = [
    many(promises.length, 'promise'),
    many(calendars.length, 'calendar'),
    pauses.length > 0 && many(pauses.length, 'pause'),
    exceptions.length > 0 && many(exceptions.length, 'exception'),
  ]
  return `"${name}", effective from ${moment(effective)}: ${counts.filter(Boolean).join(', ')}`
}

const many = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
