import { emailMessage, event, task } from './schema/activities.ts'
import { businessHours, holiday } from './schema/calendars.ts'
import type { Field, SObject } from './schema/field.ts'
import { group, organization, user, userRole } from './schema/organization.ts'
import { account, contact, lead } from './schema/people.ts'
import {
  customField,
  fieldPermissions,
  objectPermissions,
  permissionSet,
  permissionSetAssignment,
} from './schema/permissions.ts'
import {
  campaign,
  campaignMember,
  leadHistory,
  leadStatus,
  opportunity,
  opportunityContactRole,
  opportunityHistory,
  opportunityStage,
} from './schema/sales.ts'

/** Every object this organisation has. */
export const sobjects: readonly SObject[] = [
  account,
  businessHours,
  campaign,
  campaignMember,
  contact,
  customField,
  emailMessage,
  event,
  fieldPermissions,
  group,
  holiday,
  lead,
  leadHistory,
  leadStatus,
  objectPermissions,
  opportunity,
  opportunityContactRole,
  opportunityHistory,
  opportunityStage,
  organization,
  permissionSet,
  permissionSetAssignment,
  task,
  user,
  userRole,
]

const byName = new Map(sobjects.map(object => [object.name.toLowerCase(), object]))
const byPrefix = new Map(sobjects.map(object => [object.prefix, object]))

/** The object of that API name in any case of letters; undefined when the organisation has none. */
export function objectNamed(name: string): SObject | undefined {
  return byName.get(name.toLowerCase())
}

/** The object whose records have ids like this one. */
export function objectOfId(id: string): SObject | undefined {
  return byPrefix.get(id.slice(0, 3))
}

/** The field of that API name in any case of letters. */
export function fieldNamed(object: SObject, name: string): Field | undefined {
  return object.byName.get(name.toLowerCase())
}

/** The reference field a relationship name stands for: Owner → OwnerId. */
export function relationNamed(object: SObject, name: string): Field | undefined {
  const wanted = name.toLowerCase()
  return object.fields.find(field => field.relationship?.toLowerCase() === wanted)
}

/** Whether records of this object can be in the recycle bin. */
export function hasBin(object: SObject): boolean {
  return object.byName.has('isdeleted')
}
