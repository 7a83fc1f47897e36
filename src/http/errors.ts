import { randomBytes } from 'node:crypto'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Assets } from './assets.ts'
import { errorPage } from './pages/error.ts'
import type { Html } from './pages/html.ts'

/** What the world may know of an error: for a mistake of the caller what to change, else only an id that the log explains. */
export function answerErrors(app: FastifyInstance, assets: Assets): void {
  app.setNotFoundHandler((request, reply) => {
    const title = 'Page not found'
    return send(request, reply, 404, title, null, () =>
      errorPage(title, 'There is nothing at this address.', null, assets),
    )
  })
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status >= 400 && status < 500) {
      return send(request, reply, status, error.message, null, () =>
        errorPage('That address does not work', `${error.message}.`, null, assets),
      )
    }
    const id = randomBytes(6).toString('hex')
    request.log.error({ err: error, errorId: id }, 'a request failed')
    const title = 'Something went wrong'
    return send(request, reply, 500, title, id, () =>
      errorPage(
        title,
        'It is in the log of the service under the id below. Trying again may help.',
        id,
        assets,
      ),
    )
  })
}

function send(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  error: string,
  id: string | null,
  page: () => Html,
): FastifyReply {
  reply.code(status)
  return wantsPage(request)
    ? reply.type('text/html; charset=utf-8').send(String(page()))
    : reply.send({ error, ...(id && { id }) })
}

/** A browser asks for HTML by name; everything else, and the API always, gets JSON. */
const wantsPage = ({ url, headers }: FastifyRequest): boolean =>
  !url.startsWith('/api/') && (headers.accept ?? '').includes('text/html')
