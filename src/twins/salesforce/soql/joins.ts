import { quoted } from '../database.ts'
import { SalesforceError } from '../errors.ts'
import type { Field, SObject } from '../schema/field.ts'
import { fieldNamed, objectNamed, relationNamed } from '../schema.ts'
import { excerpt } from './parse.ts'

/** A record in the query: the queried one or a parent, of one object or, for Owner and Who, of several. */
export interface Node {
  targets: readonly { object: SObject; alias: string }[]
  /** SQL of its id; null when there is no parent. */
  id: string
}

/** A field somewhere in the query and the SQL that reads it. */
export interface Resolved {
  field: Field
  sql: string
}

/** What a parent that can be of several objects offers. */
const NAME_FIELDS = /^(Id|Name|FirstName|LastName|Type|Email|Phone|Title|IsActive|Username|Alias)$/i

const typeField: Field = {
  ...fieldNamed(objectNamed('Group')!, 'DeveloperName')!,
  name: 'Type',
}

/** The tables of one query: the queried object as `t`, each parent joined once. */
export class Joins {
  readonly root: Node
  readonly #text: string
  readonly #view: ((object: SObject) => SObject) | undefined
  readonly #joined = new Map<string, Node>()
  readonly #sql: string[] = []

  /** @param text the query, for messages @param view what of a parent may be seen */
  constructor(object: SObject, text: string, view?: (object: SObject) => SObject) {
    this.root = { targets: [{ object, alias: 't' }], id: 't."Id"' }
    this.#view = view
    this.#text = text
  }

  /** The joins needed so far. */
  sql(): string {
    return this.#sql.join(' ')
  }

  /** A path of relationship names and a field: `Owner.Name`. @throws SalesforceError INVALID_FIELD */
  resolve(path: readonly string[]): Resolved {
    const node = path.slice(0, -1).reduce((at, name) => this.parent(at, name), this.root)
    return this.field(node, path.at(-1) ?? '')
  }

  /** The parent of that name, joined if it was not yet. */
  parent(node: Node, name: string): Node {
    const [only] = node.targets
    const field = node.targets.length === 1 && only ? relationNamed(only.object, name) : undefined
    if (!field || !only) throw this.#noRelation(name)
    const child = `${only.alias}.${quoted(field.name)}`
    const known = this.#joined.get(child)
    if (known) return known
    const targets = field.refersTo.map(target => this.#join(target, child))
    const ids = targets.map(target => `${target.alias}."Id"`)
    const parent = { targets, id: ids.length === 1 ? ids[0]! : `coalesce(${ids.join(', ')})` }
    this.#joined.set(child, parent)
    return parent
  }

  /** A field of that record. */
  field(node: Node, name: string): Resolved {
    const several = node.targets.length > 1
    if (several && !NAME_FIELDS.test(name)) throw this.#noColumn(name, 'Name')
    if (several && name.toLowerCase() === 'type') return { field: typeField, sql: typeSql(node) }
    const found = node.targets.flatMap(({ object, alias }) => {
      const field = fieldNamed(object, name)
      return field ? [{ field, sql: `${alias}.${quoted(field.name)}` }] : []
    })
    const [first] = found
    if (!first) throw this.#noColumn(name, several ? 'Name' : node.targets[0]!.object.name)
    if (found.length === 1) return first
    return { field: first.field, sql: `coalesce(${found.map(one => one.sql).join(', ')})` }
  }

  #join(target: string, child: string) {
    const named = objectNamed(target)!
    const object = this.#view?.(named) ?? named
    const alias = `j${this.#sql.length}`
    this.#sql.push(`LEFT JOIN ${quoted(object.name)} AS ${alias} ON ${alias}."Id" = ${child}`)
    return { object, alias }
  }

  #noColumn(name: string, entity: string): SalesforceError {
    const advice =
      "If you are attempting to use a custom field, be sure to append the '__c' after the custom field name. " +
      'Please reference your WSDL or the describe call for the appropriate names.'
    const message = `${excerpt(this.#text, name)}\nNo such column '${name}' on entity '${entity}'. ${advice}`
    return new SalesforceError(400, 'INVALID_FIELD', message)
  }

  #noRelation(name: string): SalesforceError {
    const advice =
      "If you are attempting to use a custom relationship, be sure to append the '__r' after the custom " +
      'relationship name. Please reference your WSDL or the describe call for the appropriate names.'
    const words = `Didn't understand relationship '${name}' in field path. ${advice}`
    return new SalesforceError(400, 'INVALID_FIELD', `${excerpt(this.#text, name)}\n${words}`)
  }
}

function typeSql(node: Node): string {
  const cases = node.targets.map(
    ({ object, alias }) => `WHEN ${alias}."Id" IS NOT NULL THEN '${object.name}'`,
  )
  return `CASE ${cases.join(' ')} END`
}
