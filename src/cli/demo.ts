import type { Config } from '../config.ts'
import { live } from '../demo/live.ts'
import { type OnceReport, once } from '../demo/once.ts'
import { demoService } from '../demo/service.ts'
import { startTwins, type Twins, TwinsFailed } from '../demo/twins.ts'
import type { Cli, Done } from './cli.ts'
import { checkFlags } from './demo-flags.ts'

export interface DemoOptions {
  scenario?: string
  people?: number
  seed?: number
  once?: true
  json?: true
  again?: true
  policy?: string
  verdicts?: string
  host?: string
  port?: number
  salesforcePort?: number
  hubspotPort?: number
}

/** `leadtime demo`: a company in two CRM twins, and the service beside it; live, or one sync with `--once`. */
export async function run(options: DemoOptions, cli: Cli): Done {
  checkFlags(options)
  const config = { ...cli.config(), ...(options.policy !== undefined && { policyFile: options.policy }) }
  const say = (line: string) => cli.stderr.write(`${line}\n`)
  say(options.scenario ? `Loading ${options.scenario} into both CRM twins …` : 'Making up a company …')
  const began = performance.now()
  const twins = await startTwins(twinFlags(options), cli.stop).catch(refusal)
  if (typeof twins === 'number') return twins
  try {
    const loadSeconds = (performance.now() - began) / 1000
    if (!options.once) {
      const { host, port } = { host: options.host ?? config.host, port: options.port ?? config.port }
      await live(config, twins, { host, port, say, tick: ticker(cli), stop: cli.stop })
      return
    }
    const report = await onceOn(config, twins, options, cli, loadSeconds, say)
    cli.stdout.write(options.json ? `${JSON.stringify(report)}\n` : words(report))
  } finally {
    await twins.close()
  }
}

/** The twins' process has printed its one line already: its exit code is all there is to add. */
function refusal(error: unknown): number {
  if (error instanceof TwinsFailed && error.exitCode !== undefined) return error.exitCode
  throw error
}

async function onceOn(
  config: Config,
  twins: Twins,
  { again, verdicts }: DemoOptions,
  cli: Cli,
  loadSeconds: number,
  say: (line: string) => void,
): Promise<OnceReport> {
  const demo = await demoService(config, twins, () => twins.company.now)
  try {
    return await once(demo.services, twins, {
      loadSeconds,
      again: again === true,
      verdicts,
      say,
      signal: cli.stop,
    })
  } finally {
    await demo.close()
  }
}

/** Rewrites one line of a terminal; silent where there is none. */
function ticker({ stderr }: Cli): (line: string) => void {
  return 'isTTY' in stderr && stderr.isTTY ? line => stderr.write(`\r${line}`) : () => undefined
}

function twinFlags(options: DemoOptions): string[] {
  const { scenario, people, seed, host, salesforcePort, hubspotPort } = options
  const flags = {
    scenario,
    people,
    seed,
    host,
    'salesforce-port': salesforcePort,
    'hubspot-port': hubspotPort,
  }
  const given = Object.entries(flags).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, `${value}`],
  )
  return options.once ? given : ['--live', ...given]
}

function words({ scenario, asOf, people, handoffs, overdue, reached, writes, seconds }: OnceReport): string {
  const written = Object.entries(writes).map(
    ([vendor, { records, calls }]) => `${records} to ${vendor} in ${calls} calls`,
  )
  return [
    `${scenario} as of ${asOf}`,
    `  ${people} people, ${handoffs} handoffs, ${overdue} overdue`,
    `  reached: ${Object.entries(reached)
      .map(([stage, n]) => `${stage} ${n}`)
      .join(', ')}`,
    `  written: ${written.join(', ')}`,
    `  ${seconds.total} s\n`,
  ].join('\n')
}
