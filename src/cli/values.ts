import { MOMENT_FORMS, type Moment, readMoment } from '../domain/moment.ts'
import { UsageError } from './cli.ts'

/** A whole number from `min` to `max`, both included. */
export const integer =
  (min: number, max = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^-?\d+$/.test(text) || value < min || value > max) {
      const upper = max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`
      throw new UsageError(`'${text}' is not a whole number from ${min}${upper || ' up'}`)
    }
    return value
  }

/** A TCP port; 0 lets the system choose one. */
export const port = integer(0, 65_535)

/** An instant, or a date whose zone is known only later. */
export function moment(text: string): Moment {
  const read = readMoment(text)
  if (read) return read
  throw new UsageError(`'${text}' is no instant; write ${MOMENT_FORMS}`)
}

/** An http or https address. */
export function address(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text
  throw new UsageError(`'${text}' is no address; write it as http://127.0.0.1:3000/webhooks/hubspot`)
}
