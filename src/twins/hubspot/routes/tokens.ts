import type { FastifyInstance } from 'fastify'
import { invalid } from '../errors.ts'
import { PORTAL_ID } from '../portal.ts'
import { bodyOf } from '../query.ts'

const PATHS = ['/oauth/v1/token', '/oauth/v3/token', '/oauth/2026-03/token', '/oauth/2026-09/token']
const LIFETIME_SECONDS = 1800

/** OAuth tokens; the ones given out do not expire here, a client renews them all the same. */
export function tokenRoutes(app: FastifyInstance, issue: () => string): void {
  for (const path of PATHS) {
    app.post(path, { config: { kind: 'other' } }, request => {
      const form = bodyOf<Record<string, string>>(request)
      refuseIncomplete(form)
      const token = {
        token_type: 'bearer',
        access_token: issue(),
        refresh_token: form.refresh_token ?? issue(),
        expires_in: LIFETIME_SECONDS,
      }
      return path === PATHS[0]
        ? token
        : { ...token, hub_id: PORTAL_ID, scopes: [], token_use: 'access_token' }
    })
  }
}

/** @throws HubspotError 400 for a grant that is unknown or lacks a part */
function refuseIncomplete(form: Record<string, string>): void {
  const grant = form.grant_type ?? ''
  const part = {
    refresh_token: 'refresh_token',
    authorization_code: 'code',
    client_credentials: 'client_id',
  }[grant]
  if (part === undefined) throw refused('unsupported_grant_type', `grant type '${grant}' is not supported`)
  for (const name of ['client_id', 'client_secret', part]) {
    if (!form[name]) throw refused('invalid_request', `missing ${name}`)
  }
}

function refused(error: string, message: string) {
  return invalid(message, { error, error_description: message })
}
