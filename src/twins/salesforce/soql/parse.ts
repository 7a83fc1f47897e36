import { parseQuery, type Query } from '@jetstreamapp/soql-parser-js'
import { malformed } from '../errors.ts'

const LONGEST = 100_000

/** Reads one SOQL statement. @throws SalesforceError MALFORMED_QUERY in the vendor's form */
export function parseSoql(text: string): Query {
  if (!text.trim()) throw malformed('A query string has to be specified')
  if (text.length > LONGEST) {
    throw malformed(`SOQL statements cannot be longer than ${LONGEST.toLocaleString('en')} characters.`)
  }
  let query: Query
  try {
    query = parseQuery(text)
  } catch (error) {
    throw malformed(explain(text, error))
  }
  if (!query.sObject || !query.fields?.length) throw malformed('unexpected token: <EOF>')
  return query
}

interface ParserError {
  message: string
  token?: { image?: string; startColumn?: number }
}

function explain(text: string, error: unknown): string {
  const { message, token } = error as ParserError
  const found = token?.image ?? /but found: '+([^']*)'/.exec(message)?.[1] ?? ''
  if (!found) return 'unexpected token: <EOF>'
  return `${excerpt(text, found)}\nunexpected token: '${found}'`
}

/** The query with a caret under the word that is wrong: how Salesforce begins these messages. */
export function excerpt(text: string, word: string): string {
  const line = text.replace(/\s/g, ' ')
  const pattern = new RegExp(`(?<![\\w.])${word.replace(/[^\w]/g, '\\$&')}(?!\\w)`, 'i')
  const at = Math.max(0, line.search(pattern))
  const from = Math.max(0, at - 40)
  const shown = line.slice(from, at + 40)
  return `\n${shown}\n${' '.repeat(at - from)}^\nERROR at Row:1:Column:${at + 1}`
}
