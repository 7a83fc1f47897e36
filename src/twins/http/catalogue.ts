export type Vendor = 'salesforce' | 'hubspot'

/** What a named fault is made of; the words are those of faults.ts. */
export interface Effect {
  path?: string
  status?: number
  body?: unknown
  headers?: Record<string, string>
  drop?: boolean | 'request' | 'after' | 'during' | 'never'
  alter?: 'empty' | 'content_type' | 'truncate' | 'bomb' | 'same' | 'empty_page' | 'total' | 'late'
  delay_ms?: number
  late_s?: number
  skip?: number
}

const LOGIN_PAGE = '<!DOCTYPE html><html><head><title>Log in</title></head><body>Please sign in</body></html>'
const html = (status: number, words: string): Effect => ({
  status,
  body: `<html><head><title>${status} ${words}</title></head><body><h1>${words}</h1></body></html>`,
})

const limited = (policyName: string, words: string): Effect => ({
  status: 429,
  body: {
    ...{ status: 'error', message: `You have reached your ${words} limit.`, errorType: 'RATE_LIMIT' },
    ...{ category: 'RATE_LIMITS', correlationId: '00000000-0000-4000-8000-000000000000', policyName },
  },
})

const refused = (errorCode: string, message: string) => [{ errorCode, message }]

interface Entry {
  means: string
  /** What it is made of: for both twins, or for one of them. */
  fault: Effect | Record<Vendor, Effect>
  /** Of one vendor only. */
  only?: Vendor
}

/** The faults that have a name. Bodies and codes are the vendors' (reference: their error documentation). */
export const CATALOGUE = {
  limit: { means: '429 without a word: neither header nor body', fault: { status: 429, body: '' } },
  retry_after: {
    means: '429 with Retry-After: 30',
    fault: { status: 429, body: {}, headers: { 'retry-after': '30' } },
  },
  ten_secondly_limit: {
    means: '429 of the policy TEN_SECONDLY_ROLLING',
    fault: limited('TEN_SECONDLY_ROLLING', 'ten_secondly_rolling'),
    only: 'hubspot',
  },
  secondly_limit: {
    means: '429 of the policy SECONDLY, as searches have it',
    fault: { path: '/search$', ...limited('SECONDLY', 'secondly') },
    only: 'hubspot',
  },
  daily_limit: {
    means: "429 of the policy DAILY; 403 REQUEST_LIMIT_EXCEEDED: the day's calls are used up",
    fault: {
      hubspot: limited('DAILY', 'daily'),
      salesforce: {
        status: 403,
        body: refused('REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
      },
    },
  },
  concurrent_limit: {
    means: '403 REQUEST_LIMIT_EXCEEDED: too many long calls at once',
    fault: {
      status: 403,
      body: refused('REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'),
    },
    only: 'salesforce',
  },
  server_error: { means: '500 in JSON', fault: { status: 500, body: { message: 'internal error' } } },
  bad_gateway: { means: '502 in HTML', fault: html(502, 'Bad Gateway') },
  unavailable: { means: '503 in HTML', fault: html(503, 'Service Unavailable') },
  gateway_timeout: { means: '504 in HTML', fault: html(504, 'Gateway Time-out') },
  edge_timeout: {
    means: '524 in HTML, as an edge network answers after 100 s',
    fault: html(524, 'A timeout occurred'),
  },
  unauthorised: {
    means: '401: the token is not accepted',
    fault: {
      hubspot: {
        status: 401,
        body: {
          status: 'error',
          message: 'The OAuth token used to make this call expired.',
          category: 'EXPIRED_AUTHENTICATION',
        },
      },
      salesforce: { status: 401, body: refused('INVALID_SESSION_ID', 'Session expired or invalid') },
    },
  },
  login_page: {
    means: '200 with a sign-in page, as a proxy injects it',
    fault: { status: 200, body: LOGIN_PAGE },
  },
  empty_body: { means: 'the status, and no body', fault: { alter: 'empty' } },
  wrong_content_type: { means: 'the answer, called text/plain', fault: { alter: 'content_type' } },
  truncated: { means: 'half of the JSON, as if it were all', fault: { alter: 'truncate' } },
  gzip_bomb: {
    means: 'the answer in gzip, after 128 MiB of spaces that take an eighth of a MiB on the wire',
    fault: { alter: 'bomb' },
  },
  delay: { means: 'the answer comes late: `delay_ms`, 3000 when not given', fault: { delay_ms: 3000 } },
  reset_before: { means: 'the connection breaks before the call is carried out', fault: { drop: true } },
  reset_request: {
    means: "the connection breaks in the middle of the call's own body; it is not carried out",
    fault: { drop: 'request' },
  },
  reset_during: {
    means: 'it is carried out; the connection breaks in the middle of the answer',
    fault: { drop: 'during' },
  },
  reset_after: {
    means: 'it is carried out; the connection breaks before the answer',
    fault: { drop: 'after' },
  },
  timeout: { means: 'it is carried out; no answer ever comes', fault: { drop: 'never' } },
  same_page: { means: 'the answer that the call before it got', fault: { alter: 'same', skip: 1 } },
  empty_page: { means: 'a page without records that says where to go on', fault: { alter: 'empty_page' } },
  wrong_total: { means: 'a page whose total is too small', fault: { alter: 'total' } },
  late_records: {
    means:
      'records changed in the last `late_s` seconds (60) are left out, as an index that lags leaves them',
    fault: { alter: 'late', late_s: 60 },
  },
  expired_locator: {
    means: 'the place where a listing goes on is no longer known',
    fault: {
      hubspot: {
        path: '[?&]after=',
        status: 400,
        body: { status: 'error', message: 'Invalid paging cursor', category: 'VALIDATION_ERROR' },
      },
      salesforce: {
        path: '/query(All)?/0r8|/results\\?.*locator=',
        status: 400,
        body: refused('INVALID_QUERY_LOCATOR', 'invalid query locator'),
      },
    },
  },
} as const satisfies Record<string, Entry>

export type FaultName = keyof typeof CATALOGUE
export const FAULT_NAMES = Object.keys(CATALOGUE) as [FaultName, ...FaultName[]]

/** The vendor that alone has this fault; undefined: both. */
export const onlyOf = (name: FaultName): Vendor | undefined => (CATALOGUE[name] as Entry).only

/** What a name stands for in a twin. */
export function effectOf(name: FaultName, vendor: Vendor): Effect {
  const { fault } = CATALOGUE[name] as Entry
  return 'hubspot' in fault ? fault[vendor] : fault
}
