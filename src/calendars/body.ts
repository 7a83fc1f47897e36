import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { SourceError } from './errors.ts'

/** The part of `fetch` that is used; tests give their own. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

const LIMIT_MS = 30_000
const LARGEST = 16 * 1024 * 1024
const REDIRECTS = 5
const CHECK = 'check it in the policy'

export const isAddress = (source: string): boolean => source.startsWith('https://')

/** The text of a file; relative to `folder`, where the policy stands. @throws SourceError */
export async function readCalendarFile(file: string, folder: string): Promise<string> {
  try {
    const body = await readFile(resolve(folder, file))
    if (body.byteLength > LARGEST) throw tooLarge()
    return body.toString('utf8')
  } catch (error) {
    if (error instanceof SourceError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT')
      throw new SourceError('there is no such file', `${CHECK}; it is looked for beside it`)
    throw new SourceError(`the file cannot be read (${code ?? 'unknown'})`, 'give us the right to read it')
  }
}

const tooLarge = (): SourceError =>
  new SourceError(`it is larger than ${LARGEST / 1024 / 1024} MB`, 'give a calendar of days off only')

/** The text at an https address, over https redirects; within 30 s and 16 MB. @throws SourceError */
export async function fetchCalendar(address: string, fetch: Fetch, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.timeout(LIMIT_MS)
  try {
    return await bodyOf(await answerOf(address, fetch, AbortSignal.any([signal, limit])))
  } catch (error) {
    if (error instanceof SourceError) throw error
    signal.throwIfAborted()
    if (limit.aborted) throw new SourceError(`there was no whole answer within ${LIMIT_MS / 1000} s`)
    throw new SourceError(`the address is not reached (${causeOf(error)})`)
  }
}

async function answerOf(address: string, fetch: Fetch, signal: AbortSignal): Promise<Response> {
  let at = address
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const headers = { accept: 'text/calendar, */*;q=0.1' }
    const answer = await fetch(at, { redirect: 'manual', headers, signal })
    const { status } = answer
    if (status === 200) return answer
    await answer.body?.cancel()
    const location = answer.headers.get('location')
    if (status >= 500 || status === 429) throw new SourceError(`the address answers ${status}`)
    if (status < 300 || status >= 400 || location === null)
      throw new SourceError(`the address answers ${status}`, CHECK)
    at = URL.parse(location, at)?.href ?? ''
    if (!isAddress(at)) throw new SourceError('the address leads to one without https', CHECK)
  }
  throw new SourceError(`the address redirects more than ${REDIRECTS} times`, CHECK)
}

async function bodyOf(answer: Response): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of answer.body ?? []) {
    size += piece.byteLength
    if (size > LARGEST) throw tooLarge()
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** `ENOTFOUND`, never the message, which may hold the address. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause as { code?: unknown } | undefined) : undefined
  return typeof cause?.code === 'string' ? cause.code : 'no answer'
}
