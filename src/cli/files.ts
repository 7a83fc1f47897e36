import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parsePolicy } from '../policy/parse.ts'
import type { Policy } from '../policy/policy.ts'
import { UsageError } from './cli.ts'

/** The policy in a file that a flag names. @throws UsageError; PolicyError for its content */
export function policyIn(flag: string, file: string): Policy {
  if (!existsSync(file)) throw new UsageError(`${flag} ${file}: no such file`)
  if (statSync(file).isDirectory()) throw new UsageError(`${flag} ${file} is a folder; name a file in it`)
  return parsePolicy(readFileSync(file, 'utf8'), file)
}

/** Refuses a file that cannot be written before the long work begins. @throws UsageError */
export function checkOutput(flag: string, file: string): void {
  const folder = dirname(resolve(file))
  if (!existsSync(folder))
    throw new UsageError(`${flag} ${file}: there is no folder ${folder}; make it first`)
  const there = existsSync(file)
  if (there && statSync(file).isDirectory()) {
    throw new UsageError(`${flag} ${file} is a folder; name a file in it`)
  }
  try {
    accessSync(there ? file : folder, constants.W_OK)
  } catch {
    throw new UsageError(`${flag} ${file}: no permission to write there; choose another place`)
  }
}
