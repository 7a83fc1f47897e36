import type { FastifyInstance, FastifyReply } from 'fastify'
import { html } from '../../http/html.ts'
import { HubspotError } from '../errors.ts'
import type { OAuth } from '../oauth.ts'
import type { Portal } from '../portal.ts'
import { page } from './layout.ts'

type Query = Record<string, string | undefined>

const PATH = '/oauth/authorize'
const other = { config: { kind: 'other' } } as const

/** The page on which a person lets the app into the account. */
export function authorizePage(app: FastifyInstance, portal: Portal, oauth: OAuth): void {
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(body as string)),
  )
  const refusing = (reply: FastifyReply, then: () => FastifyReply) => {
    try {
      return then()
    } catch (error) {
      if (!(error instanceof HubspotError)) throw error
      return send(reply, 400, page(portal, 'Authorization failed', html`<p>${error.message}</p>`))
    }
  }
  app.get<{ Querystring: Query }>(PATH, other, (request, reply) =>
    refusing(reply, () => {
      oauth.checkAsked(request.query)
      const scopes = request.query.scope?.split(' ') ?? []
      const body = html`<section><p>Leadtime asks for access to ${portal.account.name}:</p><ul>${scopes.map(scope => html`<li>${scope}</li>`)}</ul>
<form method="post" action="${request.url}"><button name="answer" value="allow">Connect app</button> <button name="answer" value="deny">Cancel</button></form></section>`
      return send(reply, 200, page(portal, 'Connect an app', body))
    }),
  )
  app.post<{ Querystring: Query; Body: URLSearchParams }>(PATH, other, (request, reply) =>
    refusing(reply, () =>
      reply.redirect(oauth.answered(request.query, request.body.get('answer') === 'allow'), 302),
    ),
  )
}

const send = (reply: FastifyReply, status: number, text: string): FastifyReply =>
  reply.code(status).type('text/html; charset=utf-8').send(text)
