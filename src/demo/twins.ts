import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What the twins' process says of itself when both twins listen (src/cli/twins.ts). */
interface Ready {
  ready: true
  salesforceUrl: string
  hubspotUrl: string
  clientId: string
  clientSecret: string
  token: string
}

/** What happened: who is who in the scenario, so that results can name its people and users. */
export interface Company {
  name: string
  now: number
  users: { user: string; name: string; email: string }[]
  campaigns: { campaign: string; name: string }[]
}

export interface Twins extends Ready {
  company: Company
  /** The twins' clock, milliseconds since the epoch, as of now. */
  now(): Promise<number>
  /** Virtual milliseconds for each real one; 0 stands. */
  run(rate: number): Promise<void>
  /** Ends the twins' process and waits for its end. */
  close(): Promise<void>
}

/** The twins did not start or do not answer. */
export class TwinsFailed extends Error {
  override name = 'TwinsFailed'
  /** Their process's exit code; it has said why on stderr. Undefined when it could not. */
  readonly exitCode: number | undefined
  constructor(message: string, exitCode?: number) {
    super(message)
    this.exitCode = exitCode
  }
}

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

/**
 * Starts both CRM twins in a process of their own (they share no code and no memory with the service).
 * The process ends with this one, also when this one is killed.
 * @throws TwinsFailed when they could not start; the reason of `stop` when that is aborted before they have
 */
export async function startTwins(flags: readonly string[], stop?: AbortSignal): Promise<Twins> {
  const child = fork(main, ['twins', '--quiet', ...flags], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const failed = once(child, 'exit').then(([code, signal]) => {
    throw new TwinsFailed(`the CRM twins were ended by ${signal ?? code}; run it again`, code || undefined)
  })
  failed.catch(() => undefined)
  const close = () => end(child)
  const [ready] = (await Promise.race([once(child, 'message', { signal: stop }), failed]).catch(
    async error => {
      await close()
      throw stop?.aborted ? stop.reason : error
    },
  )) as [Ready]
  const control = (path: string, init?: RequestInit) => ask(`${ready.salesforceUrl}/_twin/${path}`, init)
  return {
    ...ready,
    company: (await control('company')) as unknown as Company,
    now: async () => ((await control('clock')) as { now: number }).now,
    run: async rate => {
      const body = JSON.stringify(rate > 0 ? { rate } : { stand: true })
      await control('clock', { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    },
    close,
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  if (child.connected) child.disconnect()
  await gone
}

async function ask(url: string, init?: RequestInit): Promise<unknown> {
  const answer = await fetch(url, init)
  if (!answer.ok) throw new TwinsFailed(`the CRM twins answer ${answer.status} to ${new URL(url).pathname}`)
  return answer.json()
}

/** Which person of the scenario a CRM record shows, by `<vendor>:<object>:<id>`. */
export async function peopleOf(twins: Twins): Promise<Map<string, string>> {
  const people = new Map<string, string>()
  for (const [vendor, url] of [
    ['salesforce', twins.salesforceUrl],
    ['hubspot', twins.hubspotUrl],
  ] as const) {
    let after: string | null = ''
    while (after !== null) {
      const page = (await ask(`${url}/_twin/people?limit=1000&after=${encodeURIComponent(after)}`)) as {
        people: { person: string; records: { object: string; id: string }[] }[]
      }
      for (const { person, records } of page.people) {
        for (const { object, id } of records) people.set(`${vendor}:${object.toLowerCase()}:${id}`, person)
      }
      after = page.people.at(-1)?.person ?? null
    }
  }
  return people
}
