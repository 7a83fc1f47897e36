import {
  createPostgresBackend,
  createRedisBackend,
  type Job,
  Queue,
  Worker,
  type WorkerOptions,
} from 'bullmq'
import { checkRedis } from './redis.ts'

const NAME = 'jobs'
/** Keeps our keys apart from others' in a shared Redis, and our tables in a shared database. */
const SPACE = 'leadtime_queue'

export type Processor = (job: Job, token?: string) => Promise<unknown>

/** BullMQ over one of its two stores; everything else in this folder is the same on both. */
export interface Backend {
  readonly kind: 'redis' | 'postgres'
  /** Throws QueueError when the store does not answer or is unsafe. */
  check(): Promise<void>
  /** For adding jobs; fails at once while the store is away. */
  producer(): Queue
  consumer(process: Processor, concurrency: number): Worker
}

/** Where the queue lives; `namespace` keeps tests apart. */
export interface QueueStore {
  databaseUrl: string
  redisUrl: string | null
  namespace?: string
}

export function backend(store: QueueStore): Backend {
  const space = store.namespace ?? SPACE
  return store.redisUrl ? onRedis(store.redisUrl, space) : onPostgres(store.databaseUrl, space)
}

const working = (concurrency: number): Omit<WorkerOptions, 'connection'> => ({
  concurrency,
  // A process that died is noticed after at most lockDuration + stalledInterval.
  lockDuration: 30_000,
  stalledInterval: 10_000,
  maxStalledCount: 3,
  // Until the store is tried again after it went away.
  runRetryDelay: 2_000,
})

function onRedis(url: string, prefix: string): Backend {
  return {
    kind: 'redis',
    check: () => checkRedis(url),
    producer: () =>
      new Queue(
        NAME,
        {
          prefix,
          connection: { url, maxRetriesPerRequest: 1, enableOfflineQueue: false, connectTimeout: 5_000 },
        },
        createRedisBackend,
      ),
    // BullMQ's blocking reads need maxRetriesPerRequest null: they wait for Redis to come back.
    consumer: (process, concurrency) =>
      new Worker(
        NAME,
        process,
        { ...working(concurrency), prefix, connection: { url, maxRetriesPerRequest: null } },
        createRedisBackend,
      ),
  }
}

function onPostgres(connectionString: string, schema: string): Backend {
  const connection = (max: number) => ({
    connectionString,
    schema,
    max,
    migrate: true,
    connectionTimeoutMillis: 5_000,
    application_name: 'leadtime queue',
  })
  return {
    kind: 'postgres',
    check: async () => undefined,
    producer: () => new Queue(NAME, { connection: connection(2) }, createPostgresBackend) as unknown as Queue,
    consumer: (process, concurrency) =>
      new Worker(
        NAME,
        process,
        { ...working(concurrency), connection: connection(3) },
        createPostgresBackend,
      ) as unknown as Worker,
  }
}
