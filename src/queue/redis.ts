import { Redis } from 'ioredis'
import { QueueError } from './errors.ts'

/**
 * Refuses a Redis that does not answer or may throw jobs away. BullMQ only warns of an eviction policy
 * other than noeviction (https://docs.bullmq.io/guide/going-to-production#max-memory-policy).
 */
export async function checkRedis(url: string): Promise<void> {
  const { host } = new URL(url)
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 1,
    retryStrategy: () => null,
  })
  let last: Error | undefined
  redis.on('error', error => {
    last = error
  })
  try {
    await redis.connect()
    const policy = /^maxmemory_policy:(.+?)\r?$/m.exec(await redis.info('memory'))?.[1]
    if (policy && policy !== 'noeviction') {
      throw new QueueError(
        `Redis at ${host} has maxmemory-policy ${policy} and may drop jobs; set it to noeviction (redis.conf)`,
      )
    }
  } catch (error) {
    throw error instanceof QueueError ? error : new QueueError(refusal(host, last ?? (error as Error)))
  } finally {
    redis.disconnect()
  }
}

function refusal(host: string, error: Error & { code?: unknown }): string {
  if (/NOAUTH|WRONGPASS|NOPERM|invalid username-password/.test(error.message)) {
    return `Redis at ${host} refuses the login; correct user and password in REDIS_URL`
  }
  return `Redis at ${host} does not answer (${error.code ?? error.name}); start it, correct REDIS_URL, or unset it to keep the queue in PostgreSQL`
}
