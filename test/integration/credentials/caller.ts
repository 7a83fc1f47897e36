import type { Vendor } from '../../../src/domain/facts.ts'
import { storedKeeper } from '../../../src/store/credentials.ts'
import { openDatabase } from '../../../src/store/db.ts'
import { Keyring } from '../../../src/store/keyring.ts'
import { client } from './client.ts'

/** A process that calls once, says so, and makes five calls at once when it is told to. Forked, with what it needs. */
const [vendor, url, databaseUrl, key] = process.argv.slice(2) as [Vendor, string, string, string]
const db = await openDatabase(databaseUrl)
const crm = client(vendor, url, storedKeeper(db, Keyring.parse(key), vendor, null))
await crm.account()
process.send?.('ready')
process.once('message', async () => {
  const done = await Promise.allSettled(Array.from({ length: 5 }, () => crm.account()))
  process.send?.(done.map(one => (one.status === 'fulfilled' ? one.value : String(one.reason))))
  crm.close()
  await db.close()
  process.disconnect?.()
})
