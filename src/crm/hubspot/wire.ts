import { AsyncLocalStorage } from 'node:async_hooks'
import { type Client, Client as HubSpotClient } from '@hubspot/api-client'
import {
  type RequestContext,
  ResponseContext,
  wrapHttpLibrary,
} from '@hubspot/api-client/lib/codegen/crm/objects/http/http.js'
import { exchange, type Reply } from '../wire.ts'

/** One call on its way: what ends it, and what came back. */
export interface OnWire {
  signal: AbortSignal
  /** The access token that it carries. */
  token: string
  /** The answer is read by us: the client then reads an empty one, instead of building objects that nobody uses. */
  ours: boolean
  reply: Reply | null
  sent(): void
}

export type Sdk = ReturnType<typeof rewired>

/**
 * HubSpot's client, composing requests and reading answers to writes, over our own wire. Its retries and limiter stay off:
 * they are process-global, repeat POSTs and ignore Retry-After. Its HTTP library knows neither time limits nor
 * abort and cannot be configured, so the generated classes get ours.
 */
export class SdkWire {
  readonly sdk: Sdk
  readonly #current = new AsyncLocalStorage<OnWire>()
  readonly #base: string
  readonly #dated: boolean

  constructor(options: { baseUrl: string; api: '2026-09' | 'v3' }) {
    this.#base = options.baseUrl.replace(/\/+$/, '')
    this.#dated = options.api === DATED
    const client = new HubSpotClient({
      basePath: this.#base,
      middleware: [{ pre: ctx => this.#rewrite(ctx as RequestContext), post: ctx => ctx }],
    })
    this.sdk = rewired(client, request => this.#send(request))
  }

  /** Runs SDK calls whose requests belong to `call`. */
  run<T>(call: OnWire, action: () => Promise<T>): Promise<T> {
    return this.#current.run(call, action)
  }

  /** A GET the SDK has no method for; the parsed body. */
  async get(call: OnWire, path: string): Promise<unknown> {
    const headers = { accept: 'application/json', authorization: `Bearer ${call.token}` }
    call.sent()
    const url = this.#dated ? datedUrl(this.#base + path) : this.#base + path
    call.reply = await exchange({ method: 'GET', url, headers }, call.signal)
    return jsonOf(call.reply)
  }

  #rewrite(context: RequestContext): RequestContext {
    if (this.#dated) context.setUrl(datedUrl(context.getUrl()))
    return context
  }

  async #send(request: RequestContext): Promise<ResponseContext> {
    const call = this.#current.getStore()
    if (!call) throw new Error('a HubSpot request outside of a call')
    call.sent()
    // The client was given no token: those of an OAuth app change while it lives.
    const headers = { ...request.getHeaders(), Authorization: `Bearer ${call.token}` }
    const body = request.getBody() as string | undefined
    call.reply = await exchange(
      { method: request.getHttpMethod().toString(), url: request.getUrl(), headers, body },
      call.signal,
    )
    const text = call.ours && call.reply.status < 300 ? '{}' : call.reply.body
    return new ResponseContext(
      call.reply.status,
      { ...call.reply.headers },
      { text: async () => text, binary: async () => Buffer.from(text) },
    )
  }
}

/** The answer's body. @throws Error when it is not JSON, or not called so */
export function jsonOf({ headers, body }: Reply): unknown {
  if (!headers['content-type']?.includes('json')) throw new Error('the answer is not JSON')
  return JSON.parse(body)
}

const DATED = '2026-09'

/** Version 3 and 4 paths to the dated ones: `/crm/v3/objects/contacts` → `/crm/objects/2026-09/contacts`. */
export function datedUrl(url: string): string {
  const at = new URL(url)
  at.pathname = at.pathname
    .replace(/^\/crm\/v[34]\/([^/]+)/, `/crm/$1/${DATED}`)
    .replace(/^\/account-info\/v3/, `/account-info/${DATED}`)
  return at.toString()
}

type Send = (request: RequestContext) => Promise<ResponseContext>

/** The groups we use, each of its generated classes with our HTTP library in its configuration. */
function rewired(client: Client, send: Send) {
  const { objects, owners, pipelines, properties, associations } = client.crm
  const library = wrapHttpLibrary({ send })
  const sdk = {
    list: objects.basicApi,
    batch: objects.batchApi,
    search: objects.searchApi,
    owners: owners.ownersApi,
    pipelines: pipelines.pipelinesApi,
    properties: properties.coreApi,
    associations: associations.v4.batchApi,
  }
  for (const group of Object.values(sdk)) {
    const inner = group as unknown as { api?: { configuration?: { httpApi?: unknown } } }
    if (!inner.api?.configuration?.httpApi) throw new Error('this @hubspot/api-client is built differently')
    inner.api.configuration.httpApi = library
  }
  return sdk
}
