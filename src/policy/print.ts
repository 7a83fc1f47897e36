import { Document, isMap, isScalar, type Node, visit, type YAMLMap } from 'yaml'
import { type JsonSchema, policySchema } from './json-schema.ts'
import type { PolicyFile } from './schema.ts'

const WIDTH = 110
/** Of a comment, on whatever level. */
const COMMENT_WIDTH = 107
/** Keys this deep have their description above them; deeper ones repeat from calendar to calendar. */
const DESCRIBED = 2

/** A policy as YAML with a comment on every key of the upper levels; read again it is the same policy. */
export function printPolicy(written: PolicyFile): string {
  const document = new Document(written)
  visit(document, {
    Seq: (_key, list) => {
      if (list.items.every(item => isScalar(item))) list.flow = true
    },
  })
  describe(document.contents as unknown as YAMLMap, policySchema(), 1)
  return document.toString({ lineWidth: WIDTH, flowCollectionPadding: false })
}

function describe(map: YAMLMap, { properties = {} }: JsonSchema, depth: number): void {
  for (const [index, { key, value }] of map.items.entries()) {
    const name = key as Node & { value: string }
    const inner = properties[name.value]
    if (!inner?.description) continue
    name.commentBefore = wrapped(inner.description)
    name.spaceBefore = depth === 1 && index > 0
    if (depth < DESCRIBED && isMap(value)) describe(value as YAMLMap, inner, depth + 1)
  }
}

/** As lines of a comment, each with the blank that follows the `#`. */
function wrapped(text: string): string {
  const lines = ['']
  for (const word of text.split(' ')) {
    if (lines.at(-1)!.length + word.length >= COMMENT_WIDTH) lines.push('')
    lines[lines.length - 1] += ` ${word}`
  }
  return lines.join('\n')
}

/** A value on one line, as YAML's flow style: `{ mon: [09:00-17:00] }`. What is left out or empty is not shown. */
export function inline(value: unknown): string {
  if (value === null || typeof value !== 'object') return String(value)
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  const entries = Object.entries(value).filter(([, one]) => !isEmpty(one))
  return entries.length === 0
    ? '{}'
    : `{ ${entries.map(([key, one]) => `${key}: ${inline(one)}`).join(', ')} }`
}

const isEmpty = (value: unknown): boolean => {
  if (value === undefined) return true
  return typeof value === 'object' && value !== null && Object.values(value).every(isEmpty)
}
