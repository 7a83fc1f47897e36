import { type DealStep, type Fact, type Ref, ref } from '../../domain/facts.ts'
import type { Mapped } from '../mapped.ts'
import { type HubSpotObject, instant, number, oldestFirst, text } from './values.ts'

/** Stage id → what being in it means; ids are unique across pipelines. */
export type StageMeanings = ReadonlyMap<string, 'open' | 'won' | 'lost'>

/** A deal with the history of its stage: opened, moved, won, lost; its contacts are its members. */
export function deal(from: HubSpotObject, stages: StageMeanings): Mapped {
  const { properties: p } = from
  const self = ref('hubspot', 'deal', from.id)
  const owner = text(p.hubspot_owner_id)
  const amount = number(p.amount)
  const about = {
    amountMinor: amount === null ? null : Math.round(amount * 100),
    owner: owner === null ? null : ref('hubspot', 'user', owner),
  }
  const history = oldestFirst(from.history.dealstage)
  const reason = text(p.closed_lost_reason)
  const fields = {
    stage: text(p.dealstage),
    ...about,
    reason,
    contacts: [...from.contacts],
    history: history.map(({ value, at }) => [at, value]),
  }
  const openedAt = instant(p.createdate) ?? from.createdAt
  const opened = step(
    self,
    'opened',
    openedAt,
    'opened',
    history[0]?.value ?? text(p.dealstage) ?? '',
    about,
    null,
  )
  const moves = history.flatMap(({ value, at }, place): Fact[] => {
    const meaning = stages.get(value ?? '') ?? 'open'
    if (value === null || (place === 0 && meaning === 'open')) return []
    const to = meaning === 'open' ? 'moved' : meaning
    return [step(self, `stage:${at}:${value}`, at, to, value, about, to === 'lost' ? reason : null)]
  })
  const memberships = from.contacts.map(id => ({ deal: self, member: ref('hubspot', 'contact', id) }))
  if (from.archivedAt === null) return { fields, facts: [opened, ...moves], memberships }
  const deleted: Fact = {
    key: 'deleted',
    at: from.archivedAt,
    subject: self,
    origin: 'record',
    kind: 'deleted',
  }
  return { fields, facts: [opened, ...moves, deleted], memberships }
}

function step(
  subject: Ref,
  key: string,
  at: number,
  to: DealStep,
  stage: string,
  about: { amountMinor: number | null; owner: Ref | null },
  reason: string | null,
): Fact {
  const origin = to === 'opened' ? 'record' : 'history'
  return { key, at, subject, origin, kind: 'deal', step: to, stage, ...about, reason }
}
