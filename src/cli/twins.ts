import { readFile } from 'node:fs/promises'
import { startTwins, type Twins } from '../twins/host.ts'
import type { Fault } from '../twins/http/faults.ts'
import { readFaultScript } from '../twins/http/script.ts'
import { type Cli, type Done, UsageError } from './cli.ts'
import { stopped } from './stop.ts'

export interface TwinsOptions {
  scenario?: string
  people?: number
  seed?: number
  salesforcePort?: number
  hubspotPort?: number
  host?: string
  /** Virtual seconds per real second; the clock stands without it. */
  rate?: number
  /** Generated companies only: a day of events after now. */
  live?: true
  /** Path of a fault script. */
  faults?: string
  /** Faults, each as a script would have it in braces. */
  fault?: string[]
  /** Where HubSpot's webhooks go. */
  webhook?: string
  /** Path of a certificate or public key in PEM. */
  certificate?: string
  /** Virtual seconds. */
  searchLag?: number
  /** Print no addresses. */
  quiet?: true
}

const PEOPLE = 2000
const SEED = 1
const SEARCH_LAG = 5
const PATIENCE_MS = 2000
const REPORT_MS = 1000

/** `leadtime twins`: both CRM twins until stopped, or until the process that forked them is gone. */
export async function run(options: TwinsOptions, cli: Cli): Done {
  const stop = process.channel ? parentGone() : cli.stop
  const faults = await faultsOf(options)
  const certificate = await certificateOf(options)
  const twins = await started(options, { faults, certificate }, cli, stop)
  if (twins === null) return
  try {
    if (options.rate !== undefined) twins.clock.run(options.rate)
    tellParent(twins)
    if (options.quiet !== true) cli.stdout.write(card(twins, options))
    await stopped(stop)
  } finally {
    await twins.close()
  }
}

/** Of the script and of the command line. @throws FaultScriptError */
async function faultsOf({ faults, fault = [] }: TwinsOptions): Promise<Fault[]> {
  const scripted = faults === undefined ? [] : readFaultScript(await readFile(faults, 'utf8'), faults)
  return [...scripted, ...fault.flatMap(text => readFaultScript(text, '--fault'))]
}

/** The text of the file. @throws UsageError */
async function certificateOf({ certificate: file }: TwinsOptions): Promise<string | undefined> {
  if (file === undefined) return undefined
  return await readFile(file, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--certificate ${file}: ${code === 'ENOENT' ? 'no such file' : `not read (${code})`}`,
    )
  })
}

/** @returns null when asked to stop while loading */
async function started(
  options: TwinsOptions,
  read: { faults: readonly Fault[]; certificate: string | undefined },
  cli: Cli,
  signal: AbortSignal,
): Promise<Twins | null> {
  const { scenario, people = PEOPLE, seed = SEED, live = false, salesforcePort, hubspotPort, host } = options
  try {
    return await startTwins({
      scenario: scenario ?? { people, seed, live: live || options.rate !== undefined },
      salesforcePort,
      hubspotPort,
      host,
      ...read,
      webhook: options.webhook,
      // As in HubSpot; while the clock stands, what was changed would never be found.
      searchLagSeconds: options.searchLag ?? (options.rate === undefined ? 0 : SEARCH_LAG),
      warn: message => cli.stderr.write(`${message}\n`),
      progress: reporter(cli),
      signal,
    })
  } catch (error) {
    if (signal.aborted) return null
    throw inWords(error, options)
  }
}

/** Progress to a person, once it takes longer than two seconds, at most once a second. */
function reporter({ stderr }: Cli): (what: string, done: number) => void {
  let next = performance.now() + PATIENCE_MS
  return (what, done) => {
    const now = performance.now()
    if (now < next) return
    next = now + REPORT_MS
    stderr.write(`${done.toLocaleString('en')} ${what}\n`)
  }
}

function inWords(error: unknown, { salesforcePort, hubspotPort }: TwinsOptions): unknown {
  const { code, port } = error as { code?: string; port?: number }
  if (error instanceof RangeError) return new UsageError(error.message)
  if (code !== 'EADDRINUSE') return error
  const flag = port === salesforcePort ? '--salesforce-port' : '--hubspot-port'
  const other = port === hubspotPort && port === salesforcePort ? ' and --hubspot-port' : ''
  return new UsageError(`port ${port} is in use; choose another with ${flag}${other}, 0 for a free one`)
}

/**
 * Aborted when the process that forked this one disconnects or dies, and by SIGTERM. Ctrl-C reaches both at
 * once: then the parent, which may still need the twins, says when.
 */
function parentGone(): AbortSignal {
  const gone = new AbortController()
  for (const event of ['disconnect', 'SIGTERM'] as const) process.once(event, () => gone.abort())
  return gone.signal
}

function tellParent({ salesforceUrl, hubspotUrl, portalId, clientId, clientSecret, token }: Twins): void {
  const ready = { ready: true, salesforceUrl, hubspotUrl, portalId, clientId, clientSecret, token }
  if (process.connected) process.send?.(ready)
}

function card(twins: Twins, { webhook, certificate }: TwinsOptions): string {
  const { salesforceUrl, hubspotUrl, clientId, clientSecret, username, token, company, people } = twins
  const told =
    webhook === undefined
      ? ''
      : `HUBSPOT_CLIENT_SECRET=${clientSecret}\nLEADTIME_PUBLIC_URL=${new URL(webhook).origin}\n`
  const proof =
    certificate === undefined
      ? `SALESFORCE_CLIENT_SECRET=${clientSecret}`
      : `SALESFORCE_USERNAME=${username}\nSALESFORCE_PRIVATE_KEY_FILE=<the file with the key of ${certificate}>`
  return `${company.name}: ${people.toLocaleString('en')} people, as of ${new Date(company.now).toISOString()}
Salesforce twin  ${salesforceUrl}
HubSpot twin     ${hubspotUrl}

For the service beside them, set:
SALESFORCE_LOGIN_URL=${salesforceUrl}
SALESFORCE_CLIENT_ID=${clientId}
${proof}
HUBSPOT_BASE_URL=${hubspotUrl}
HUBSPOT_UI_URL=${hubspotUrl}
HUBSPOT_TOKEN=${token}
${told}
Ctrl-C stops them and removes their data.
`
}
