import { work } from '../../workers/main.ts'
import { listen } from '../server.ts'
import { needCrm, services } from '../services.ts'
import type { Cli, Done } from './cli.ts'
import { stopped } from './stop.ts'

export interface ServeOptions {
  host?: string
  port?: number
}

/** `leadtime serve`: API, pages, schedules and workers in one process, until a signal. */
export async function run({ host, port }: ServeOptions, cli: Cli): Done {
  const config = cli.config()
  needCrm(config)
  const made = await services(config)
  try {
    const url = await listen(made, { host: host ?? config.host, port: port ?? config.port })
    const workers = await work(made)
    made.onClose(() => workers.close())
    await (await made.queue()).schedule(config.pollMs)
    cli.stderr.write(`Leadtime is on ${url}; Ctrl-C stops it.\n`)
    await stopped(cli.stop)
    made.log.info('stopping: running jobs end at their next safe point')
  } finally {
    await made.close()
  }
}
