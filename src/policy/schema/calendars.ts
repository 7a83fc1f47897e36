import { z } from 'zod'
import { readHoliday, readMoment, readRange } from '../days.ts'
import { readBlock, WEEKDAYS } from '../hours.ts'
import { address, icsSources, name, zone } from './values.ts'

const block = z.string().refine(text => readBlock(text) !== null, { error: 'hours such as 09:00-17:00' })
const day = z.array(block).optional().meta({
  description:
    'Blocks of hours by local wall time; several, and shifts over midnight (22:00-06:00), are fine.',
})
const weekdays = Object.fromEntries(WEEKDAYS.map(weekday => [weekday, day])) as Record<
  (typeof WEEKDAYS)[number],
  typeof day
>

const calendar = z.strictObject({
  ...weekdays,
  salesforce: z
    .string()
    .min(1, { error: 'the name of business hours' })
    .optional()
    .meta({ description: 'Name of business hours of the Salesforce organisation, instead of days.' }),
  timezone: zone.optional().meta({ description: "IANA zone of these hours, instead of each person's own." }),
  holidays: z.array(name).default([]).meta({ description: 'Regions whose holidays are not worked.' }),
  for: z
    .strictObject({
      people: z.array(address).default([]).meta({ description: 'E-mail addresses.' }),
      teams: z.array(z.string().min(1)).default([]).meta({ description: 'Names of teams.' }),
      countries: z
        .array(z.string().min(1))
        .default([])
        .meta({ description: 'Countries, as the CRM spells them.' }),
    })
    .prefault({})
    .meta({
      description:
        'Who works by it: a person by address, else by team, else by country; the others by `default`.',
    }),
})

export type WrittenCalendar = z.infer<typeof calendar>

export const calendars = z
  .record(name, calendar)
  .default({})
  .meta({ description: 'Working hours by name; one is called `default`.' })

const DAY = 'a day such as 2026-12-25, or 12-25 for every year'
const holidayDay = z.string({ error: DAY }).refine(text => readHoliday(text) !== null)
const RANGE = 'hours such as 12:00-24:00, the end after the start'
const holiday = z.union([
  holidayDay.transform(on => ({ on, hours: undefined, name: undefined })),
  z.strictObject({
    on: holidayDay.meta({ description: 'A date, or month and day for every year.' }),
    hours: z
      .string({ error: RANGE })
      .refine(text => readRange(text) !== null)
      .optional()
      .meta({ description: 'Only these hours of the day are free.' }),
    name: z.string().min(1).optional().meta({ description: 'What it is called, for explanations.' }),
  }),
])

export type WrittenHoliday = z.infer<typeof holiday>

const region = z.strictObject({
  days: z
    .array(holiday)
    .default([])
    .meta({ description: 'Dates, month and day for every year, or parts of days.' }),
  ics: icsSources,
  salesforce: z
    .boolean()
    .default(false)
    .meta({ description: 'The holidays of the Salesforce organisation as well.' }),
})

export const holidays = z
  .record(
    name,
    z.union([z.array(holiday).transform(list => ({ days: list, ics: [], salesforce: false })), region]),
  )
  .default({})
  .meta({
    description:
      'Public holidays by region: a list of days, or days, iCalendar data and Salesforce together.',
  })

const MOMENT = 'a day such as 2026-12-24 or a time such as 2026-12-24T12:00'
const moment = z.string({ error: MOMENT }).refine(text => readMoment(text) !== null)

const timeOff = z.union([
  moment.transform(one => ({ from: one, to: one })),
  z.strictObject({
    from: moment.meta({ description: 'The first day off, or a time by their wall clock.' }),
    to: moment.meta({ description: 'The last day off, or the time it ends.' }),
  }),
])

const person = z.strictObject({
  team: z.string().min(1).optional().meta({ description: 'Instead of the team the CRM names.' }),
  country: z.string().min(1).optional().meta({ description: 'Instead of the country the CRM names.' }),
  timezone: zone.optional().meta({ description: 'IANA zone, instead of the one the CRM names.' }),
  time_off: z.array(timeOff).default([]).meta({ description: 'Days and spans on which they do not work.' }),
  ics: icsSources,
})

export type WrittenPerson = z.infer<typeof person>

export const people = z
  .record(address, person)
  .default({})
  .meta({ description: 'What is to be known of salespeople beyond what the CRMs say, by e-mail address.' })
