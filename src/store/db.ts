import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { CopyRows } from './copy.ts'
import { DatabaseRefused, DatabaseUnavailable, explain, isRepeatable } from './errors.ts'
import type { Statement } from './sql.ts'

export interface Rows<R> {
  rows: R[]
  /** Rows returned or changed. */
  count: number
}

/** Something statements can be sent to: the database itself, a transaction, or a session. */
export interface Queryable {
  /**
   * Sends one statement. Instants (timestamptz) come back as milliseconds since the epoch, bigint as number.
   * @throws DatabaseUnavailable when the connection is lost, else what PostgreSQL says.
   */
  query<R extends object = Record<string, unknown>>(statement: Statement): Promise<Rows<R>>
}

export interface Tx extends Queryable {
  /** Sends rows, which are used up, to `target`, as `table (column, …)`; a constant of the code. */
  copy(target: string, rows: CopyRows): Promise<void>
}

/** A connection of one's own, for what belongs to a connection: advisory locks. */
export interface Session extends Queryable {
  /** Aborted when the connection is lost, and with it everything it held. */
  readonly lost: AbortSignal
  close(): Promise<void>
}

export interface Database extends Queryable {
  /** Runs `fn` in one transaction and returns its result; repeats the whole of it after a deadlock or serialisation failure. */
  tx<T>(fn: (tx: Tx) => Promise<T>): Promise<T>
  session(): Promise<Session>
  /** The address it was opened with; holds the password, so not for logs. */
  readonly url: string
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Told of connections that broke while idle; the pool replaces them. */
  log?: (message: string) => void
  /** Connections at most ({@link CONNECTIONS} when not given). */
  connections?: number
}

/** Connections of one pool at most. */
export const CONNECTIONS = 10

const REPEATS = 6

const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.TIMESTAMPTZ, parseInstant],
  [pg.types.builtins.INT8, Number],
  [pg.types.builtins.NUMERIC, Number],
])

/** `2026-11-03 09:12:00.123+00` → milliseconds; sessions run in UTC. */
function parseInstant(text: string): number {
  if (text === 'infinity') return Number.POSITIVE_INFINITY
  if (text === '-infinity') return Number.NEGATIVE_INFINITY
  return Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z'))
}

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format as 'text'),
}

function clientConfig(url: string, options: DatabaseOptions): pg.PoolConfig {
  return {
    connectionString: url,
    application_name: 'leadtime',
    max: options.connections ?? CONNECTIONS,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    statement_timeout: 300_000,
    idle_in_transaction_session_timeout: 300_000,
    options: '-c timezone=UTC -c jit=off',
    types: types as never,
  }
}

/**
 * Opens PostgreSQL at `url` (`postgres://user:password@host:port/database`).
 * @throws DatabaseRefused when it is older than 16, runs with fsync off, or refuses the login; DatabaseUnavailable when it does not answer.
 */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<Database> {
  if (!URL.canParse(url)) {
    throw new DatabaseRefused('DATABASE_URL is not an address; write postgres://user:password@host:5432/name')
  }
  const pool = new pg.Pool(clientConfig(url, options))
  const log = options.log ?? (() => {})
  pool.on('error', error => log(`database: an idle connection broke: ${error.message}`))
  // A client that breaks while checked out would otherwise end the process.
  pool.on('connect', client =>
    client.on('error', error => log(`database: a connection broke: ${error.message}`)),
  )
  const db: Database = {
    url,
    query: statement => send(pool, statement),
    tx: fn => repeat(() => transaction(pool, fn)),
    session: () => openSession(url, options),
    close: closer(pool),
  }
  try {
    await checkServer(db)
  } catch (error) {
    await pool.end()
    throw error
  }
  return db
}

function closer(pool: pg.Pool): () => Promise<void> {
  let closing: Promise<void> | undefined
  return () => {
    closing ??= pool.end()
    return closing
  }
}

async function send<R extends object>(to: pg.Pool | pg.ClientBase, statement: Statement): Promise<Rows<R>> {
  try {
    const result = await to.query<R>(statement.text, statement.values as unknown[])
    return { rows: result.rows, count: result.rowCount ?? 0 }
  } catch (error) {
    throw explain(error)
  }
}

async function transaction<T>(pool: pg.Pool, fn: (tx: Tx) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch(error => Promise.reject(explain(error)))
  try {
    await client.query('begin')
    const result = await fn({
      query: statement => send(client, statement),
      copy: (target, rows) => copy(client, target, rows),
    })
    await client.query('commit')
    client.release()
    return result
  } catch (error) {
    await rollback(client)
    throw explain(error)
  }
}

/** Gives the connection back only when it is certain to be out of the transaction. */
async function rollback(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('rollback')
    client.release()
  } catch (error) {
    client.release(error instanceof Error ? error : true)
  }
}

async function copy(client: pg.PoolClient, target: string, rows: CopyRows): Promise<void> {
  const stream = client.query(copyFrom(`copy ${target} from stdin (format binary)`))
  const finished = once(stream, 'finish')
  stream.end(rows.finish())
  try {
    await finished
  } catch (error) {
    throw explain(error)
  }
  // Only now PostgreSQL has them all; after a failure some may still be on their way.
  rows.recycle()
}

async function repeat<T>(once: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn++) {
    try {
      return await once()
    } catch (error) {
      if (turn >= REPEATS || !isRepeatable(error)) throw error
      await delay(turn * 20 * (1 + Math.random()))
    }
  }
}

async function openSession(url: string, options: DatabaseOptions): Promise<Session> {
  const client = new pg.Client(clientConfig(url, options))
  const lost = new AbortController()
  const lose = (cause?: Error) => lost.abort(new DatabaseUnavailable('the connection was lost', cause))
  client.on('error', lose)
  client.on('end', () => lose())
  await client.connect().catch(error => Promise.reject(explain(error)))
  return {
    query: statement => send(client, statement),
    lost: lost.signal,
    close: () => client.end(),
  }
}

/** @throws DatabaseRefused when the server is too old or can lose what it has acknowledged */
export async function checkServer(db: Queryable): Promise<void> {
  const { rows } = await db.query<{ version: string; fsync: string }>({
    text: `select current_setting('server_version_num') as version, current_setting('fsync') as fsync`,
    values: [],
  })
  const version = Number(rows[0]?.version)
  if (version < 160_000) {
    throw new DatabaseRefused(`PostgreSQL ${Math.floor(version / 10_000)} is too old; use 16 or newer`)
  }
  if (rows[0]?.fsync !== 'on') {
    throw new DatabaseRefused(
      'it runs with fsync off and can lose committed data; set fsync = on and restart it',
    )
  }
}
