import { work } from '../../workers/main.ts'
import { needCrm, services } from '../services.ts'
import type { Cli, Done } from './cli.ts'
import { stopped } from './stop.ts'

/** `leadtime work`: workers until a signal; running jobs end at their next safe point. */
export async function run(_options: object, cli: Cli): Done {
  const config = cli.config()
  needCrm(config)
  const made = await services(config)
  try {
    const workers = await work(made)
    made.onClose(() => workers.close())
    await (await made.queue()).schedule(config.pollMs)
    made.log.info({ queue: (await made.queue()).kind }, 'working')
    await stopped(cli.stop)
    made.log.info('stopping: running jobs end at their next safe point')
  } finally {
    await made.close()
  }
}
