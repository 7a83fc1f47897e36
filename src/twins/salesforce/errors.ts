/** A request Salesforce refuses as a whole: HTTP status and `[{message, errorCode, fields?}]`. */
export class SalesforceError extends Error {
  override readonly name = 'SalesforceError'
  readonly status: number
  readonly errorCode: string
  readonly fields: readonly string[] | undefined

  constructor(status: number, errorCode: string, message: string, fields?: readonly string[]) {
    super(message)
    this.status = status
    this.errorCode = errorCode
    this.fields = fields
  }

  /** The body of the answer. */
  body(): object[] {
    const { message, errorCode, fields } = this
    return [fields ? { message, errorCode, fields } : { message, errorCode }]
  }
}

/** One record of a write that Salesforce refuses; in collections the others go on. */
export class RecordError extends Error {
  override readonly name = 'RecordError'
  readonly statusCode: string
  readonly fields: readonly string[]

  constructor(statusCode: string, message: string, fields: readonly string[] = []) {
    super(message)
    this.statusCode = statusCode
    this.fields = fields
  }
}

export const notFound = () => new SalesforceError(404, 'NOT_FOUND', 'The requested resource does not exist')

export const malformed = (message: string) => new SalesforceError(400, 'MALFORMED_QUERY', message)
