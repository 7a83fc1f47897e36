import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { bulkPlanSchema } from './bulk/plan.ts'
import type { QueryJobs } from './bulk/query-jobs.ts'

interface ControlParts {
  queryJobs: QueryJobs
}

/** What only a Salesforce organisation has to be told, below /_twin like the other controls. */
export function controlRoutes(app: FastifyInstance, { queryJobs }: ControlParts): void {
  app.register(
    (scope, _options, done) => {
      scope.setErrorHandler((error, _request, reply) => {
        if (!(error instanceof z.ZodError)) throw error
        return reply.code(400).send({ error: z.prettifyError(error) })
      })
      scope.put('/bulk', request => {
        queryJobs.plan = bulkPlanSchema.parse(request.body)
        return queryJobs.plan
      })
      done()
    },
    { prefix: '/_twin' },
  )
}
