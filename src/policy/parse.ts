import { type Document, isMap, isSeq, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { PolicyError } from './error.ts'
import { nearest } from './nearest.ts'
import type { Policy } from './policy.ts'
import { withDefault } from './resolve/calendars.ts'
import { resolvePolicy } from './resolve.ts'
import { type PolicyFile, policyFile } from './schema.ts'
import { keysAt } from './shape.ts'

/**
 * Reads a policy.
 * @param text YAML; empty text is the default policy
 * @param file how errors call it
 * @throws PolicyError at the first thing wrong: path, value, what was expected, the nearest valid key
 */
export const parsePolicy = (text: string, file: string): Policy =>
  resolvePolicy(readWritten(text, file), file)

/**
 * Reads a policy as it is written, with whatever was left out filled in. Single values are checked, not yet whether they
 * go together.
 * @throws PolicyError
 */
export function readWritten(text: string, file: string): PolicyFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const broken = document.errors[0]
  if (broken) {
    const line = lines.linePos(broken.pos[0]).line
    const value = broken.message.split('\n')[0]!.replace(/ at line \d+, column \d+:$/, '')
    throw new PolicyError(file, { path: '', value, expected: 'YAML', line })
  }
  const result = policyFile.safeParse(document.toJS() ?? {})
  if (result.success) return { ...result.data, calendars: withDefault(result.data.calendars) }
  throw complaint(telling(result.error.issues.map(deepest)), document, lines, file)
}

type Issue = z.core.$ZodIssue

/** Of a union, the complaint about the shape that was meant: the one that got furthest; none did: about all of them. */
function deepest(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue
  const shapes = issue.errors
    .map(found => found.map(one => deepest({ ...one, path: [...issue.path, ...one.path] } as Issue)))
    .sort((a, b) => depth(b) - depth(a))
  const meant = shapes.find(found => depth(found) > issue.path.length || !isOtherKind(telling(found)))
  if (meant) return telling(meant)
  const wanted = new Set(shapes.map(([first]) => expected(first!)))
  const options = shapes.flatMap(([first]) => optionsOf(first!))
  return { code: 'custom', path: issue.path, message: [...wanted].join(', or '), params: { options } }
}

/** The texts that would have been right. */
function optionsOf(issue: Issue): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(String)
  return issue.code === 'custom' ? ((issue.params?.options as string[] | undefined) ?? []) : []
}

const isOtherKind = ({ code }: Issue): boolean => code === 'invalid_type' || code === 'invalid_value'

const isUnknown = ({ code }: Issue): boolean => code === 'unrecognized_keys'

const depth = (issues: readonly Issue[]): number => Math.max(...issues.map(({ path }) => path.length))

/** An unknown key explains what is missing beside it. */
const telling = (issues: readonly Issue[]): Issue => issues.find(isUnknown) ?? issues[0]!

function complaint(issue: Issue, document: Document, lines: LineCounter, file: string): PolicyError {
  const path = [...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!
    const known = keysAt(policyFile, path)
    return new PolicyError(file, {
      path: [...path, key].join('.'),
      value: `unknown key ${key}`,
      expected: `one of ${known.join(', ')}`,
      nearest: nearest(key, known),
      line: lineOf([...path, key], document, lines),
    })
  }
  const value = document.getIn(path)
  return new PolicyError(file, {
    path: path.join('.'),
    value: shown(value),
    expected: expected(issue),
    nearest: typeof value === 'string' ? nearest(value, optionsOf(issue)) : null,
    line: lineOf(path, document, lines),
  })
}

function expected(issue: Issue): string {
  if (issue.code === 'invalid_value') {
    const options = optionsOf(issue)
    return options.length === 1 ? options[0]! : `one of ${options.join(', ')}`
  }
  if (!issue.message.startsWith('Invalid')) return issue.message
  if (issue.code === 'invalid_type') return kindName(issue.expected)
  if (issue.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message
  return issue.message
}

const kindName = (type: string): string =>
  ({ object: 'a mapping', record: 'a mapping', array: 'a list', boolean: 'true or false' })[type] ??
  `a ${type}`

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (isSeq(value)) return 'a list'
  if (isMap(value)) return 'a mapping'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

/** The line of the deepest part of the path that is written in the file. */
function lineOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): number | null {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined
    if (node?.range) return lines.linePos(node.range[0]).line
  }
  return null
}
