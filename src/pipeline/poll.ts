import type { Crm } from '../crm/crm.ts'
import type { BudgetRules } from '../domain/budget.ts'
import type { ObjectName } from '../domain/facts.ts'
import { slowdown } from '../domain/forecast.ts'
import { dueObjects, isOpen } from '../domain/polling.ts'
import { HOUR } from '../domain/time.ts'
import { readLedger } from '../store/budget.ts'
import { noteFresh, readScans } from '../store/cursors.ts'
import { readPolicyAt } from '../store/policies.ts'
import type { Context } from './context.ts'

/** Calls that a poll with nothing new makes, about. */
const CALLS = 2

/**
 * The objects of a CRM that are worth asking now: often while somebody works, seldom where little changes, and slower
 * when calls are short. The others are noted to be as fresh as they have to be.
 */
export async function worthAsking(
  { db, now }: Context,
  crm: Crm,
  rules: BudgetRules,
  pollMs: number,
): Promise<ObjectName[]> {
  const at = now()
  const [last, policy, ledger] = await Promise.all([
    readScans(db, crm.vendor),
    readPolicyAt(db),
    readLedger(db, crm.vendor),
  ])
  // What was spent is counted in the time of the machine, not in that of the CRMs.
  const slower = slowdown(rules, ledger, (CALLS * HOUR) / pollMs, Date.now())
  const time = { now: at, pollMs, isOpen: isOpen(policy(at), at), slowdown: slower }
  const due = dueObjects(crm.objects, crm.paces ?? {}, last, time)
  await noteFresh(
    db,
    crm.vendor,
    crm.objects.filter(object => !due.includes(object)),
    at,
  )
  return due
}
