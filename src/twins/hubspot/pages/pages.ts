import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { html } from '../../http/html.ts'
import type { Portal } from '../portal.ts'
import { flagOf, paramsOf, queryOf, textOf } from '../query.ts'
import { contactPage, dealPage } from './contact.ts'
import { LIST_PATH, page, recordPath } from './layout.ts'
import { listPage } from './list.ts'

const other = { config: { kind: 'other' } } as const

/** What a marketer sees, under the addresses HubSpot uses. */
export function pages(app: FastifyInstance, portal: Portal): void {
  app.get('/', other, (_request, reply) => reply.redirect(LIST_PATH))
  app.get(LIST_PATH, other, (request, reply) => {
    const query = queryOf(request)
    const before = /^(\d{1,15})-(\d{1,15})$/.exec(textOf(query, 'before') ?? '')
    const text = listPage(portal, {
      overdue: flagOf(query, 'overdue'),
      search: textOf(query, 'search')?.trim() ?? '',
      before: before ? { modified: Number(before[1]), id: Number(before[2]) } : undefined,
    })
    return send(reply, 200, text)
  })
  app.get(recordPath('0-1', ':id'), other, (request, reply) => record(portal, 'contact', request, reply))
  app.get(recordPath('0-3', ':id'), other, (request, reply) => record(portal, 'deal', request, reply))
}

/** An id merged away leads to the record that took its place. */
function record(portal: Portal, type: 'contact' | 'deal', request: FastifyRequest, reply: FastifyReply) {
  const text = paramsOf(request).id ?? ''
  const id = /^\d{1,15}$/.test(text) ? portal.store.resolve(type, Number(text)) : -1
  if (id !== Number(text) && id > 0) return reply.redirect(recordPath(type === 'deal' ? '0-3' : '0-1', id))
  const rec = portal.store.get(type, id)
  if (!rec) return send(reply, 404, page(portal, 'Not found', html`<p>No ${type} has the id ${text}.</p>`))
  return send(reply, 200, type === 'deal' ? dealPage(portal, rec) : contactPage(portal, rec))
}

function send(reply: FastifyReply, status: number, text: string) {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'")
    .send(text)
}
