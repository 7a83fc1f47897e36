import { ref } from '../../domain/facts.ts'
import type { Rep } from '../../domain/handoff.ts'
import type { Instant } from '../../domain/time.ts'
import type { PulledRecord } from '../crm.ts'
import type { Mapped } from '../mapped.ts'
import { call, email, meeting } from './activity.ts'
import { contact } from './contact.ts'
import { deal, type StageMeanings } from './deal.ts'
import type { HubSpotName } from './objects.ts'
import { readOwned } from './owned.ts'
import type { HubSpotObject } from './values.ts'

export type { StageMeanings } from './deal.ts'

/** What objects do not carry. */
export interface Context {
  /** What the portal's deal stages mean. */
  stages: StageMeanings
  /** The contact properties that are read for the policy. */
  extra: readonly string[]
}

/** One object, translated: a pure function of the object and the context. */
export function toRecord(
  object: HubSpotName,
  from: HubSpotObject,
  context: Context,
  prefix: string,
): PulledRecord {
  return {
    object,
    id: from.id,
    modifiedAt: from.archivedAt ?? from.updatedAt,
    deleted: from.archivedAt !== null,
    identity: [],
    memberships: [],
    owned: object === 'contact' ? readOwned(from.properties, prefix) : null,
    ...mapped(object, from, context),
  }
}

function mapped(object: HubSpotName, from: HubSpotObject, { stages, extra }: Context): Mapped {
  switch (object) {
    case 'contact':
      return contact(from, extra)
    case 'deal':
      return deal(from, stages)
    case 'call':
      return call(from)
    case 'email':
      return email(from)
    case 'meeting':
      return meeting(from)
  }
}

export interface Owner {
  id: string
  email?: string | null | undefined
  firstName?: string | null | undefined
  lastName?: string | null | undefined
  /** PERSON or QUEUE. */
  type?: string | undefined
  archived: boolean
  updatedAt: Instant
  teams?: { name: string; primary: boolean }[] | null | undefined
}

/**
 * An owner, active or archived, as a rep; the team is their primary one. HubSpot tells neither a zone nor a country, nor
 * when an owner was archived: until they are changed again, it was the last change.
 */
export function ownerRecord(owner: Owner): PulledRecord {
  const rep: Rep = {
    ref: ref('hubspot', 'user', owner.id),
    name: [owner.firstName, owner.lastName].filter(Boolean).join(' '),
    email: owner.email || null,
    timeZone: null,
    active: !owner.archived,
    inactiveSince: owner.archived ? owner.updatedAt : null,
    team: owner.teams?.find(team => team.primary)?.name || null,
    country: null,
    human: owner.type !== 'QUEUE',
  }
  const { ref: _, inactiveSince: __, ...fields } = rep
  const { updatedAt: modifiedAt } = owner
  return {
    ...{ object: 'user', id: owner.id, fields, modifiedAt, deleted: false, facts: [] },
    ...{ identity: [], memberships: [], owned: null, rep },
  }
}

/** What is left of a contact that was merged into another: its facts are the survivor's now. */
export function mergedAway(id: string, survivor: HubSpotObject): PulledRecord {
  const self = ref('hubspot', 'contact', id)
  const into = ref('hubspot', 'contact', survivor.id)
  return {
    ...{ object: 'contact', id, fields: { mergedInto: into }, modifiedAt: survivor.updatedAt, deleted: true },
    facts: [],
    identity: [
      { key: self, reason: 'self' },
      { key: into, reason: 'merge' },
    ],
    memberships: [],
    owned: null,
  }
}
