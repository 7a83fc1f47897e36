import { afterEach, expect, test } from 'vitest'
import { Refused } from '../../../src/crm/errors.ts'
import type { Closed } from '../../../src/domain/almanac.ts'
import { type Bench, bench } from './company.ts'

const never = new AbortController().signal
const YEARS = { first: 2024, last: 2028 }
let at: Bench

afterEach(async () => await at.close())

/** An organisation with these business hours and holidays. */
async function organisation(calendars: { BusinessHours?: object[]; Holiday?: object[] }) {
  at = await bench('salesforce', () => undefined)
  const answer = await fetch(`${at.url}/_twin/calendars`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(calendars),
  })
  expect(answer.status).toBe(200)
  return at.crm.calendars!
}

const holidays = async (...Holiday: object[]) =>
  (await (await organisation({ Holiday })).holidays(YEARS, never)).map(dayOf)
const dayOf = ({ from }: Closed) => new Date(from).toISOString().slice(0, 10)
const hours = (day: string, from: string, to: string) => ({
  [`${day}StartTime`]: `${from}:00.000Z`,
  [`${day}EndTime`]: `${to}:00.000Z`,
})

test('business hours come by name, in their zone, without those that are off', async () => {
  const BusinessHours = [
    {
      ...{ Name: 'Support Hours', IsActive: true, TimeZoneSidKey: 'America/New_York' },
      ...{ ...hours('Monday', '08:30', '17:00'), ...hours('Sunday', '00:00', '00:00') },
      ...hours('Friday', '16:00', '00:00'),
    },
    { Name: 'Old', IsActive: false, TimeZoneSidKey: 'UTC', ...hours('Monday', '08:00', '09:00') },
    { Name: 'Never', IsActive: true, TimeZoneSidKey: 'UTC' },
  ]
  const calendars = await organisation({ BusinessHours })
  const blocks = [
    { day: 1, from: 510, to: 1_020 },
    { day: 5, from: 960, to: 1_440 },
    { day: 7, from: 0, to: 1_440 },
  ]
  expect(await calendars.businessHours(never)).toEqual({
    'Support Hours': { hours: { blocks }, zone: 'America/New_York' },
  })
})

test('a holiday is its day, or some hours of it', async () => {
  const Holiday = [
    { Name: 'Founding day', ActivityDate: '2026-07-01', IsAllDay: true },
    { Name: 'Eve', ActivityDate: '2026-12-24', StartTimeInMinutes: 720, EndTimeInMinutes: 1_440 },
  ]
  const local = Date.parse
  expect(await (await organisation({ Holiday })).holidays(YEARS, never)).toEqual([
    { wall: true, from: local('2026-07-01T00:00Z'), to: local('2026-07-02T00:00Z'), name: 'Founding day' },
    { wall: true, from: local('2026-12-24T12:00Z'), to: local('2026-12-25T00:00Z'), name: 'Eve' },
  ])
})

const recurring = (type: string, more: object) => ({
  ...{ Name: 'Again', IsAllDay: true, IsRecurrence: true, RecurrenceStartDate: '2026-01-01' },
  ...{ RecurrenceType: type, ...more },
})

test.each([
  [
    'RecursYearly',
    { RecurrenceDayOfMonth: 25, RecurrenceMonthOfYear: 'December' },
    ['2026-12-25', '2027-12-25', '2028-12-25'],
  ],
  ['RecursYearly', { RecurrenceDayOfMonth: 29, RecurrenceMonthOfYear: 'February' }, ['2028-02-29']],
  [
    'RecursYearlyNth',
    { RecurrenceInstance: 'Fourth', RecurrenceDayOfWeekMask: 16, RecurrenceMonthOfYear: 'November' },
    ['2026-11-26', '2027-11-25', '2028-11-23'],
  ],
  [
    'RecursYearlyNth',
    { RecurrenceInstance: 'Last', RecurrenceDayOfWeekMask: 2, RecurrenceMonthOfYear: 'May' },
    ['2026-05-25', '2027-05-31', '2028-05-29'],
  ],
  [
    'RecursMonthly',
    { RecurrenceDayOfMonth: 31, RecurrenceInterval: 2, RecurrenceEndDateOnly: '2026-08-01' },
    ['2026-01-31', '2026-03-31', '2026-05-31', '2026-07-31'],
  ],
  [
    'RecursMonthlyNth',
    { RecurrenceInstance: 'First', RecurrenceDayOfWeekMask: 62, RecurrenceEndDateOnly: '2026-03-31' },
    ['2026-01-01', '2026-02-02', '2026-03-02'],
  ],
  [
    'RecursWeekly',
    { RecurrenceDayOfWeekMask: 32, RecurrenceInterval: 2, RecurrenceEndDateOnly: '2026-02-01' },
    ['2026-01-02', '2026-01-16', '2026-01-30'],
  ],
  ['RecursEveryWeekday', { RecurrenceEndDateOnly: '2026-01-05' }, ['2026-01-01', '2026-01-02', '2026-01-05']],
  [
    'RecursDaily',
    { RecurrenceInterval: 3, RecurrenceEndDateOnly: '2026-01-07' },
    ['2026-01-01', '2026-01-04', '2026-01-07'],
  ],
])('a holiday recurs by %s %j', async (type, more, days) => {
  expect(await holidays(recurring(type, more))).toEqual(days)
})

test('a user who may not see them is told so, for each by itself', async () => {
  const calendars = await organisation({
    Holiday: [{ Name: 'x', ActivityDate: '2026-07-01', IsAllDay: true }],
  })
  const body = [{ errorCode: 'INVALID_TYPE', message: "sObject type 'BusinessHours' is not supported." }]
  at.fault({ path: 'BusinessHours', status: 400, body, times: 1 })
  const error = await calendars.businessHours(never).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(Refused)
  expect(String(error)).toContain(
    'query BusinessHours: INVALID_TYPE: the object does not exist or the integration',
  )
  expect(await calendars.holidays(YEARS, never)).toHaveLength(1)
})
