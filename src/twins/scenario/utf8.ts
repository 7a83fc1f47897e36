import { isUtf8 } from 'node:buffer'
import { Transform } from 'node:stream'
import { ScenarioError } from './error.ts'

/** Decodes bytes to text and stops at the first that is not UTF-8, naming its line. */
export function strictUtf8(file: string): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let lines = 1
  const wrong = (line: number) =>
    new ScenarioError(
      { file, line },
      'the line is not UTF-8',
      'save the file as UTF-8 (a spreadsheet offers it on export)',
    )
  return new Transform({
    decodeStrings: false,
    encoding: 'utf8',
    transform(chunk: Buffer, _encoding, done) {
      let text: string
      try {
        text = decoder.decode(chunk, { stream: true })
      } catch {
        done(wrong(lines + badLine(chunk)))
        return
      }
      lines += newlines(chunk)
      done(null, text)
    },
    flush(done) {
      try {
        done(null, decoder.decode())
      } catch {
        done(wrong(lines))
      }
    },
  })
}

function newlines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++
  return count
}

/** How many lines of the chunk are clean before the first bad one. */
function badLine(bytes: Buffer): number {
  let from = 0
  for (let line = 0; ; line++) {
    const to = bytes.indexOf(10, from)
    const piece = bytes.subarray(from, to < 0 ? bytes.length : to)
    // The first piece may begin with the rest of a character from the chunk before.
    const whole = line === 0 ? piece.subarray(continuation(piece)) : piece
    if (to < 0 || !isUtf8(whole)) return line
    from = to + 1
  }
}

function continuation(bytes: Buffer): number {
  let at = 0
  while (at < 3 && at < bytes.length && (bytes[at]! & 0xc0) === 0x80) at++
  return at
}
