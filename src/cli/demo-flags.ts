import { UsageError } from './cli.ts'
import type { DemoOptions } from './demo.ts'
import { checkOutput, policyIn } from './files.ts'

/**
 * What can be known to be wrong before the long work begins.
 * @throws UsageError; PolicyError for the content of a policy file
 */
export function checkFlags(options: DemoOptions): void {
  for (const flag of ['json', 'again', 'verdicts'] as const) {
    if (options[flag] !== undefined && !options.once) throw new UsageError(`--${flag} needs --once`)
  }
  checkPorts(options)
  if (options.policy !== undefined) policyIn('--policy', options.policy)
  if (options.verdicts !== undefined) checkOutput('--verdicts', options.verdicts)
}

function checkPorts(options: DemoOptions): void {
  const taken = new Map<number, string>()
  for (const [name, flag] of [
    ['port', '--port'],
    ['salesforcePort', '--salesforce-port'],
    ['hubspotPort', '--hubspot-port'],
  ] as const) {
    const port = options[name]
    if (!port) continue
    const other = taken.get(port)
    if (other)
      throw new UsageError(`${other} and ${flag} are both ${port}; give each its own, or 0 for a free one`)
    taken.set(port, flag)
  }
}
