import type { FastifyInstance, FastifyReply } from 'fastify'
import { notFound } from '../errors.ts'
import type { OAuth } from '../oauth.ts'
import { bodyOf, paramsOf } from '../query.ts'

const FAMILIES = ['/oauth/v3/token', '/oauth/2026-03/token', '/oauth/2026-09/token']
const other = { config: { kind: 'other' } } as const

/** OAuth tokens: given out, looked at and ended, in the old version and in those that replace it. */
export function tokenRoutes(app: FastifyInstance, oauth: OAuth): void {
  for (const path of FAMILIES) {
    app.post(path, other, request => oauth.grant(bodyOf<Record<string, string>>(request)))
    app.post(`${path}/introspect`, other, request => {
      const known = oauth.introspect(bodyOf<{ token?: string }>(request).token ?? '')
      return known ? { active: true, ...known } : { active: false }
    })
    app.post(`${path}/revoke`, other, (request, reply) =>
      ended(oauth, bodyOf<{ token?: string }>(request).token ?? '', reply, 200),
    )
  }
  versionOne(app, oauth)
}

function versionOne(app: FastifyInstance, oauth: OAuth): void {
  app.post('/oauth/v1/token', other, request => {
    const { token_type, access_token, refresh_token, expires_in } = oauth.grant(
      bodyOf<Record<string, string>>(request),
    )
    return { token_type, access_token, refresh_token, expires_in }
  })
  for (const kind of ['access', 'refresh'])
    app.get(`/oauth/v1/${kind}-tokens/:token`, other, request => {
      const known = oauth.introspect(paramsOf(request).token ?? '')
      if (known?.token_use !== `${kind}_token`) throw notFound('token not found')
      return { ...known, token_type: kind }
    })
  app.delete('/oauth/v1/refresh-tokens/:token', other, (request, reply) =>
    ended(oauth, paramsOf(request).token ?? '', reply, 204),
  )
}

function ended(oauth: OAuth, token: string, reply: FastifyReply, status: number): FastifyReply {
  if (!oauth.revoke(token)) throw notFound('token not found')
  return reply.code(status).send()
}
