import { randomUUID } from 'node:crypto'

export interface ErrorBody {
  status: 'error'
  message: string
  correlationId: string
  category: string
  [extra: string]: unknown
}

/** An answer other than 2xx in HubSpot's shape. */
export class HubspotError extends Error {
  readonly status: number
  readonly category: string
  readonly extra: Record<string, unknown>

  constructor(status: number, category: string, message: string, extra: Record<string, unknown> = {}) {
    super(message)
    this.name = 'HubspotError'
    this.status = status
    this.category = category
    this.extra = extra
  }

  body(): ErrorBody {
    return errorBody(this.category, this.message, this.extra)
  }
}

export function errorBody(category: string, message: string, extra: Record<string, unknown> = {}): ErrorBody {
  return { status: 'error', message, correlationId: randomUUID(), category, ...extra }
}

/** An error of one part of a batch: no correlation id, and every other field, be it empty. */
export function partError(
  { category, message, extra }: Pick<HubspotError, 'category' | 'message' | 'extra'>,
  context: Record<string, readonly unknown[]>,
) {
  return { status: 'error', category, message, errors: [], links: {}, ...extra, context }
}

export const invalid = (message: string, extra: Record<string, unknown> = {}) =>
  new HubspotError(400, 'VALIDATION_ERROR', message, extra)

export const notFound = (message = 'resource not found') => new HubspotError(404, 'OBJECT_NOT_FOUND', message)
