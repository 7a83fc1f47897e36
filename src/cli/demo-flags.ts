import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parsePolicy } from '../policy/parse.ts'
import { UsageError } from './cli.ts'
import type { DemoOptions } from './demo.ts'

/**
 * What can be known to be wrong before the long work begins.
 * @throws UsageError; PolicyError for the content of a policy file
 */
export function checkFlags(options: DemoOptions): void {
  for (const flag of ['json', 'again', 'verdicts'] as const) {
    if (options[flag] !== undefined && !options.once) throw new UsageError(`--${flag} needs --once`)
  }
  checkPorts(options)
  if (options.policy !== undefined) checkPolicy(options.policy)
  if (options.verdicts !== undefined) checkOutput(options.verdicts)
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

function checkPolicy(file: string): void {
  if (!existsSync(file)) throw new UsageError(`--policy ${file}: no such file`)
  if (statSync(file).isDirectory()) throw new UsageError(`--policy ${file} is a folder; name a file in it`)
  parsePolicy(readFileSync(file, 'utf8'), file)
}

function checkOutput(file: string): void {
  const folder = dirname(resolve(file))
  if (!existsSync(folder))
    throw new UsageError(`--verdicts ${file}: there is no folder ${folder}; make it first`)
  const there = existsSync(file)
  if (there && statSync(file).isDirectory()) {
    throw new UsageError(`--verdicts ${file} is a folder; name a file in it`)
  }
  try {
    accessSync(there ? file : folder, constants.W_OK)
  } catch {
    throw new UsageError(`--verdicts ${file}: no permission to write there; choose another place`)
  }
}
