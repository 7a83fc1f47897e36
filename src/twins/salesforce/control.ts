import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type Access, accessSchema } from './access.ts'
import { bulkPlanSchema } from './bulk/plan.ts'
import type { QueryJobs } from './bulk/query-jobs.ts'
import { RecordError, SalesforceError } from './errors.ts'
import { type EventParts, eventControls } from './events/routes.ts'
import { Human } from './human.ts'
import type { Organisation } from './organisation.ts'
import { Records } from './records.ts'
import { type Rules, rulesSchema } from './rules.ts'

interface ControlParts {
  organisation: Organisation
  queryJobs: QueryJobs
  rules: Rules
  access: Access
  /** The virtual instant, milliseconds. */
  now: () => number
}

const id = z.string().length(18)
/** Who does it: a user's key in the scenario; the system when left out. */
const actor = z.string().default('')
const one = z.strictObject({ id, actor })
const edit = one.extend({ fields: z.record(z.string(), z.unknown()) })
const merge = z.strictObject({ master: id, losers: z.array(id), actor })
const convert = z.strictObject({
  lead: id,
  account: id.optional(),
  contact: id.optional(),
  opportunity: z
    .strictObject({ name: z.string().optional(), amount: z.number().optional() })
    .nullable()
    .optional(),
  actor,
})

/** What only a Salesforce organisation has to be told, below /_twin like the other controls. */
export function controlRoutes(app: FastifyInstance, parts: ControlParts, events: EventParts): void {
  app.register(
    (scope, _options, done) => {
      scope.setErrorHandler((error, _request, reply) => {
        const told = wrong(error)
        if (told === null) throw error
        return reply.code(400).send({ error: told })
      })
      settings(scope, parts)
      people(scope, parts)
      eventControls(scope, events)
      done()
    },
    { prefix: '/_twin' },
  )
}

function wrong(error: unknown): string | null {
  if (error instanceof z.ZodError) return z.prettifyError(error)
  if (error instanceof RecordError) return `${error.statusCode}: ${error.message}`
  return error instanceof SalesforceError ? `${error.errorCode}: ${error.message}` : null
}

function settings(scope: FastifyInstance, { queryJobs, rules, access, now }: ControlParts): void {
  scope.put('/bulk', request => {
    queryJobs.plan = bulkPlanSchema.parse(request.body)
    return queryJobs.plan
  })
  scope.put('/access', request => ({ fields: access.set(accessSchema.parse(request.body).fields) }))
  scope.put('/rules', request => {
    const set = rulesSchema.parse(request.body)
    rules.replace(set, now())
    return set
  })
}

/** POST /_twin/records/…: what people do in the user interface; it is not among the logged writes. */
function people(scope: FastifyInstance, { organisation, rules, access, now }: ControlParts): void {
  const does = <T extends { actor: string }, R>(
    path: string,
    schema: z.ZodType<T>,
    work: (human: Human, wish: T) => R,
  ) => {
    scope.post(`/records/${path}`, request => {
      const wish = schema.parse(request.body)
      const by = organisation.userId(wish.actor)
      const records = new Records({ organisation, rules, access, by, writes: null })
      const human = new Human(organisation, records, by)
      return { done: organisation.database.transaction(() => work(human, wish)) ?? true }
    })
  }
  does('edit', edit, (human, wish) => human.edit(wish.id, wish.fields, now()))
  does('delete', one, (human, wish) => human.remove(wish.id, now()))
  does('undelete', one, (human, wish) => human.undelete(wish.id, now()))
  does('purge', one, (human, wish) => human.purge(wish.id))
  does('merge', merge, (human, wish) => human.merge(wish.master, wish.losers, now()))
  does('convert', convert, (human, wish) => human.convert(wish, now()))
}
