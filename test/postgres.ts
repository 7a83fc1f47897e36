import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../src/store/db.ts'
import { startEmbedded } from '../src/store/embedded.ts'
import { migrate } from '../src/store/migrate.ts'
import { sql } from '../src/store/sql.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of a PostgreSQL server on which tests may create databases. */
    postgres: string
    /** The migrated database they copy. */
    template: string
  }
}

/** One server for the whole run: TEST_DATABASE_URL, or one of our own that is gone afterwards. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer()
  const template = `leadtime_template_${process.pid}`
  const admin = await openDatabase(server.url, { connections: 1 })
  await admin.query({ text: `create database ${template}`, values: [] })
  const db = await openDatabase(databaseUrl(server.url, template))
  await migrate(db)
  await db.query(sql`analyze`)
  await db.close()
  project.provide('postgres', server.url)
  project.provide('template', template)
  return async () => {
    await admin.query({ text: `drop database ${template}`, values: [] })
    await admin.close()
    await server.stop()
  }
}

async function startServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL
  if (given) return { url: given, stop: async () => {} }
  const folder = await mkdtemp(join(tmpdir(), 'leadtime-test-'))
  // As root, the server runs under another account, which must get at its files.
  await chmod(folder, 0o755)
  const server = await startEmbedded(folder, () => {})
  return {
    url: server.url,
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The address of another database on the same server. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
