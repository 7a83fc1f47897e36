/** Markup that was written by us or escaped by {@link html}; nothing else can be one. */
export class Html {
  readonly #markup: string
  constructor(markup: string, key: typeof KEY) {
    if (key !== KEY) throw new Error('make Html with html`…`')
    this.#markup = markup
  }
  toString(): string {
    return this.#markup
  }
}

const KEY = Symbol('html')

/** What may stand in a `${}`: text is escaped, markup is kept, lists are joined, nothing shows nothing. */
export type Piece = Html | string | number | null | undefined | false | readonly Piece[]

/**
 * A template whose values are escaped unless they are themselves templates, so that text from a CRM cannot become
 * markup by omission. Attribute values must be quoted: an unquoted one could end at a space and is refused.
 */
export function html(parts: TemplateStringsArray, ...values: Piece[]): Html {
  let markup = parts[0] ?? ''
  values.forEach((value, i) => {
    if (parts[i]?.endsWith('=')) throw new Error(`quote the attribute: ${parts[i].slice(-30)}"\${…}"`)
    markup += show(value) + parts[i + 1]
  })
  return new Html(markup, KEY)
}

/** Markup from a generator of our own (a chart). Never for text that came from outside. */
export const trusted = (markup: string): Html => new Html(markup, KEY)

function show(value: Piece): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (Array.isArray(value)) return value.map(show).join('')
  return escaped(String(value))
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, sign => ENTITIES[sign] ?? sign)

/** An address for `href`: http and https only, so that a record cannot smuggle in `javascript:`. Null for others. */
export function webAddress(text: string): string | null {
  const url = URL.parse(text)
  return url && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}
