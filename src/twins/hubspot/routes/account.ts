import type { FastifyInstance } from 'fastify'
import { PORTAL_ID, type Portal } from '../portal.ts'
import { families } from './families.ts'

/** Which account the token belongs to. */
export function accountRoutes(app: FastifyInstance, portal: Portal): void {
  for (const prefix of families('account-info', 'v3')) {
    app.get(`${prefix}/details`, () => details(portal))
  }
}

function details({ account, clock }: Portal) {
  const utcOffsetMilliseconds = offset(account.timeZone, clock.now())
  return {
    portalId: PORTAL_ID,
    accountType: 'STANDARD',
    timeZone: account.timeZone,
    companyCurrency: 'USD',
    additionalCurrencies: [],
    utcOffset: hours(utcOffsetMilliseconds),
    utcOffsetMilliseconds,
    uiDomain: 'app.hubspot.com',
    dataHostingLocation: 'na1',
  }
}

function offset(timeZone: string, now: number): number {
  return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6
}

function hours(offsetMs: number): string {
  const minutes = Math.abs(offsetMs) / 60_000
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${offsetMs < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}
