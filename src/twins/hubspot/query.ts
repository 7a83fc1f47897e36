import type { FastifyRequest } from 'fastify'
import { invalid, notFound } from './errors.ts'
import { type ObjectInfo, objectNamed } from './objects.ts'

export type Query = Record<string, string | string[] | undefined>

export const queryOf = (request: FastifyRequest) => request.query as Query
export const paramsOf = (request: FastifyRequest) => request.params as Record<string, string>

/** A parameter given several times, with commas, or both. */
export function listOf(query: Query, name: string): string[] {
  const given = query[name]
  const texts = given === undefined ? [] : [given].flat()
  return texts
    .flatMap(text => text.split(','))
    .map(text => text.trim())
    .filter(text => text !== '')
}

export function textOf(query: Query, name: string): string | undefined {
  const given = query[name]
  return Array.isArray(given) ? given.at(-1) : given
}

export const flagOf = (query: Query, name: string): boolean => textOf(query, name) === 'true'

/** @throws HubspotError 400 when it is no whole number from 1 to `max` */
export function limitOf(query: Query, fallback: number, max: number): number {
  const text = textOf(query, 'limit')
  if (text === undefined || text === '') return fallback
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= max) return limit
  throw invalid(`The requested page size of ${text} is not valid; it must be from 1 to ${max}`)
}

/** The id a page starts with. @throws HubspotError 400 for what no page gave out */
export function afterOf(query: Query): number {
  const text = textOf(query, 'after')
  if (text === undefined || text === '') return 0
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw invalid(`Invalid paging cursor: ${text}`)
}

/** The object type of the path. @throws HubspotError 400 for one the portal does not have */
export function typeOf(request: FastifyRequest, param = 'type'): ObjectInfo {
  const name = paramsOf(request)[param] ?? ''
  const info = objectNamed(name)
  if (!info) throw invalid(`Unable to infer object type from: ${name}`)
  return info
}

/** A record id; ids are whole numbers. @throws HubspotError 404 for anything else: nothing has such an id */
export function idOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw notFound()
}

/** The path and the client's page of it, for a `next` link. */
export function nextLink(request: FastifyRequest, after: string): string {
  const url = new URL(request.url, `http://${request.host}`)
  url.searchParams.set('after', after)
  return url.href
}

/** A JSON object from a body. @throws HubspotError 400 for anything else */
export function bodyOf<T>(request: FastifyRequest): T {
  const { body } = request
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw invalid('Invalid input JSON on line 1, column 1: an object is expected')
  }
  return body as T
}

/** The `inputs` of a batch. @throws HubspotError 400 when there are none or too many */
export function inputsOf<T>(request: FastifyRequest, max: number, over?: string): T[] {
  const { inputs } = bodyOf<{ inputs?: unknown }>(request)
  if (!Array.isArray(inputs) || inputs.some(input => input === null || typeof input !== 'object')) {
    throw invalid('Invalid input JSON: inputs must be a list of objects')
  }
  if (inputs.length <= max) return inputs as T[]
  const advice = `The maximum number of inputs supported in a batch is ${max}. Please reduce the number of items and try again`
  throw invalid(over ?? advice)
}
