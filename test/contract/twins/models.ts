import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const load = createRequire(import.meta.url)
const root = '@hubspot/api-client/lib/codegen/'

/** A field of a model as the client's deserialiser knows it. */
interface Field {
  baseName: string
  type: string
  format: string
}

type Models = Record<string, { getAttributeTypeMap?(): Field[] }>

/** The models of one group of HubSpot's client, such as `crm/objects`: what it takes an answer to look like. */
export class ClientModels {
  readonly #folder: string
  readonly #models: Models

  constructor(group: string) {
    this.#folder = `${root}${group}/models`
    this.#models = load(`${this.#folder}/all.js`) as Models
  }

  /**
   * Where an answer departs from a model: fields that must be there and are not, fields the model does not know, values
   * of another type. Empty: it is what the client expects.
   */
  departures(value: unknown, type: string, at = 'answer'): string[] {
    const optional = / \| null$/.exec(type)
    if (optional) return value === null ? [] : this.departures(value, type.slice(0, -7), at)
    const list = /^Array<(.*)>$/.exec(type)
    if (list) {
      if (!Array.isArray(value)) return [`${at} is no list`]
      return value.flatMap((item, place) => this.departures(item, list[1]!, `${at}[${place}]`))
    }
    const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)
    if (map) {
      if (!isObject(value)) return [`${at} is no object`]
      return Object.entries(value).flatMap(([key, item]) => this.departures(item, map[1]!, `${at}.${key}`))
    }
    const model = this.#models[type]
    return model?.getAttributeTypeMap
      ? this.#ofModel(value, type, model.getAttributeTypeMap(), at)
      : plain(value, type, at)
  }

  #ofModel(value: unknown, type: string, fields: readonly Field[], at: string): string[] {
    if (!isObject(value)) return [`${at} is no ${type}`]
    const known = new Set(fields.map(({ baseName }) => baseName))
    const strange = Object.keys(value).filter(name => !known.has(name))
    const missing = [...this.#required(type)].filter(name => known.has(name) && value[name] === undefined)
    return [
      ...strange.map(name => `${at}.${name} is not in ${type}`),
      ...missing.map(name => `${at}.${name} is missing, ${type} needs it`),
      ...fields.flatMap(({ baseName, type: of }) =>
        value[baseName] === undefined ? [] : this.departures(value[baseName], of, `${at}.${baseName}`),
      ),
    ]
  }

  /** The fields that the model's declaration gives no question mark. */
  #required(type: string): Set<string> {
    const declared = readFileSync(load.resolve(`${this.#folder}/${type}.js`).replace(/js$/, 'd.ts'), 'utf8')
    // JSON's `from` and `new` are `_from` and `_new` in the client.
    return new Set([...declared.matchAll(/^ {4}'(\w+)':/gm)].map(([, name]) => name!.replace(/^_/, '')))
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Enumerations are text: the client takes any. */
function plain(value: unknown, type: string, at: string): string[] {
  if (type === 'Date') {
    const isInstant = typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)
    return isInstant ? [] : [`${at} is no instant`]
  }
  if (type === 'any') return []
  const wanted = type === 'number' || type === 'boolean' ? type : 'string'
  return typeof value === wanted ? [] : [`${at} is ${typeof value}, not ${type}`]
}
