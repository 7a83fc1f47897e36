import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CrmError } from '../../crm/errors.ts'
import type { Vendor } from '../../domain/facts.ts'
import { SignInRefused } from '../../pipeline/connect.ts'
import type { Connections } from '../connections.ts'
import type { Context } from '../context.ts'
import { securityPolicy } from '../headers.ts'
import { connectionsBody, type Notice } from '../pages/connections.ts'
import { document } from '../pages/layout.ts'

const params = z.object({ vendor: z.enum(['salesforce', 'hubspot']) })
const returned = z.object({
  state: z.string().min(1).max(200),
  code: z.string().min(1).max(4096).nullish().default(null),
  error: z.string().max(200).nullish().default(null),
})
const NOTICES = ['connected', 'disconnected', 'not_revoked'] as const
const shown = z.object({ done: z.enum(NOTICES).nullish(), vendor: params.shape.vendor.nullish() })

/** Where CRMs are connected and disconnected. State changes only by POST from our own page, and by the vendors' answer. */
export function connectionRoutes(app: FastifyInstance, context: Context): void {
  const { connections } = context
  app.register((scope, _options, ready) => {
    // The buttons send empty forms.
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { bodyLimit: 1024 },
      (_request, body, done) => {
        body.resume().on('end', () => done(null))
      },
    )
    scope.get('/connections', async (request, reply) => {
      const { done, vendor } = shown.safeParse(request.query).data ?? {}
      return await show(context, reply, done && vendor ? { kind: done, vendor } : null)
    })
    scope.post('/connections/:vendor/connect', async (request, reply) => {
      const vendor = posted(request, connections)
      const begun = vendor && (await connections.begin(vendor))
      if (!begun) return vendor ? nothing(reply) : refused(reply)
      return reply.header('set-cookie', cookie(connections, begun.browser)).redirect(begun.address, 303)
    })
    scope.post('/connections/:vendor/disconnect', async (request, reply) => {
      const vendor = posted(request, connections)
      const gone = vendor && (await connections.disconnect(vendor))
      if (!gone) return vendor ? nothing(reply) : refused(reply)
      return reply.redirect(
        `/connections?done=${gone.revoked ? 'disconnected' : 'not_revoked'}&vendor=${vendor}`,
        303,
      )
    })
    scope.get(
      '/connections/:vendor/callback',
      async (request, reply) => await callback(context, request, reply),
    )
    ready()
  })
}

async function callback(
  context: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { connections } = context
  const vendor = params.safeParse(request.params).data?.vendor
  const given = returned.safeParse(request.query).data
  const browser = cookieOf(connections, request.headers.cookie ?? '')
  if (!vendor || !given) return nothing(reply)
  reply.header('set-cookie', cookie(connections, null))
  try {
    const done = await connections.finish(vendor, { ...given, browser })
    return done ? reply.redirect(`/connections?done=connected&vendor=${vendor}`, 303) : nothing(reply)
  } catch (error) {
    // Both kinds of message are written for people and hold nothing private.
    if (!(error instanceof SignInRefused || error instanceof CrmError)) throw error
    request.log.warn({ err: error, vendor }, 'a CRM was not connected')
    return await show(context, reply.code(400), { kind: 'failed', vendor, text: error.message })
  }
}

async function show(
  { connections, assets }: Context,
  reply: FastifyReply,
  notice: Notice | null,
): Promise<FastifyReply> {
  const body = connectionsBody(await connections.list(), connections.publicUrl, notice)
  return reply
    .headers({
      // A form's way leads on to the vendor; browsers hold redirects to the policy, too.
      'content-security-policy': securityPolicy(connections.origins),
      // With no-referrer, browsers would send `Origin: null` with the form.
      'referrer-policy': 'same-origin',
    })
    .type('text/html; charset=utf-8')
    .send(String(document('Connections · Leadtime', body, assets)))
}

/** The vendor of a form that our own page sent; null: it came from elsewhere. */
function posted({ headers, params: given }: FastifyRequest, { publicUrl }: Connections): Vendor | null {
  const site = headers['sec-fetch-site']
  const ours = publicUrl !== null && headers.origin === new URL(publicUrl).origin
  if (!ours || (site !== undefined && site !== 'same-origin')) return null
  return params.safeParse(given).data?.vendor ?? null
}

function nothing(reply: FastifyReply): FastifyReply {
  reply.callNotFound()
  return reply
}

const refused = (reply: FastifyReply): FastifyReply =>
  reply
    .code(403)
    .send({ error: 'this may be asked for by the page /connections at LEADTIME_PUBLIC_URL only' })

/** Lax: the vendor sends the browser back from its own site. */
function cookie(connections: Connections, browser: string | null): string {
  const secure = isSecure(connections) ? '; Secure' : ''
  return `${nameOf(connections)}=${browser ?? ''}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${browser ? 600 : 0}${secure}`
}

function cookieOf(connections: Connections, header: string): string {
  const name = `${nameOf(connections)}=`
  const found = header.split(/;\s*/).find(pair => pair.startsWith(name))
  return found?.slice(name.length) ?? ''
}

const isSecure = ({ publicUrl }: Connections) => publicUrl?.startsWith('https:') === true
/** Browsers take a name with this prefix from this host alone. */
const nameOf = (connections: Connections) =>
  isSecure(connections) ? '__Host-leadtime-sign-in' : 'leadtime-sign-in'
