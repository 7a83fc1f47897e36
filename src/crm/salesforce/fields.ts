import { z } from 'zod'
import type { PolicyField } from '../../domain/facts.ts'
import { spelt } from '../extra.ts'
import { type SalesforceClient, SalesforceRefused } from './client.ts'
import { isWritable, present, type SalesforceObject, SOURCES, type Source } from './objects.ts'
import { ownedNames } from './owned.ts'

/** What this user can see of an object's fields. */
export type Described = Map<string, { type: string; updateable: boolean }>

/** The object or field is not there, or not for this user. */
export const isAbsent = (error: unknown): boolean =>
  error instanceof SalesforceRefused && ABSENT.has(error.code)

const ABSENT = new Set(['INVALID_TYPE', 'INVALID_FIELD', 'NOT_FOUND', 'HTTP_404', 'INSUFFICIENT_ACCESS'])

const described = z.object({
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.string().default('string'),
      updateable: z.boolean().default(true),
    }),
  ),
})

/** Which fields of each object are read: the wished ones that the organisation has. */
export class Fields {
  readonly #client: SalesforceClient
  readonly #prefix: string
  readonly #known = new Map<SalesforceObject, readonly string[] | null>()
  /** Fields of Lead that the policy names. */
  readonly #wished: readonly PolicyField[]
  /** Those of them that were there when we last asked. */
  extra: readonly string[] = []

  constructor(client: SalesforceClient, prefix: string, wished: readonly PolicyField[]) {
    this.#client = client
    this.#prefix = prefix
    this.#wished = wished
  }

  /** The fields this user can see; null when the object is not there for them. */
  async described(sobject: string, signal: AbortSignal): Promise<Described | null> {
    try {
      const path = `/sobjects/${sobject}/describe`
      const { body } = await this.#client.get(`describe ${sobject}`, path, described, signal)
      return new Map(body.fields.map(({ name, ...field }) => [name, field]))
    } catch (error) {
      if (isAbsent(error)) return null
      throw error
    }
  }

  /**
   * The fields that the policy names, as far as they are there, on a lead and in its history. While one is missing it is
   * asked for again with every scan: somebody may have created it, or granted us the right to see it.
   */
  async extraOf(object: SalesforceObject, signal: AbortSignal): Promise<readonly string[]> {
    if (object !== 'lead' && object !== 'history') return []
    if (this.extra.length < this.#wished.length) await this.of('lead', true, signal)
    return this.extra
  }

  /** Whether a lead's fields have been looked up. */
  get knowsLeads(): boolean {
    return this.#known.has('lead')
  }

  /** The fields to read; null when the object is not there. @param again ask describe what is left of them */
  async of(object: SalesforceObject, again: boolean, signal: AbortSignal): Promise<readonly string[] | null> {
    const known = this.#known.get(object)
    if (known !== undefined && !again) return known
    const source: Source = SOURCES[object]
    const wished = [...source.fields, ...(isWritable(object) ? ownedNames(this.#prefix) : [])]
    const fields = source.varies || again ? await this.#present(object, wished, signal) : wished
    this.#known.set(object, fields)
    return fields
  }

  async #present(object: SalesforceObject, wished: string[], signal: AbortSignal): Promise<string[] | null> {
    const { sobject, optional }: Source = SOURCES[object]
    const seen = await this.described(sobject, signal)
    if (!seen && !optional) {
      const detail = 'INVALID_TYPE: the integration user may not read this object'
      throw new SalesforceRefused(`describe ${sobject}`, 'INVALID_TYPE', detail)
    }
    const fields = seen && present(wished, new Set(seen.keys()))
    if (!fields || !seen || object !== 'lead') return fields
    this.extra = spelt(this.#wished, seen.keys())
    return [...new Set([...fields, ...this.extra])]
  }
}
