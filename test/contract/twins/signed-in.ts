/** What a Salesforce twin answers; tests know what they asked for. */
// biome-ignore lint/suspicious/noExplicitAny: the body of any route
export type Answer = { status: number; headers: Headers; text: string; body: any }

export interface Call {
  (method: string, path: string, body?: object | string, headers?: Record<string, string>): Promise<Answer>
  /** Below /_twin. */
  control(method: string, path: string, body?: object): Promise<Answer>
}

/** Calls below /services/data/v66.0 of a Salesforce twin, signed in. */
export async function signedIn(base: string): Promise<Call> {
  const client = { client_id: 'leadtime', client_secret: 'leadtime-secret' }
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...client })
  const reply = await fetch(`${base}/services/oauth2/token`, { method: 'POST', body: form })
  const { access_token } = (await reply.json()) as { access_token: string }
  const authorization = `Bearer ${access_token}`
  const call = (method: string, path: string, body?: object | string, headers = {}) =>
    send(`${base}/services/data/v66.0${path}`, method, body, { authorization, ...headers })
  const control = (method: string, path: string, body?: object) =>
    send(`${base}/_twin${path}`, method, body, {})
  return Object.assign(call, { control })
}

async function send(
  url: string,
  method: string,
  body: object | string | undefined,
  headers: object,
): Promise<Answer> {
  const json = typeof body === 'object'
  const response = await fetch(url, {
    method,
    headers: { ...(json && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: json ? JSON.stringify(body) : body }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null }
}
