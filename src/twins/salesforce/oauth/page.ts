import type { FastifyInstance, FastifyReply } from 'fastify'
import { type Html, html } from '../../http/html.ts'
import { page } from '../pages/layout.ts'
import type { Asked, ConnectedApp } from './app.ts'
import { GrantError } from './error.ts'

const PATH = '/services/oauth2/authorize'
const OTHER = { config: { kind: 'other' } } as const

type Query = Record<string, string | undefined>

/** The page on which a person lets the app in. Who they are is not asked: the twin has no passwords. */
export function authorizeRoutes(app: FastifyInstance, connectedApp: ConnectedApp): void {
  app.get<{ Querystring: Query }>(PATH, OTHER, (request, reply) =>
    checked(connectedApp, request.query, reply, () => send(reply, 200, consent(request.url))),
  )
  app.post<{ Querystring: Query; Body: URLSearchParams }>(PATH, OTHER, (request, reply) =>
    checked(connectedApp, request.query, reply, asked => {
      const allowed = request.body.get('answer') === 'allow'
      return reply.redirect(back(asked, allowed ? { code: connectedApp.allow(asked) } : DENIED), 302)
    }),
  )
}

const DENIED = { error: 'access_denied', error_description: 'end-user denied authorization' }

/** Salesforce tells the browser, not the app, when it does not know the app or its callback. */
function checked(
  connectedApp: ConnectedApp,
  query: Query,
  reply: FastifyReply,
  then: (asked: Asked) => FastifyReply,
): FastifyReply {
  try {
    return then(connectedApp.asked(query))
  } catch (error) {
    if (!(error instanceof GrantError)) throw error
    return send(
      reply,
      400,
      html`<h1>OAuth error</h1><p>error=${error.error}&amp;error_description=${error.message}</p>`,
    )
  }
}

function back({ redirectUri, state }: Asked, answer: Record<string, string>): string {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries({ ...answer, ...(state && { state }) }))
    url.searchParams.set(name, value)
  return url.href
}

const consent = (action: string): Html =>
  html`<h1>Allow access?</h1><p>Leadtime is asking to access your data through the API, at any time.</p>
<form method="post" action="${action}"><button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button></form>`

const send = (reply: FastifyReply, status: number, body: Html): FastifyReply =>
  reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(page('Allow access', '', body))
