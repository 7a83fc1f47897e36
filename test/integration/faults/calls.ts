import type { Vendor } from '../../../src/domain/facts.ts'
import type { Fault } from '../../../src/twins/http/faults.ts'

/** A kind of request that a sync makes. */
export interface Call {
  vendor: Vendor
  /** As the error names it. */
  operation: RegExp
  method: string
  path: string
  /** Made only by a sync that is not the first. */
  second?: true
  writes?: true
}

const of = (vendor: Vendor, method: string, path: string, operation: RegExp): Call => ({
  ...{ vendor, method, path, operation },
})

export const CALLS: Record<string, Call> = {
  'sign in': of('salesforce', 'POST', '/oauth2/token$', /sign in/),
  describe: of('salesforce', 'GET', '/describe$', /describe \w+/),
  query: of('salesforce', 'GET', 'queryAll.*FROM(%20|\\+)Lead(%20|\\+)', /query Lead/),
  'collections write': {
    ...of('salesforce', 'PATCH', '/composite/sobjects', /update (lead|contact)/i),
    writes: true,
  },
  account: of('hubspot', 'GET', '/account-info/', /account details/),
  owners: of('hubspot', 'GET', '/crm/owners/', /list owners/),
  list: of('hubspot', 'GET', '/crm/objects/[^/]+/contacts\\b', /list contacts/),
  pipelines: of('hubspot', 'GET', '/crm/pipelines/', /list pipelines/),
  'batch update': { ...of('hubspot', 'POST', '/contacts/batch/update', /update contacts?/), writes: true },
  search: { ...of('hubspot', 'POST', '/contacts/search', /search contacts/), second: true },
  'batch read': { ...of('hubspot', 'POST', '/contacts/batch/read', /read contacts/), second: true },
  associations: { ...of('hubspot', 'POST', '/crm/associations/', /associations of \w+/), second: true },
}

const HTML = '<html><body>Please sign in</body></html>'
const json = { 'content-type': 'application/json;charset=utf-8' }

/** What an answer can be instead of one. */
export const ANSWERS: Record<string, Fault> = {
  'HTTP 500': { status: 500, body: { message: 'ada@example.com' } },
  'HTTP 503 in HTML': { status: 503, body: HTML },
  'HTTP 429': { status: 429, body: {}, headers: { 'retry-after': '1' } },
  'a sign-in page with 200': { status: 200, body: HTML },
  'truncated JSON': { status: 200, body: '{"results":[{"id":"1","prop', headers: json },
  'an empty body': { status: 200, body: '', headers: json },
  'no content': { status: 204, body: '' },
  'the wrong content type': {
    status: 200,
    body: '{"totalSize":0,"done":true}',
    headers: { 'content-type': 'text/plain' },
  },
  'bytes that are not gzip': { status: 200, body: 'x', headers: { ...json, 'content-encoding': 'gzip' } },
  'a connection that breaks before': { drop: true },
  'a connection that breaks after': { drop: 'after' },
}

/** Nobody's retry helps. */
export const REFUSAL: Record<string, Fault> = {
  'HTTP 401': { status: 401, body: { message: 'ada@example.com' } },
}
