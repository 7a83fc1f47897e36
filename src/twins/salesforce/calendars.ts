import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { newStamps, type Organisation } from './organisation.ts'
import { businessHours, holiday } from './schema/calendars.ts'
import type { SObject } from './schema/field.ts'
import type { Row } from './values.ts'

const row = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
const calendars = z.strictObject({
  BusinessHours: z.array(row).default([]),
  Holiday: z.array(row).default([]),
})

/** PUT /_twin/calendars: the business hours and holidays of the organisation, by API name; those it had are gone. */
export function calendarRoutes(app: FastifyInstance, organisation: Organisation): void {
  app.put('/_twin/calendars', request => {
    const given = calendars.parse(request.body)
    replace(organisation, businessHours, given.BusinessHours)
    replace(organisation, holiday, given.Holiday)
    return { BusinessHours: given.BusinessHours.length, Holiday: given.Holiday.length }
  })
}

function replace(
  { database, automationId }: Organisation,
  object: SObject,
  rows: z.infer<typeof row>[],
): void {
  database.transaction(() => {
    database.prepare(`DELETE FROM ${object.name}`).run()
    for (const one of rows) {
      const values: Row = {}
      for (const [name, value] of Object.entries(one))
        values[name] = typeof value === 'boolean' ? Number(value) : value
      database.put(object, { ...newStamps(0, automationId), Id: database.nextId(object), ...values })
    }
  })
}
