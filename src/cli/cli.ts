import type { Writable } from 'node:stream'
import type { Config } from '../config.ts'

/** What every verb gets besides its options. */
export interface Cli {
  /** The environment as read once; throws ConfigError when a variable is wrong. */
  config(): Config
  /** Results only: what a script reads. */
  stdout: Writable
  /** Everything for a person: progress, addresses, hints. */
  stderr: Writable
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP; a second one ends the process at once. */
  stop: AbortSignal
}

/** Exit code, or nothing for 0. */
// biome-ignore lint/suspicious/noConfusingVoidType: a verb that returns nothing has succeeded
export type Done = Promise<number | void>

/** One flag. `flags` in commander's words: `--people <n>`, `--json`, `-f, --file <path>`. */
export interface Flag {
  flags: string
  help: string
  /** Turns the text into a value; throws UsageError (see values.ts). Without it a string. */
  parse?: (text: string) => unknown
  default?: unknown
  /** camelCase names of flags that cannot be given together with this one. */
  conflicts?: string[]
}

/** One entry of the table of verbs. */
export interface Verb {
  name: string
  summary: string
  /** Lines shown below the options. */
  examples?: string[]
  flags: Flag[]
  /** What is given without a flag; among the options under its name. */
  argument?: { name: string; help: string; optional?: true }
  /** Imports the verb; a method so that each verb may type its own options. */
  load(): Promise<{ run(options: object, cli: Cli): Done }>
}

/** Verbs under one word: `leadtime policy check`. */
export interface VerbGroup {
  name: string
  summary: string
  verbs: readonly Verb[]
}

/** The command line is wrong: exit code 2. The message says what was given and what is expected. */
export class UsageError extends Error {
  override name = 'UsageError'
}
