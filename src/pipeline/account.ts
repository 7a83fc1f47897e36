import type { Crm } from '../crm/crm.ts'
import { OtherAccount } from '../crm/errors.ts'
import { claimAccount } from '../store/connections.ts'
import type { Context } from './context.ts'

/**
 * Makes sure that the credentials open the account whose records the database holds; the first one opened is kept.
 * Two accounts in one database would be linked into one another, and records be taken for gone.
 * @throws OtherAccount; what the CRM's `account` throws
 */
export async function sameAccount({ db, signal }: Context, crm: Crm): Promise<void> {
  const opened = await crm.account(signal)
  const held = await claimAccount(db, crm.vendor, opened)
  if (held !== opened) throw new OtherAccount(crm.vendor, held, opened)
}
