import type { FastifyInstance, FastifyReply } from 'fastify'
import { type Html, html } from '../../http/html.ts'
import type { Database } from '../database.ts'
import { longId } from '../ids.ts'
import type { Organisation } from '../organisation.ts'
import { account, contact, lead } from '../schema/people.ts'
import { page } from './layout.ts'
import { listBody, readList, type Words } from './list.ts'
import { recordBody } from './record.ts'

interface Parts {
  organisation: Organisation
  database: Database
  now: () => number
}

/** The pages a rep sees, at the vendor's addresses. They need no sign-in. */
export function pageRoutes(app: FastifyInstance, { organisation, database, now }: Parts): void {
  const OTHER = { config: { kind: 'other' } } as const
  const shownObject = (name: string) => [lead, contact].find(object => object.name === name)
  const send = (reply: FastifyReply, status: number, title: string, body: Html) =>
    reply
      .code(status)
      .type('text/html; charset=utf-8')
      .send(page(title, wordsOf().when(now()), body))
  const missing = (reply: FastifyReply) =>
    send(reply, 404, 'Not found', html`<h1>Not found</h1><p>There is no such page or record here.</p>`)
  const wordsOf = () => words(organisation, database)

  app.get('/', OTHER, (_request, reply) => reply.redirect('/lightning/o/Lead/list'))
  app.get<{ Params: { type: string }; Querystring: { filter?: string; page?: string } }>(
    '/lightning/o/:type/list',
    OTHER,
    (request, reply) => {
      const object = shownObject(request.params.type)
      if (!object) return missing(reply)
      const number = Math.max(1, Math.trunc(Number(request.query.page)) || 1)
      const overdue = request.query.filter === 'overdue'
      const listing = readList(database, { object, overdue, page: number })
      return send(reply, 200, `${object.name}s`, listBody(listing, wordsOf()))
    },
  )
  app.get<{ Params: { type: string; id: string } }>(
    '/lightning/r/:type/:id/view',
    OTHER,
    (request, reply) => {
      const object = shownObject(request.params.type)
      const id = longId(request.params.id)
      const row = object && id ? database.get(object, id) : undefined
      if (!object || !row) return missing(reply)
      return send(reply, 200, String(row.Name), recordBody(database, object, row, wordsOf()))
    },
  )
}

function words(organisation: Organisation, database: Database): Words {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: organisation.days.zone,
    dateStyle: 'medium',
    timeStyle: 'short',
  })
  return {
    when: at => (typeof at === 'number' ? format.format(at) : ''),
    owner: id => (typeof id === 'string' ? organisation.ownerName(id) : ''),
    account: id => (typeof id === 'string' ? String(database.get(account, id)?.Name ?? '') : ''),
  }
}
