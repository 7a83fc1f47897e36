import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { logger } from '../log.ts'
import { type Services, services } from '../services.ts'
import { type Scratch, scratchDatabase } from '../store/scratch.ts'
import type { Twins } from './twins.ts'

export interface DemoService {
  services: Services
  /** Closes the service and removes its database and files. */
  close(): Promise<void>
}

/**
 * The service as it is, connected to the twins instead of to the vendors, on a database made for this demo alone:
 * an embedded PostgreSQL in a temporary folder, or a scratch database on the server that DATABASE_URL names.
 */
export async function demoService(config: Config, twins: Twins, now: () => number): Promise<DemoService> {
  // In one turn: a signal that ends the process in between would leave the folder behind.
  const dataDir = mkdtempSync(join(tmpdir(), 'leadtime-demo-'))
  const remove = () => removeFolder(dataDir)
  process.once('exit', remove)
  // Run by root, PostgreSQL is another user, who must be able to reach its folder.
  chmodSync(dataDir, 0o711)
  let scratch: Scratch | undefined
  let made: Services | undefined
  const close = async () => {
    await made?.close()
    await scratch?.drop()
    process.off('exit', remove)
    remove()
  }
  try {
    scratch = config.databaseUrl === null ? undefined : await scratchDatabase(config.databaseUrl)
    const own = {
      ...config,
      ...connections(config, twins),
      dataDir,
      databaseUrl: scratch?.url ?? null,
      redisUrl: null,
    }
    made = await services(own, { now, log: logger(config.logLevel === 'info' ? 'warn' : config.logLevel) })
    return { services: made, close }
  } catch (error) {
    await close().catch(() => undefined)
    throw error
  }
}

/** Also works while the process exits, when nothing can be awaited and a server on its way out may still write. */
function removeFolder(folder: string): void {
  for (let turn = 1, gone = 0; turn <= 100 && gone < 2; turn++) {
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      // Something was written meanwhile.
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    // What was under way when the process ended can bring it back a moment later.
    gone = existsSync(folder) ? 0 : gone + 1
  }
}

function connections(
  config: Config,
  { salesforceUrl, hubspotUrl, clientId, clientSecret, token }: Twins,
): Pick<Config, 'salesforce' | 'hubspot'> {
  const apiVersion = config.salesforce?.apiVersion ?? '66.0'
  return {
    salesforce: {
      signIn: 'client_credentials',
      ...{ loginUrl: salesforceUrl, clientId, clientSecret, apiVersion },
      ...{ refreshToken: null, username: null, privateKeyFile: null, changeEvents: false },
    },
    hubspot: {
      ...{ baseUrl: hubspotUrl, token, clientId: null, clientSecret: null },
      api: config.hubspot?.api ?? '2026-09',
      uiUrl: hubspotUrl,
    },
  }
}
