import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type PropertyDefinition, type PropertyType, property } from '../definitions/property.ts'
import { HubspotError, invalid, notFound, partError } from '../errors.ts'
import type { ObjectType } from '../objects.ts'
import type { Portal } from '../portal.ts'
import { bodyOf, flagOf, inputsOf, paramsOf, queryOf, typeOf } from '../query.ts'
import { iso } from '../record.ts'
import { envelope } from './envelope.ts'
import { families } from './families.ts'

const MAX = 100
const TYPES: readonly string[] = ['string', 'number', 'date', 'datetime', 'enumeration', 'bool']

type Wish = Partial<PropertyDefinition>

/** Property definitions and their groups. */
export function propertyRoutes(app: FastifyInstance, portal: Portal): void {
  const { definitions } = portal
  for (const prefix of families('crm/properties', 'v3')) {
    app.get(`${prefix}/:type`, request => {
      const { type } = typeOf(request)
      return { results: flagOf(queryOf(request), 'archived') ? [] : definitions.all(type) }
    })
    app.get(`${prefix}/:type/groups`, request => ({ results: definitions.groups(typeOf(request).type) }))
    app.post(`${prefix}/:type/groups`, (request, reply) => createGroup(portal, request, reply))
    app.get(`${prefix}/:type/:name`, request => {
      const found = definitions.get(typeOf(request).type, paramsOf(request).name ?? '')
      if (!found) throw notFound(`Property ${paramsOf(request).name} does not exist`)
      return found
    })
    app.delete(`${prefix}/:type/:name`, (request, reply) => {
      const name = paramsOf(request).name ?? ''
      if (!definitions.remove(typeOf(request).type, name)) throw notFound(`Property ${name} does not exist`)
      return reply.code(204).send()
    })
    app.post(`${prefix}/:type`, (request, reply) =>
      reply.code(201).send(create(portal, typeOf(request).type, bodyOf<Wish>(request))),
    )
    app.post(`${prefix}/:type/batch/create`, (request, reply) => createBatch(portal, request, reply))
    app.post(`${prefix}/:type/batch/read`, (request, reply) => readBatch(portal, request, reply))
  }
}

/** @throws HubspotError 409 when a property of that name exists */
function create(portal: Portal, type: ObjectType, wish: Wish): PropertyDefinition {
  const { name = '', label = name, groupName = '', fieldType = '' } = wish
  if (portal.definitions.get(type, name)) {
    throw new HubspotError(409, 'OBJECT_ALREADY_EXISTS', `A property named '${name}' already exists.`, {
      subCategory: 'Properties.PROPERTY_EXISTS',
    })
  }
  if (!/^[a-z][a-z0-9_]*$/.test(name)) throw invalid(`Property name '${name}' is not valid`)
  if (!TYPES.includes(wish.type ?? '')) throw invalid(`Property type '${wish.type}' is not valid`)
  if (fieldType === '') throw invalid('fieldType is required')
  if (!portal.definitions.groups(type).some(group => group.name === groupName)) {
    throw invalid(`Property group '${groupName}' does not exist`)
  }
  const now = iso(portal.clock.now())
  const plain = property(name, label, wish.type as PropertyType, {
    group: groupName,
    fieldType,
    custom: true,
  })
  const options = (wish.options ?? plain.options).map((option, order) => ({
    label: option.label,
    value: option.value,
    displayOrder: option.displayOrder ?? order,
    hidden: option.hidden ?? false,
  }))
  const { description = '', hasUniqueValue = false } = wish
  const made = { ...plain, options, description, hasUniqueValue, createdAt: now, updatedAt: now }
  portal.definitions.add(type, made)
  return made
}

function createGroup(portal: Portal, request: FastifyRequest, reply: FastifyReply) {
  const { type } = typeOf(request)
  const { name, label, displayOrder } = bodyOf<{ name?: string; label?: string; displayOrder?: number }>(
    request,
  )
  if (!name) throw invalid('name is required')
  if (portal.definitions.groups(type).some(group => group.name === name)) {
    throw new HubspotError(409, 'OBJECT_ALREADY_EXISTS', `A property group named '${name}' already exists.`)
  }
  const group = { name, label: label ?? name, displayOrder: displayOrder ?? -1, archived: false }
  portal.definitions.addGroup(type, group)
  return reply.code(201).send(group)
}

function createBatch(portal: Portal, request: FastifyRequest, reply: FastifyReply) {
  const { type } = typeOf(request)
  const results: PropertyDefinition[] = []
  const errors: unknown[] = []
  for (const wish of inputsOf<Wish>(request, MAX)) {
    try {
      results.push(create(portal, type, wish))
    } catch (error) {
      if (!(error instanceof HubspotError)) throw error
      errors.push(partError(error, { name: [wish.name ?? ''] }))
    }
  }
  return envelope(portal, reply, 201, results, errors)
}

function readBatch(portal: Portal, request: FastifyRequest, reply: FastifyReply) {
  const { type } = typeOf(request)
  const names = inputsOf<{ name?: string }>(request, MAX).map(({ name }) => name ?? '')
  const results = names.map(name => portal.definitions.get(type, name)).filter(found => found !== undefined)
  const known = new Set(results.map(({ name }) => name))
  const missing = names.filter(name => !known.has(name))
  const errors = missing.map(name => partError(notFound(`Property ${name} does not exist`), { name: [name] }))
  return envelope(portal, reply, 200, results, errors)
}
