import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { z } from 'zod'
import { type Fault, faultSchema } from './faults.ts'

/** A fault script that cannot be followed: where, what, and what is allowed. */
export class FaultScriptError extends Error {
  override name = 'FaultScriptError'
}

type Path = readonly PropertyKey[]

/**
 * The faults of a script: a YAML or JSON list of faults, one fault, or `faults:` with a list.
 * @param name of the file, as the user gave it
 * @throws FaultScriptError for the first thing that is wrong, with its line and the allowed keys or values
 */
export function readFaultScript(text: string, name: string): Fault[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number | undefined) => lines.linePos(offset ?? 0).line
  const [broken] = document.errors
  if (broken)
    throw new FaultScriptError(`${name}, line ${lineAt(broken.pos[0])}: ${firstLine(broken.message)}`)
  const given: unknown = document.toJS()
  const under = isMap(document.contents) && document.has('faults') ? ['faults'] : []
  const list = under.length > 0 ? (given as { faults: unknown }).faults : given
  const faults = z.array(faultSchema).safeParse(Array.isArray(list) ? list : [list])
  if (faults.success) return faults.data
  const issue = told(faults.error.issues[0]!)
  const path = Array.isArray(list) ? [...under, ...issue.path] : [...under, ...issue.path.slice(1)]
  const line = lineAt(nodeAt(document.contents, path)?.range?.[0])
  throw new FaultScriptError(`${name}, line ${line}: ${issue.words}`)
}

/** An issue in words: the key, the value, and what is allowed instead. */
export function told(issue: z.core.$ZodIssue): { path: Path; words: string } {
  const key = issue.path.slice(1).join('.') || 'a fault'
  if (issue.code === 'unrecognized_keys') {
    const [unknown = ''] = issue.keys
    const keys = Object.keys(faultSchema.shape).join(', ')
    return { path: [...issue.path, unknown], words: `unknown key '${unknown}'; a fault has the keys ${keys}` }
  }
  if (issue.code === 'invalid_value') {
    return { path: issue.path, words: `${key} is not one of ${issue.values.map(String).join(', ')}` }
  }
  if (issue.code === 'invalid_union') {
    return { path: issue.path, words: `${key} is not one of true, false, request, after, during, never` }
  }
  return { path: issue.path, words: `${key}: ${firstLine(issue.message)}` }
}

/** The node at a path, or the nearest one above it; of a key in a map, the key itself. */
function nodeAt(root: unknown, path: Path): Node | undefined {
  let node = root
  let found = root as Node | undefined
  for (const step of path) {
    if (isSeq(node)) node = node.items[Number(step)]
    else if (isMap(node)) {
      const pair = node.items.find(item => String(item.key) === String(step))
      if (pair) found = pair.key as Node
      node = pair?.value
    } else return found
    if (isSeq(node) || isMap(node)) found = node
  }
  return found
}

const firstLine = (text: string) => text.split('\n', 1)[0] ?? ''
