import { hash } from 'node:crypto'
import type { Crm } from '../crm/crm.ts'
import type { OwnedFields } from '../domain/desired.ts'
import { type Fact, parseRef, type Ref, type Vendor } from '../domain/facts.ts'
import type { Judgement } from '../domain/handoff.ts'
import type { Instant } from '../domain/time.ts'
import { type VerdictRows, verdictRows } from '../store/handoffs.ts'
import type { PersonRecord, Standing } from '../store/people.ts'
import { complete, type Shown } from '../store/targets.ts'

/** What judging needs besides the facts. */
export interface Bench {
  crms: readonly Crm[]
  judge(facts: readonly Fact[], now: Instant): Judgement
  show(judgement: Judgement, now: Instant): OwnedFields | null
}

/** Everything that follows from the facts about one person. */
export interface Conclusion {
  rows: VerdictRows
  /** What the open records should show, by CRM. */
  shown: Partial<Record<Vendor, Shown[]>>
  /** Records that can no longer be written. */
  closed: Ref[]
  standing: Standing
}

export function conclude(
  bench: Bench,
  person: number,
  facts: readonly Fact[],
  records: readonly PersonRecord[],
  now: Instant,
): Conclusion {
  const judgement = bench.judge(facts, now)
  const fields = bench.show(judgement, now)
  const rows = verdictRows(person, judgement.handoffs)
  // A converted lead can no longer be written; its contact shows the verdict.
  const converted = new Set(facts.filter(fact => fact.kind === 'converted').map(fact => fact.subject))
  const shown: Conclusion['shown'] = {}
  const closed: Ref[] = []
  for (const { ref, deleted } of records) {
    const crm = writer(bench.crms, ref)
    if (crm === undefined) continue
    if (deleted || converted.has(ref)) closed.push(ref)
    else {
      const list = shown[crm.vendor] ?? []
      list.push({ ref, fields: complete(fields, crm.ownedFields) })
      shown[crm.vendor] = list
    }
  }
  const verdict = hash('md5', JSON.stringify([rows, shown, closed]))
  return { rows, shown, closed, standing: { person, wakeAt: later(judgement.wakeAt, now), verdict } }
}

/** An instant at or before now would wake us again at once, for ever. */
const later = (wakeAt: Instant | null, now: Instant) => (wakeAt === null ? null : Math.max(wakeAt, now + 1))

function writer(crms: readonly Crm[], ref: Ref): Crm | undefined {
  const { vendor, object } = parseRef(ref)
  return crms.find(crm => crm.vendor === vendor && crm.writable.includes(object))
}
