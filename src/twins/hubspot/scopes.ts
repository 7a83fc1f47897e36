import type { FastifyRequest } from 'fastify'
import { callKind } from '../http/counters.ts'
import { HubspotError } from './errors.ts'
import { type ObjectType, objectNamed } from './objects.ts'
import { paramsOf } from './query.ts'

type Deed = 'read' | 'write'

/** What a call to records of a type needs; calls and meetings are part of contacts, what e-mails say is not. */
function ofRecords(type: ObjectType, deed: Deed): readonly string[] {
  if (type === 'deal') return [`crm.objects.deals.${deed}`]
  if (type === 'company') return [`crm.objects.companies.${deed}`]
  return type === 'email' && deed === 'read' ? ['sales-email-read'] : [`crm.objects.contacts.${deed}`]
}

/** Settings of a type are open to whoever may see its records. */
const ofSettings = (type: ObjectType, deed: Deed): readonly string[] => {
  const object = type === 'deal' ? 'deals' : type === 'company' ? 'companies' : 'contacts'
  const schema = `crm.schemas.${object}.${deed}`
  return deed === 'write' ? [schema] : [schema, `crm.objects.${object}.read`]
}

/** Scopes of which the call needs one; none where every token may ask. */
function neededFor(request: FastifyRequest): readonly string[] {
  const route = request.routeOptions.url ?? ''
  const deed = callKind(request.method, route) === 'read' ? 'read' : 'write'
  if (/\/owners(\/|$)/.test(route)) return ['crm.objects.owners.read']
  if (/\/lists(\/|$)/.test(route)) return [`crm.lists.${deed}`]
  const { type = '', from = type } = paramsOf(request)
  const object = objectNamed(from)
  if (!object) return []
  return /\/(properties|pipelines)\//.test(route)
    ? ofSettings(object.type, deed)
    : ofRecords(object.type, deed)
}

/**
 * What a call is answered that its token has no scope for; undefined: it may go on.
 * @param granted to the token; null: everything
 */
export function missingScope(
  request: FastifyRequest,
  granted: readonly string[] | null,
): HubspotError | undefined {
  const needed = granted ? neededFor(request) : []
  if (!granted || needed.length === 0 || needed.some(scope => granted.includes(scope))) return undefined
  const words = "This app hasn't been granted all required scopes to make this call."
  const errors = [
    {
      message: 'One or more of the following scopes are required.',
      context: { requiredGranularScopes: needed },
    },
  ]
  const more = 'https://developers.hubspot.com/scopes'
  return new HubspotError(403, 'MISSING_SCOPES', `${words} Read more about required scopes here: ${more}.`, {
    errors,
    links: { scopes: more },
  })
}
