import type { Query, WhereClause } from '@jetstreamapp/soql-parser-js'
import { malformed } from '../errors.ts'

/** One comparison of a WHERE clause. */
export interface Comparison {
  kind: 'comparison'
  field: string
  operator: string
  /** The literals as written; one unless the operator takes a list. */
  values: readonly { literal: string; type: string }[]
  /** `IN (SELECT …)` instead of values. */
  query: Query | null
}

export type Condition =
  | Comparison
  | { kind: 'and' | 'or'; parts: Condition[] }
  | { kind: 'not'; part: Condition }

type Token = '(' | ')' | 'AND' | 'OR' | 'NOT' | Comparison

/** The condition of a WHERE clause as a tree. @throws SalesforceError MALFORMED_QUERY when AND and OR mix */
export function conditionOf(where: WhereClause): Condition {
  const tokens = [...tokensOf(where)]
  let at = 0

  function group(): Condition {
    const parts = [operand()]
    let operator: Token | undefined
    while (tokens[at] === 'AND' || tokens[at] === 'OR') {
      const next = tokens[at++]!
      if (operator !== undefined && operator !== next) throw malformed(`unexpected token: '${String(next)}'`)
      operator = next
      parts.push(operand())
    }
    if (parts.length === 1) return parts[0]!
    return { kind: operator === 'OR' ? 'or' : 'and', parts }
  }

  function operand(): Condition {
    const token = tokens[at++]
    if (token === 'NOT') return { kind: 'not', part: operand() }
    if (token === '(') {
      const inner = group()
      if (tokens[at++] !== ')') throw malformed("expecting a right parentheses, found '<EOF>'")
      return inner
    }
    if (token === undefined || typeof token === 'string') throw malformed(`unexpected token: '${token}'`)
    return token
  }

  const condition = group()
  if (at < tokens.length) throw malformed(`unexpected token: '${String(tokens[at])}'`)
  return condition
}

/** The parser gives a chain with counts of parentheses; this gives back the words in order. */
function* tokensOf(where: WhereClause): Generator<Token> {
  for (let clause: WhereClause | undefined = where; clause; ) {
    const left = clause.left as Left | null
    for (let i = 0; i < (left?.openParen ?? 0); i++) yield '('
    if (left?.operator) yield comparison(left)
    for (let i = 0; i < (left?.closeParen ?? 0); i++) yield ')'
    if (!('operator' in clause)) return
    yield clause.operator as 'AND' | 'OR' | 'NOT'
    clause = clause.right
  }
}

interface Left {
  openParen?: number
  closeParen?: number
  field?: string
  operator?: string
  value?: string | string[]
  literalType?: string | string[]
  valueQuery?: Query
}

function comparison({ field, operator, value, literalType, valueQuery }: Left): Comparison {
  if (field === undefined)
    throw malformed('functions in a WHERE clause are not offered here; compare a field')
  const literals = value === undefined ? [] : [value].flat()
  const values = literals.map((literal, i) => ({
    literal,
    type: (Array.isArray(literalType) ? literalType[i] : literalType) ?? 'STRING',
  }))
  return { kind: 'comparison', field, operator: operator ?? '=', values, query: valueQuery ?? null }
}
