import { z } from 'zod'
import type { Database } from './database.ts'
import { notFound, SalesforceError } from './errors.ts'
import { fieldOf, integrity } from './metadata.ts'
import { newStamps, type Organisation } from './organisation.ts'
import type { Field, SObject } from './schema/field.ts'
import { customField } from './schema/permissions.ts'
import { fieldNamed, objectNamed, sobjects } from './schema.ts'
import type { Row } from './values.ts'

/** `absent`: the field is not there; `none`, `read`, `edit`: what the integration user may do with it. */
const levels = z.enum(['absent', 'none', 'read', 'edit'])
type Level = z.infer<typeof levels>

/** PUT /_twin/access: by `Lead.Score__c`, or `Lead.Leadtime_*` for all that begin so. */
export const accessSchema = z.strictObject({
  fields: z.array(z.strictObject({ field: z.string().regex(/^\w+\.\w+\*?$/), access: levels })),
})

/**
 * Field-level security of the user whom clients sign in as, and the fields that clients create. A field made by an
 * API is invisible, to its maker too, until a permission set that is assigned to the user grants it.
 */
export class Access {
  readonly #database: Database
  readonly #userId: string
  /** Fields that clients made, by object; one can stand in for a field of the schema that was absent. */
  readonly #made = new Map<SObject, Map<string, Field>>()
  /** By `lead.score__c`; fields that are not named are there with every right. */
  readonly #levels = new Map<string, Level | 'granted'>()
  readonly #views = new Map<SObject, SObject>()

  constructor(organisation: Organisation, now: number) {
    this.#database = organisation.database
    this.#userId = organisation.apiUserId
    for (const object of sobjects) {
      for (const field of object.fields) if (field.name.endsWith('__c')) this.#list(object, field, now)
    }
  }

  /** What the user sees of an object. */
  readonly view = (object: SObject): SObject => {
    const known = this.#views.get(object)
    if (known) return known
    const made = this.#made.get(object)
    const all = [...object.fields.filter(field => !made?.has(keyOf(field.name))), ...(made?.values() ?? [])]
    const fields = all.flatMap(field => this.#seen(object, field) ?? [])
    const view = { ...object, fields, byName: new Map(fields.map(one => [keyOf(one.name), one])) }
    this.#views.set(object, view)
    return view
  }

  /** Permissions were written: what is seen has to be worked out anew. */
  changed(): void {
    this.#views.clear()
  }

  /** An administrator's word on fields. @returns the fields it was for */
  set(fields: z.infer<typeof accessSchema>['fields']): string[] {
    const set = fields.flatMap(({ field, access }) => {
      const [objectName = '', pattern = ''] = field.split('.')
      const object = objectNamed(objectName)
      const of = object ? this.#matching(object, pattern) : []
      if (!object || of.length === 0) throw integrity(`no field ${field}`)
      return of.map(({ name }) => {
        this.#levels.set(nameOf(object, name), access)
        if (access === 'absent') this.#unlist(object, name)
        else if (name.endsWith('__c') && !this.#listed(object, name))
          this.#list(object, { name, length: 0 }, 0)
        return `${object.name}.${name}`
      })
    })
    this.changed()
    return set
  }

  /** Creates `Lead.Name__c` and returns the id of its CustomField. @throws SalesforceError */
  create(fullName: string, metadata: unknown, now: number): string {
    const [, objectName = '', name = ''] = /^(\w+)\.([A-Za-z]\w{0,39}__c)$/.exec(fullName) ?? []
    const object = objectNamed(objectName)
    if (!object)
      throw integrity(`FullName ${fullName} names no object and custom field, as Lead.Name__c does`)
    if (this.#listed(object, name)) {
      const message = `There is already a field named ${name.replace(/__c$/, '')} on ${object.name}.`
      throw new SalesforceError(400, 'DUPLICATE_DEVELOPER_NAME', message)
    }
    const field = fieldOf(fieldNamed(object, name)?.name ?? name, metadata)
    this.#database.addColumn(object, field)
    this.#made.set(object, (this.#made.get(object) ?? new Map()).set(keyOf(field.name), field))
    this.#levels.set(nameOf(object, field.name), 'granted')
    this.changed()
    return this.#list(object, field, now)
  }

  /** Deletes the field of a CustomField. */
  remove(id: string): void {
    const row = this.#database.get(customField, id)
    if (!row) throw notFound()
    const object = objectNamed(String(row.TableEnumOrId))!
    const name = String(row.FullName).split('.')[1] ?? ''
    this.#levels.set(nameOf(object, name), 'absent')
    this.#unlist(object, name)
    this.changed()
  }

  /** Whether the organisation has the field, seen or not: `Lead.Score__c`. */
  has(fullName: string): boolean {
    const [objectName = '', name = ''] = fullName.split('.')
    const object = objectNamed(objectName)
    if (!object || this.#levels.get(nameOf(object, name)) === 'absent') return false
    return fieldNamed(object, name) !== undefined || this.#made.get(object)?.has(keyOf(name)) === true
  }

  #seen(object: SObject, field: Field): Field | undefined {
    const level = this.#levels.get(nameOf(object, field.name)) ?? 'edit'
    const effective = level === 'granted' ? this.#granted(object, field) : level
    if (effective === 'absent' || effective === 'none') return undefined
    return effective === 'read' ? { ...field, createable: false, updateable: false } : field
  }

  #granted(object: SObject, field: Field): Level {
    const row = this.#database
      .prepare(
        `SELECT max(f.PermissionsRead) AS read, max(f.PermissionsEdit) AS edit FROM FieldPermissions AS f
         JOIN PermissionSetAssignment AS a ON a.PermissionSetId = f.ParentId
         WHERE a.AssigneeId = ? AND f.Field = ?`,
      )
      .get(this.#userId, `${object.name}.${field.name}`)
    if (row?.edit === 1) return 'edit'
    return row?.read === 1 ? 'read' : 'none'
  }

  #matching(object: SObject, pattern: string): { name: string }[] {
    const all = [...object.fields, ...(this.#made.get(object)?.values() ?? [])]
    const wanted = keyOf(pattern.replace(/\*$/, ''))
    const fits = (name: string) => (pattern.endsWith('*') ? name.startsWith(wanted) : name === wanted)
    return all.filter(({ name }) => fits(keyOf(name)))
  }

  #list(object: SObject, { name, length }: Pick<Field, 'name' | 'length'>, now: number): string {
    const Id = this.#database.nextId(customField)
    const FullName = `${object.name}.${name}`
    const of = { TableEnumOrId: object.name, DeveloperName: name.replace(/__c$/, ''), FullName }
    this.#database.put(customField, { ...newStamps(now, this.#userId), ...of, Length: length || null, Id })
    return Id
  }

  #listed(object: SObject, name: string): Row | undefined {
    return this.#database.where(customField, 'FullName', `${object.name}.${name}`)[0]
  }

  #unlist(object: SObject, name: string): void {
    const row = this.#listed(object, name)
    if (row) this.#database.remove(customField, String(row.Id))
  }
}

const keyOf = (name: string): string => name.toLowerCase()
const nameOf = (object: SObject, name: string): string => keyOf(`${object.name}.${name}`)
