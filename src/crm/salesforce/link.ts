import { type ObjectName, parseRef, type Ref } from '../../domain/facts.ts'
import { Refused } from '../errors.ts'
import { type SalesforceObject, SOURCES } from './objects.ts'

/** The page of a record in Salesforce. @throws Refused for an object that Salesforce does not have */
export function recordPage(instanceUrl: string, ref: Ref): string {
  const { object, id } = parseRef(ref)
  return `${instanceUrl.replace(/\/+$/, '')}/lightning/r/${SOURCES[own(object)].sobject}/${id}/view`
}

/** @throws Refused for an object that Salesforce does not have */
export function own(object: ObjectName): SalesforceObject {
  if (object in SOURCES) return object as SalesforceObject
  throw new Refused('salesforce', `read ${object}`, 'Salesforce has no such object')
}
