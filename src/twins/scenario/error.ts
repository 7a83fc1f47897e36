export interface Place {
  /** Path of the file as the user named its folder. */
  file: string
  /** Line in the file, from 1, as an editor counts; null when the fault is the file itself. */
  line?: number | null
  column?: string | null
  value?: string | null
}

const SHOWN = 80

/** A scenario that cannot be loaded: where, which value, and what to write instead. */
export class ScenarioError extends Error {
  override name = 'ScenarioError'
  readonly file: string
  readonly line: number | null
  readonly column: string | null
  readonly value: string | null
  readonly remedy: string

  constructor(place: Place, problem: string, remedy: string) {
    const line = place.line ?? null
    const column = place.column ?? null
    const value = place.value ?? null
    const where = [place.file, line === null ? '' : `line ${line}`, column === null ? '' : `column ${column}`]
    const what = value === null ? problem : `${quoted(value)} ${problem}`
    super(`${where.filter(Boolean).join(', ')}: ${what}; ${remedy}`)
    this.file = place.file
    this.line = line
    this.column = column
    this.value = value
    this.remedy = remedy
  }
}

function quoted(value: string): string {
  return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value)
}
