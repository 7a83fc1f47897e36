import type { FieldType as Selected, Subquery } from '@jetstreamapp/soql-parser-js'
import { malformed, SalesforceError } from '../errors.ts'
import type { Field } from '../schema/field.ts'
import { objectOfId } from '../schema.ts'
import { type Json, toJson, type Value } from '../values.ts'
import type { Joins, Node } from './joins.ts'

/** A record, or a parent of it, as the REST API prints it. */
export interface Printed {
  [name: string]: Json | Printed | PrintedChildren | { type: string; url?: string }
}

/** The result of a child subquery. */
export interface PrintedChildren {
  totalSize: number
  done: boolean
  records: Printed[]
}

/** Which columns a query reads and how a row of them becomes JSON. */
export interface Shape {
  /** Column that holds the record's id. */
  id: number
  entries: Map<string, Leaf | Shape | Children>
}

interface Leaf {
  column: number
  field: Field
}

/** A child subquery; `run` gives its result for one parent. */
export interface Children {
  run: (parentId: string, base: string) => PrintedChildren | null
}

/** Gathers the columns of a SELECT list. */
export class Columns {
  readonly sql: string[] = []

  add(expression: string): number {
    const known = this.sql.indexOf(expression)
    return known >= 0 ? known : this.sql.push(expression) - 1
  }
}

interface SelectContext {
  joins: Joins
  columns: Columns
  path: (written: string) => string[]
  child: (subquery: Subquery) => Children
}

/** Reads a SELECT list of fields, parent fields and child subqueries. @throws SalesforceError INVALID_FIELD */
export function shapeOf(fields: readonly Selected[], context: SelectContext): Shape {
  const root = newShape(context.joins.root, context.columns)
  for (const selected of fields) {
    switch (selected.type) {
      case 'Field':
        addField(root, context.joins.root, selected.field, context)
        break
      case 'FieldRelationship':
        addPath(root, [...aliasFree(selected.relationships, context), selected.field], context)
        break
      case 'FieldSubquery':
        root.entries.set(selected.subquery.relationshipName, context.child(selected.subquery))
        break
      case 'FieldFunctionExpression':
        addFunction(root, selected, context)
        break
      default:
        throw malformed('TYPEOF is not offered here; select the fields of the parent')
    }
  }
  return root
}

/** The record a row of the query's columns stands for. @param base `/services/data/v66.0` */
export function printRecord(shape: Shape, row: readonly Value[], base: string): Printed | null {
  const id = row[shape.id]
  if (typeof id !== 'string') return null
  const type = objectOfId(id)?.name ?? ''
  const printed: Printed = { attributes: { type, url: `${base}/sobjects/${type}/${id}` } }
  for (const [name, entry] of shape.entries) {
    if ('field' in entry) printed[name] = toJson(entry.field, row[entry.column])
    else if ('run' in entry) printed[name] = entry.run(id, base)
    else printed[name] = printRecord(entry, row, base)
  }
  return printed
}

function newShape(node: Node, columns: Columns): Shape {
  return { id: columns.add(node.id), entries: new Map() }
}

function aliasFree(relationships: readonly string[], context: SelectContext): string[] {
  return context.path([...relationships, 'x'].join('.')).slice(0, -1)
}

function addPath(root: Shape, path: readonly string[], context: SelectContext): void {
  let shape = root
  let node = context.joins.root
  for (const name of path.slice(0, -1)) {
    const parent = context.joins.parent(node, name)
    const printed = capitalised(node, name)
    const known = shape.entries.get(printed)
    const next = known && 'entries' in known ? known : newShape(parent, context.columns)
    shape.entries.set(printed, next)
    shape = next
    node = parent
  }
  addField(shape, node, path.at(-1) ?? '', context)
}

/** The relationship's name as the schema spells it. */
function capitalised(node: Node, name: string): string {
  const relationships = node.targets.flatMap(({ object }) => object.fields.map(field => field.relationship))
  return relationships.find(known => known?.toLowerCase() === name.toLowerCase()) ?? name
}

function addField(shape: Shape, node: Node, name: string, { joins, columns }: SelectContext): void {
  const { field, sql } = joins.field(node, name)
  if (shape.entries.has(field.name)) {
    throw new SalesforceError(400, 'INVALID_FIELD', `duplicate field selected: ${field.name}`)
  }
  shape.entries.set(field.name, { field, column: columns.add(sql) })
}

function addFunction(
  root: Shape,
  selected: Extract<Selected, { type: 'FieldFunctionExpression' }>,
  context: SelectContext,
) {
  const which = String(selected.parameters[0]).toUpperCase()
  if (selected.functionName.toUpperCase() !== 'FIELDS' || !/^(ALL|STANDARD|CUSTOM)$/.test(which)) {
    throw malformed(`the function ${selected.functionName} is not offered here in a SELECT list`)
  }
  const { object } = context.joins.root.targets[0]!
  for (const field of object.fields) {
    const custom = field.name.endsWith('__c')
    if (which === 'ALL' || custom === (which === 'CUSTOM'))
      addField(root, context.joins.root, field.name, context)
  }
}
