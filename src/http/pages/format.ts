import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../domain/time.ts'
import { type Html, html } from './html.ts'

const NUMBER = new Intl.NumberFormat('en-GB')

/** 12,345 */
export const count = (n: number): string => NUMBER.format(n)

/** `1 lead`, `2 leads`. */
export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`

/** Elapsed time in its largest sensible unit, for reading at a glance: `45 s`, `12 min`, `5.4 h`, `3.1 days`. */
export function duration(ms: number): string {
  if (ms < 0) return `−${duration(-ms)}`
  if (ms < MINUTE) return unit(Math.floor(ms / SECOND), 's')
  if (ms < HOUR) return unit(Math.floor(ms / MINUTE), 'min')
  if (ms < 2 * DAY) return unit(oneDecimal(ms / HOUR), 'h')
  return unit(oneDecimal(ms / DAY), 'days')
}

/** `5 min ago`, `just now`. */
export const ago = (ms: number): string => (ms < 1000 ? 'just now' : `${duration(ms)} ago`)

/** A number and its unit, never parted by the end of a line. */
const unit = (n: number | string, of: string): string => `${n}\u00a0${of}`

const oneDecimal = (n: number): string => (n < 100 ? trimmed(n) : count(Math.round(n)))

const trimmed = (n: number): string => n.toFixed(1).replace(/\.0$/, '')

/** A share of a whole: `37 %`, one decimal below 10. Null when there is no whole. */
export function percent(part: number, whole: number): string | null {
  if (whole === 0) return null
  const share = (100 * part) / whole
  return unit(fewDigits(share), '%')
}

/** One decimal below 10, unless it is a zero; none from there on: `4.2`, `7`, `37`. */
export const fewDigits = (n: number): string => (n < 10 ? trimmed(n) : String(Math.round(n)))

/** Writes instants in one zone; built once, because making a formatter is dear. */
export interface Clock {
  /** `Tue 12 May, 14:20` */
  moment(at: Instant): Html
  /** `12 May 2026, 14:20 UTC` */
  full(at: Instant): Html
  /** These words (`5 min ago`) with the instant behind them. */
  since(at: Instant, words: string): Html
}

export function clockOf(timeZone: string): Clock {
  const short = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  })
  const long = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
  const since = (at: Instant, words: string) => time(at, words, long.format(at))
  return { moment: at => time(at, short.format(at)), full: at => time(at, long.format(at)), since }
}

const time = (at: Instant, words: string, title?: string): Html =>
  html`<time datetime="${new Date(at).toISOString()}"${title && html` title="${title}"`}>${words}</time>`

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `2026-05` → `May`; in January, and where asked, with its year: `Jan 26`. */
export function monthName(month: string, withYear: boolean): string {
  const name = MONTHS[Number(month.slice(5)) - 1] ?? month
  return withYear || month.endsWith('-01') ? `${name} ${month.slice(2, 4)}` : name
}
