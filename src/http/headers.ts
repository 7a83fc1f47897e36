import type { FastifyInstance } from 'fastify'

/** Everything from this service alone, nothing inline: text that slipped into a page as markup could do nothing. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
]

/** @param forms origins to which a form may lead besides this one */
export const securityPolicy = (forms: readonly string[] = []): string =>
  [...POLICY, ["form-action 'self'", ...forms].join(' ')].join('; ')

const HEADERS = {
  'content-security-policy': securityPolicy(),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  // Pages and answers hold names; a route that may be kept says so itself.
  'cache-control': 'no-store',
}

/** Sets the security headers on every answer, errors included. */
export function secure(app: FastifyInstance): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(HEADERS)
    done()
  })
}
