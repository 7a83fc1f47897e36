const CHECK = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'

/** A Salesforce id, 15 or 18 characters; anything else never reaches a query. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' && /^([A-Za-z0-9]{15}|[A-Za-z0-9]{18})$/.test(value)

/**
 * A Salesforce id in its 18-character form: each checksum letter holds which of five characters are capitals.
 * HubSpot's connector leaves ids in either form, so both adapters need this for a record to have one name.
 */
export function id18(id: string): string {
  if (id.length !== 15) return id
  let sum = ''
  for (let chunk = 0; chunk < 15; chunk += 5) {
    let bits = 0
    for (let i = 0; i < 5; i++) if (/[A-Z]/.test(id.charAt(chunk + i))) bits |= 1 << i
    sum += CHECK.charAt(bits)
  }
  return id + sum
}
