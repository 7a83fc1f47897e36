import { readFileSync } from 'node:fs'
import { ScenarioError } from './error.ts'
import { INSTANT_REMEDY, Instants, instantProblem, isTimeZone } from './instant.ts'
import type { Company } from './types.ts'

const SETTINGS = [
  ...['name', 'description', 'timeZone', 'start', 'now', 'connector', 'hubspotLagSeconds', 'leadHistory'],
]

/** scenario.json, checked. */
export function readSettings(
  file: string,
  warn: (message: string) => void,
): Omit<Company, 'users' | 'accounts' | 'campaigns'> {
  const settings = new Settings(file)
  for (const key of settings.keys()) {
    if (!SETTINGS.includes(key)) warn(`${file}: unknown key ${JSON.stringify(key)} is ignored`)
  }
  const timeZone = settings.text('timeZone')
  if (!isTimeZone(timeZone)) {
    throw settings.error('timeZone', 'is not a time zone', 'use an IANA name such as America/Sao_Paulo')
  }
  const instants = new Instants(timeZone)
  const start = settings.instant('start', instants)
  const now = settings.instant('now', instants)
  if (now < start) throw settings.error('now', 'is before start', 'the scenario must end after it starts')
  return {
    name: settings.text('name'),
    description: settings.text('description', ''),
    timeZone,
    start,
    now,
    connector: settings.flag('connector'),
    hubspotLagSeconds: settings.seconds('hubspotLagSeconds'),
    ...(settings.keys().includes('leadHistory') && { leadHistory: settings.names('leadHistory') }),
  }
}

/** The keys of scenario.json, each with its error. */
class Settings {
  readonly #file: string
  readonly #text: string
  readonly #values: Record<string, unknown>

  constructor(file: string) {
    this.#file = file
    this.#text = readText(file)
    this.#values = parseObject(file, this.#text)
  }

  keys(): string[] {
    return Object.keys(this.#values)
  }

  text(key: string, fallback?: string): string {
    const value = this.#values[key] ?? fallback
    if (typeof value === 'string' && (value !== '' || fallback !== undefined)) return value
    throw this.error(key, 'is not a text', `give ${key} in double quotes`)
  }

  instant(key: string, instants: Instants): number {
    const text = this.text(key)
    const at = instants.read(text)
    if (at === null) throw this.error(key, instantProblem(text), INSTANT_REMEDY)
    return at
  }

  flag(key: string): boolean {
    const value = this.#values[key] ?? false
    if (typeof value === 'boolean') return value
    throw this.error(key, 'is neither true nor false', 'write true or false without quotes')
  }

  seconds(key: string): number {
    const value = this.#values[key] ?? 0
    if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
    throw this.error(key, 'is not a number of seconds', 'write a whole number from 0 without quotes')
  }

  names(key: string): string[] {
    const value = this.#values[key]
    if (Array.isArray(value) && value.every(one => typeof one === 'string')) return value
    throw this.error(key, 'is not a list of names', 'write API names in double quotes, in square brackets')
  }

  error(key: string, problem: string, remedy: string): ScenarioError {
    const value = this.#values[key]
    const shown = value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
    const at = this.#text.indexOf(`"${key}"`)
    const line = at < 0 ? null : this.#text.slice(0, at).split('\n').length
    const place = { file: this.#file, line, column: key, value: shown }
    if (value === undefined) return new ScenarioError({ ...place, value: null }, 'is missing', remedy)
    return new ScenarioError(place, problem, remedy)
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new ScenarioError({ file }, 'the file does not exist', 'a scenario folder needs it')
  }
}

function parseObject(file: string, text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const problem = `is not JSON (${(error as Error).message.replace(/, (\.\.\.)?"[\s\S]*/, '')})`
    throw new ScenarioError({ file, line: errorLine(error as Error, text) }, problem, 'correct it')
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>
  }
  throw new ScenarioError({ file, line: 1 }, 'is not a JSON object', 'write {"name": …, "timeZone": …, …}')
}

/** V8 names the position of a fault, or quotes the text around it (ten characters before); else it is the end. */
function errorLine({ message }: Error, text: string): number {
  const position = /at position (\d+)/.exec(message)?.[1]
  const around = /, (\.\.\.)?"([\s\S]*)"(\.\.\.)? is not valid JSON$/.exec(message)
  let at = position === undefined ? text.length : Number(position)
  if (around) at = text.indexOf(around[2]!) + (around[1] ? 10 : 0)
  return text.slice(0, at).split('\n').length
}
