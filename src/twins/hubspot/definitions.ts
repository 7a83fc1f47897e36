import { companyProperties, contactProperties } from './definitions/contact.ts'
import { dealProperties } from './definitions/deal.ts'
import { callProperties, emailProperties, meetingProperties } from './definitions/engagement.ts'
import { leadtimeProperties } from './definitions/leadtime.ts'
import { type PropertyDefinition, property } from './definitions/property.ts'
import type { ObjectType } from './objects.ts'

export interface PropertyGroup {
  name: string
  label: string
  displayOrder: number
  archived: boolean
}

/** The properties every record type has in this portal; callers may add more. */
export class Definitions {
  readonly #byType = new Map<ObjectType, Map<string, PropertyDefinition>>()
  readonly #groups = new Map<ObjectType, Map<string, PropertyGroup>>()

  constructor() {
    this.#define('contact', [...contactProperties, ...leadtimeProperties])
    this.#define('company', companyProperties)
    this.#define('deal', dealProperties)
    this.#define('call', callProperties)
    this.#define('email', emailProperties)
    this.#define('meeting', meetingProperties)
  }

  all(type: ObjectType): PropertyDefinition[] {
    return [...this.#byType.get(type)!.values()]
  }

  get(type: ObjectType, name: string): PropertyDefinition | undefined {
    return this.#byType.get(type)!.get(name)
  }

  add(type: ObjectType, property: PropertyDefinition): void {
    this.#byType.get(type)!.set(property.name, property)
  }

  /** Takes a custom property away; HubSpot's own cannot be deleted. Whether it was there. */
  remove(type: ObjectType, name: string): boolean {
    const removable = this.get(type, name)?.hubspotDefined === false
    return removable && this.#byType.get(type)!.delete(name)
  }

  /** Makes a custom text property of that name where there is none; names HubSpot would refuse are not made. */
  need(type: ObjectType, name: string): void {
    if (this.get(type, name) || !/^(?!hs_)[a-z][a-z0-9_]*$/.test(name)) return
    this.add(type, property(name, name, 'string', { custom: true }))
  }

  groups(type: ObjectType): PropertyGroup[] {
    return [...this.#groups.get(type)!.values()]
  }

  addGroup(type: ObjectType, group: PropertyGroup): void {
    this.#groups.get(type)!.set(group.name, group)
  }

  #define(type: ObjectType, properties: readonly PropertyDefinition[]): void {
    this.#byType.set(type, new Map(properties.map(property => [property.name, property])))
    const names = [...new Set(properties.map(property => property.groupName))]
    const group = (name: string, displayOrder: number): [string, PropertyGroup] => [
      name,
      { name, label: name, displayOrder, archived: false },
    ]
    this.#groups.set(type, new Map(names.map(group)))
  }
}
