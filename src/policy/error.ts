/** A policy that cannot be used: where, what stands there, what was expected, and the nearest thing that would do. */
export class PolicyError extends Error {
  readonly file: string
  /** Dotted path of the value, `promises.first_attempt.due`; empty for the file as a whole. */
  readonly path: string
  readonly value: string
  readonly expected: string
  /** The valid key or value spelt most like the wrong one. */
  readonly nearest: string | null
  readonly line: number | null

  constructor(
    file: string,
    problem: { path: string; value: string; expected: string; nearest?: string | null; line?: number | null },
  ) {
    const { path, value, expected, nearest = null, line = null } = problem
    const place = line === null ? file : `${file}:${line}`
    const where = path === '' ? place : `${place}: ${path}`
    const hint = nearest === null ? '' : `; did you mean ${nearest}?`
    super(`${where}: ${value}, expected ${expected}${hint}`)
    this.name = 'PolicyError'
    this.file = file
    this.path = path
    this.value = value
    this.expected = expected
    this.nearest = nearest
    this.line = line
  }
}
