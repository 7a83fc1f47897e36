/** One SQL statement with its parameters. Only {@link sql} makes one, so no value can end up in the text. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

const texts = new WeakMap<TemplateStringsArray, string>()

/**
 * Writes a statement: every `${value}` becomes a parameter (`$1`, `$2`, …). Cast arrays where they stand
 * (`${refs}::text[]`), PostgreSQL cannot guess their type.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Statement {
  let text = texts.get(strings)
  if (text === undefined) {
    text = strings.reduce((whole, piece, i) => `${whole}$${i}${piece}`)
    texts.set(strings, text)
  }
  return { text, values }
}
