import { policySchema } from '../policy/json-schema.ts'
import type { Cli, Done } from './cli.ts'

/** `leadtime policy schema`: what docs/policy.schema.json holds. */
export async function run(_options: object, cli: Cli): Done {
  cli.stdout.write(`${JSON.stringify(policySchema(), null, 2)}\n`)
}
