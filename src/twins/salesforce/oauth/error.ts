/** A grant is refused: HTTP 400 or 401 with `{error, error_description}`. */
export class GrantError extends Error {
  override readonly name = 'GrantError'
  readonly error: string

  constructor(error: string, description: string) {
    super(description)
    this.error = error
  }
}
