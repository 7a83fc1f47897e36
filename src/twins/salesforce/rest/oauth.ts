import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Client, ConnectedApp } from '../oauth/app.ts'
import { GrantError } from '../oauth/error.ts'
import { authorizeRoutes } from '../oauth/page.ts'
import type { Organisation } from '../organisation.ts'
import { user } from '../schema/organization.ts'
import type { Sessions } from '../sessions.ts'

interface Parts {
  organisation: Organisation
  connectedApp: ConnectedApp
  sessions: Sessions
  now: () => number
}

const OTHER = { config: { kind: 'other' } } as const

/** Tokens, revocation and identity. Bodies are forms, also when they come chunked. */
export function oauthRoutes(app: FastifyInstance, parts: Parts): void {
  const { organisation, connectedApp, sessions, now } = parts
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, new URLSearchParams(String(body))),
  )
  app.post('/services/oauth2/token', OTHER, (request, reply) => {
    try {
      const { chain, refreshToken } = connectedApp.grant(formOf(request), basicOf(request))
      const answer = tokenReply(organisation, originOf(request), sessions.open(chain), now())
      return { ...answer, ...(refreshToken !== null && { refresh_token: refreshToken }) }
    } catch (error) {
      if (!(error instanceof GrantError)) throw error
      return reply.code(400).send({ error: error.error, error_description: error.message })
    }
  })
  app.post('/services/oauth2/revoke', OTHER, (request, reply) => {
    const token = formOf(request).get('token') ?? ''
    if (sessions.revoke(token) || connectedApp.revoke(token)) return reply.code(200).send()
    reply.code(400).type('application/x-www-form-urlencoded')
    return reply.send('error=unsupported_token_type&error_description=this+token+type+is+not+supported')
  })
  authorizeRoutes(app, connectedApp)
  app.get('/id/:organisation/:user', OTHER, (request, reply) => {
    if (!sessions.isLive(tokenOf(request))) return reply.code(403).type('text/plain').send('Bad_OAuth_Token')
    return identity(organisation, originOf(request))
  })
}

const identityUrl = ({ id, apiUserId }: Organisation, origin: string): string =>
  `${origin}/id/${id}/${apiUserId}`

function tokenReply(organisation: Organisation, origin: string, token: string, now: number): object {
  return {
    access_token: token,
    instance_url: origin,
    id: identityUrl(organisation, origin),
    token_type: 'Bearer',
    issued_at: String(now),
    signature: 'dHdpbg==',
    scope: 'api refresh_token id',
  }
}

function identity(organisation: Organisation, origin: string): object {
  const row = organisation.database.get(user, organisation.apiUserId)!
  const rest = `${origin}/services/data/v{version}/`
  const soap = (api: string) => `${origin}/services/Soap/${api}/{version}/${organisation.id.slice(0, 15)}`
  return {
    id: identityUrl(organisation, origin),
    asserted_user: true,
    user_id: organisation.apiUserId,
    organization_id: organisation.id,
    username: row.Username,
    display_name: row.Name,
    nick_name: String(row.Username).split('@')[0],
    email: row.Email,
    photos: { picture: `${origin}/profilephoto/005/F`, thumbnail: `${origin}/profilephoto/005/T` },
    active: true,
    user_type: 'STANDARD',
    language: 'en_US',
    locale: 'en_US',
    timezone: organisation.days.zone,
    urls: {
      ...{ enterprise: soap('c'), metadata: soap('m'), partner: soap('u') },
      ...{ rest, sobjects: `${rest}sobjects/`, search: `${rest}search/`, query: `${rest}query/` },
      profile: `${origin}/${organisation.apiUserId}`,
    },
  }
}

/** The origin under which the client reached the twin; it is the instance's URL. */
export function originOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}`
}

/** The access token of a request: `Bearer` or `OAuth`, or jsforce's query parameter for the identity. */
export function tokenOf(request: FastifyRequest): string {
  const [, header] = /^(?:Bearer|OAuth)\s+(.+)$/i.exec(request.headers.authorization ?? '') ?? []
  const { oauth_token: query } = (request.query ?? {}) as { oauth_token?: string }
  return header ?? query ?? ''
}

function formOf(request: FastifyRequest): URLSearchParams {
  return request.body instanceof URLSearchParams ? request.body : new URLSearchParams()
}

function basicOf(request: FastifyRequest): Client | null {
  const [, encoded] = /^Basic\s+(.+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (!encoded) return null
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':')
  return { id: decodeURIComponent(id), secret: decodeURIComponent(secret.join(':')) }
}
