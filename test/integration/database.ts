import { randomBytes } from 'node:crypto'
import { inject, onTestFinished } from 'vitest'
import { type Database, openDatabase } from '../../src/store/db.ts'
import { databaseUrl } from '../postgres.ts'

/** Creates and drops databases; every call its own connection, so that nothing outlives a test. */
async function administer(statement: string): Promise<void> {
  const admin = await openDatabase(inject('postgres'), { connections: 1 })
  try {
    await admin.query({ text: statement, values: [] })
  } finally {
    await admin.close()
  }
}

/**
 * A database of the test's own with the present schema, dropped when the test has finished.
 * Dropping fails, and with it the test, when something still holds a connection.
 * @param empty without the schema
 */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<string> {
  const name = `leadtime_${process.pid}_${randomBytes(4).toString('hex')}`
  await administer(
    `create database ${name} template ${options.empty === true ? 'template0' : inject('template')}`,
  )
  onTestFinished(() => administer(`drop database ${name}`))
  return databaseUrl(inject('postgres'), name)
}

/** As {@link createTestDatabase}, opened. */
export async function testDatabase(options: { empty?: boolean } = {}): Promise<Database> {
  const db = await openDatabase(await createTestDatabase(options))
  onTestFinished(() => db.close())
  return db
}
