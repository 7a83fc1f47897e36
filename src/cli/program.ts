import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type Cli, type Flag, UsageError, type Verb, type VerbGroup } from './cli.ts'
import { explain } from './errors.ts'
import { stopSignal } from './stop.ts'
import { VERBS } from './verbs.ts'

const version = (): string =>
  (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string })
    .version

/** Runs one command line and ends the process: 0 done, 1 failed, 2 misused. Prints at most one line of error. */
export async function main(argv: readonly string[]): Promise<void> {
  process.on('unhandledRejection', fatal).on('uncaughtException', fatal)
  ignoreClosedPipe()
  await exit(await run(argv))
}

async function run(argv: readonly string[]): Promise<number> {
  let code = 0
  try {
    if (argv.length === 0) throw new UsageError('no verb given')
    await program(done => {
      code = done
    }).parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    // A group without a verb: commander would print its help.
    const misused = error instanceof CommanderError && error.code === 'commander.help'
    return complain(misused ? new UsageError('no verb given') : error, called(argv))
  }
}

/** The verb that was called, with its group; undefined: none that there is. */
function called([first, second]: readonly string[]): string | undefined {
  const verb = VERBS.find(one => one.name === first)
  if (verb === undefined || !('verbs' in verb)) return verb?.name
  const inner = verb.verbs.find(one => one.name === second)
  return inner ? `${verb.name} ${inner.name}` : verb.name
}

function program(finished: (code: number) => void): Command {
  const root = quiet(new Command('leadtime'))
    .description(
      'Follows every marketing-qualified lead through Salesforce and HubSpot until sales has followed up.',
    )
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    // A flag after a verb is the verb's own: policy show --version 2.
    .enablePositionalOptions()
    .usage('<verb> [options]')
    .commandsGroup('Verbs:')
    .addHelpText(
      'after',
      '\nleadtime <verb> --help shows the options of a verb; .env.example the environment.',
    )
  for (const verb of VERBS) root.addCommand('verbs' in verb ? group(verb, finished) : command(verb, finished))
  return root
}

function group({ name, summary, verbs }: VerbGroup, finished: (code: number) => void): Command {
  const made = quiet(new Command(name))
    .summary(summary)
    .description(summary)
    .helpCommand(false)
    .usage('<verb> [options]')
    .commandsGroup('Verbs:')
  for (const verb of verbs) made.addCommand(command(verb, finished))
  return made
}

function command(verb: Verb, finished: (code: number) => void): Command {
  const made = quiet(new Command(verb.name))
    .summary(verb.summary)
    .description(verb.summary)
    .allowExcessArguments(false)
  for (const flag of verb.flags) made.addOption(option(flag))
  if (verb.argument) {
    const { name, help, optional } = verb.argument
    made.argument(optional ? `[${name}]` : `<${name}>`, help)
  }
  if (verb.examples)
    made.addHelpText('after', `\nExamples:\n${verb.examples.map(line => `  ${line}`).join('\n')}`)
  return made.action(async () => {
    const options = { ...made.opts(), ...(verb.argument && { [verb.argument.name]: made.args[0] }) }
    const { run: act } = await verb.load()
    const { loadConfig } = await import('../config.ts')
    const cli: Cli = {
      config: loadConfig,
      stdout: process.stdout,
      stderr: process.stderr,
      stop: stopSignal(),
    }
    finished((await act(options, cli)) ?? 0)
  })
}

function option(flag: Flag): Option {
  const made = new Option(flag.flags, flag.help)
  const parse = flag.parse
  if (parse) {
    made.argParser(text => {
      try {
        return parse(text)
      } catch (error) {
        throw new InvalidArgumentError((error as Error).message)
      }
    })
  }
  if (flag.default !== undefined) made.default(flag.default)
  return flag.conflicts ? made.conflicts(flag.conflicts) : made
}

/** Errors are thrown, not printed: explain() writes the one line. */
const quiet = (made: Command): Command =>
  made
    .exitOverride()
    .configureOutput({ outputError: () => undefined, writeErr: () => undefined })
    .showSuggestionAfterError(true)

/** Prints the one line; the configuration is loaded only now, to keep --help quick. */
async function complain(error: unknown, verb?: string): Promise<number> {
  const { debugging } = await import('../config.ts')
  const { line, exitCode } = explain(error, { debug: debugging(), verb })
  process.stderr.write(`${line}\n`)
  return exitCode
}

function fatal(error: unknown): void {
  void complain(error).finally(() => process.exit(1))
}

/** `leadtime … | head` closes our stdout: that is an end, not an error. */
function ignoreClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(0)
      throw error
    })
  }
}

/** Waits until what was printed has left, then ends even if a handle is still open. */
async function exit(code: number): Promise<void> {
  await Promise.all(
    [process.stdout, process.stderr].map(stream => new Promise(done => stream.write('', done))),
  )
  process.exit(code)
}
