import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)

/** A type as a declaration file of jsforce writes it; what is not understood may be anything. */
type Shape =
  | { is: 'any' }
  | { is: 'null' }
  | { is: 'literal'; value: string }
  | { is: 'plain'; name: 'string' | 'number' | 'boolean' }
  | { is: 'named'; name: string }
  | { is: 'list'; of: Shape }
  | { is: 'object'; fields: [name: string, needed: boolean, of: Shape][]; rest: Shape | null }
  | { is: 'all' | 'one'; of: Shape[] }

const TOKENS = /\/\*[\s\S]*?\*\/|'[^']*'|[A-Za-z_]\w*|\[\]|[{}<>()[\]?:;&|=,]/g

/** The types that some files of jsforce declare: what it takes an answer of Salesforce to look like. */
export class DeclaredTypes {
  readonly #types = new Map<string, Shape>()

  /** @param files such as `types/common` */
  constructor(...files: string[]) {
    for (const file of files) {
      const text = readFileSync(load.resolve(`jsforce/lib/${file}.js`).replace(/js$/, 'd.ts'), 'utf8')
      for (const { 1: name, index, 0: head } of text.matchAll(/^(?:export )?type (\w+) = /gm)) {
        const tokens = text.slice(index + head.length).match(TOKENS) ?? []
        this.#types.set(name!, new Reader(tokens.filter(token => !token.startsWith('/*'))).type())
      }
    }
  }

  /**
   * Where an answer departs from a type: fields that must be there and are not, values of another type. What Salesforce
   * adds is no departure, as jsforce does not list all; null is none either, as it has null for whatever is not used.
   */
  departures(value: unknown, type: string, at = type): string[] {
    const shape = this.#types.get(type)
    return shape ? this.#against(value, shape, at) : [`${type} is not declared`]
  }

  #against(value: unknown, shape: Shape, at: string): string[] {
    if (value === null) return []
    switch (shape.is) {
      case 'any':
        return []
      case 'null':
        return [`${at} is not null`]
      case 'named':
        return this.#types.has(shape.name) ? this.departures(value, shape.name, at) : []
      case 'literal':
        return value === shape.value ? [] : [`${at} is '${String(value)}'`]
      case 'plain':
        return typeof value === shape.name ? [] : [`${at} is ${typeof value}, not ${shape.name}`]
      case 'list':
        if (!Array.isArray(value)) return [`${at} is no list`]
        return value.flatMap((item, place) => this.#against(item, shape.of, `${at}[${place}]`))
      case 'all':
        return shape.of.flatMap(part => this.#against(value, part, at))
      case 'one': {
        const tries = shape.of.map(part => this.#against(value, part, at))
        return tries.find(found => found.length === 0) ?? tries[0]!
      }
      case 'object':
        return this.#object(value, shape, at)
    }
  }

  #object(value: unknown, { fields, rest }: Shape & { is: 'object' }, at: string): string[] {
    if (typeof value !== 'object' || Array.isArray(value)) return [`${at} is no object`]
    const given = value as Record<string, unknown>
    const others = rest ? Object.keys(given).filter(key => !fields.some(([name]) => name === key)) : []
    return [
      ...fields.flatMap(([name, needed, of]) => {
        if (given[name] !== undefined) return this.#against(given[name], of, `${at}.${name}`)
        return needed ? [`${at}.${name} is missing`] : []
      }),
      ...others.flatMap(name => this.#against(given[name], rest!, `${at}.${name}`)),
    ]
  }
}

class Reader {
  readonly #tokens: string[]
  #place = 0

  constructor(tokens: string[]) {
    this.#tokens = tokens
  }

  type(): Shape {
    const choices = this.#several('|', () => this.#several('&', () => this.#suffixed(), 'all'), 'one')
    return choices
  }

  #several(separator: string, part: () => Shape, is: 'all' | 'one'): Shape {
    this.#took(separator)
    const of = [part()]
    while (this.#took(separator)) of.push(part())
    return of.length === 1 ? of[0]! : { is, of }
  }

  #suffixed(): Shape {
    let shape = this.#simple()
    while (this.#took('[]')) shape = { is: 'list', of: shape }
    return shape
  }

  #simple(): Shape {
    const token = this.#next()
    if (token === '{') return this.#fields()
    if (token.startsWith("'")) return { is: 'literal', value: token.slice(1, -1) }
    if (token === 'string' || token === 'number' || token === 'boolean') return { is: 'plain', name: token }
    if (token === 'null' || token === 'undefined') return { is: 'null' }
    if (!this.#took('<')) return /^[A-Z]/.test(token) ? { is: 'named', name: token } : { is: 'any' }
    const of = this.type()
    while (!this.#took('>')) this.#next()
    if (token === 'Array') return { is: 'list', of }
    return token === 'Optional' ? { is: 'one', of: [of, { is: 'null' }] } : { is: 'any' }
  }

  #fields(): Shape {
    const shape: Shape & { is: 'object' } = { is: 'object', fields: [], rest: null }
    while (!this.#took('}')) {
      const name = this.#next()
      if (name === '[') {
        while (!this.#took(']')) this.#next()
        this.#took(':')
        shape.rest = this.type()
      } else {
        const optional = this.#took('?')
        this.#took(':')
        shape.fields.push([name.replace(/^'|'$/g, ''), !optional, this.type()])
      }
      this.#took(';')
    }
    return shape
  }

  #next(): string {
    return this.#tokens[this.#place++] ?? ';'
  }

  #took(token: string): boolean {
    if (this.#tokens[this.#place] !== token) return false
    this.#place++
    return true
  }
}
