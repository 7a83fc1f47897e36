import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { explain } from './errors.ts'

/** A database of one's own on a server that others use too. */
export interface Scratch {
  url: string
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>
}

/**
 * Creates an empty database beside the one `url` names, so that what is tried out never meets real data.
 * @throws DatabaseUnavailable; PostgreSQL's own error when the user may not create databases
 */
export async function scratchDatabase(url: string): Promise<Scratch> {
  const name = `leadtime_scratch_${randomBytes(6).toString('hex')}`
  await command(url, `create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return { url: own.href, drop: () => command(url, `drop database if exists ${name} with (force)`) }
}

async function command(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.query(text)
  } catch (error) {
    throw explain(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}
