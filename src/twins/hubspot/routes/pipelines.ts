import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFound } from '../errors.ts'
import type { Portal } from '../portal.ts'
import { paramsOf, typeOf } from '../query.ts'
import { families } from './families.ts'

const BORN = '2017-01-01T00:00:00.000Z'
const stamped = { createdAt: BORN, updatedAt: BORN, archived: false }

/** The deal pipeline with its stages; other objects have none. */
export function pipelineRoutes(app: FastifyInstance, portal: Portal): void {
  for (const prefix of families('crm/pipelines', 'v3')) {
    app.get(`${prefix}/:type`, request => ({ results: pipelines(portal, request) }))
    app.get(`${prefix}/:type/:id`, request => one(portal, request))
    app.get(`${prefix}/:type/:id/stages`, request => ({ results: one(portal, request).stages }))
  }
}

function pipelines({ pipeline }: Portal, request: FastifyRequest) {
  if (typeOf(request).type !== 'deal') return []
  const stages = pipeline
    .stages()
    .map(stage => ({ ...stage, ...stamped, writePermissions: 'CRM_PERMISSIONS_ENFORCEMENT' }))
  return [{ id: pipeline.id, label: pipeline.label, displayOrder: 0, stages, ...stamped }]
}

function one(portal: Portal, request: FastifyRequest) {
  const found = pipelines(portal, request).find(({ id }) => id === paramsOf(request).id)
  if (!found) throw notFound()
  return found
}
