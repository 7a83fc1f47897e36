import { work } from '../../workers/main.ts'
import { stopped } from '../cli/stop.ts'
import type { Config } from '../config.ts'
import { listen } from '../server.ts'
import { type DemoService, demoService } from './service.ts'
import type { Twins } from './twins.ts'

/** Virtual milliseconds a real one: ten minutes a second, so a working day takes under a minute. */
export const RATE = 600
const POLL_MS = 2_000
const TELL_MS = 500
/** Without a round for so long, health says so. */
const PATIENCE_MS = 30_000

/** A clock that follows the twins': asked once, then advanced at their rate. */
export function following(start: number, rate: number, machine: () => number = Date.now): () => number {
  const began = machine()
  return () => start + (machine() - began) * rate
}

export interface LiveOptions {
  host: string
  port: number
  say: (line: string) => void
  /** Shows the time of day. */
  tick: (line: string) => void
  stop: AbortSignal
}

/** Runs the service against the twins while their day goes by, until `stop`. */
export async function live(config: Config, twins: Twins, options: LiveOptions): Promise<void> {
  const start = await twins.now()
  // Stands as the twins' clock does until both set off together.
  let now = () => start
  let demo: DemoService | undefined
  try {
    options.say('Starting the service …')
    demo = await demoService(config, twins, () => now())
    const { services } = demo
    const { host, port } = options
    const url = await listen(services, { host, port, refreshSeconds: 2, roundMs: PATIENCE_MS * RATE })
    const workers = await work(services)
    services.onClose(() => workers.close())
    await (await services.queue()).schedule(POLL_MS)
    await twins.run(RATE)
    now = following(start, RATE)
    options.say(invitation(url, twins))
    const clock = setInterval(() => options.tick(`  ${stamp(now())}  `), TELL_MS)
    await stopped(options.stop)
    clearInterval(clock)
    options.say('\nStopping; nothing stays behind.')
  } finally {
    await demo?.close()
  }
}

const stamp = (at: number): string => new Date(at).toUTCString().slice(0, 22)

function invitation(url: string, { salesforceUrl, hubspotUrl, company }: Twins): string {
  return `
  ${company.name}: a made-up company, ten minutes of its day every second.

  Leadtime    ${url}
              who is overdue now and why, follow-up time, conversion, sync health
  Salesforce  ${salesforceUrl}
              the leads as a rep sees them: watch the overdue flags rise, and clear when the rep calls
  HubSpot     ${hubspotUrl}
              the contacts as a marketer sees them, with what became of each handoff

  Ctrl-C ends it and leaves nothing behind.
`
}
