import { expect, test } from 'vitest'
import { SOURCES } from '../../../../src/crm/salesforce/objects.ts'
import { idQuery, scanQuery } from '../../../../src/crm/salesforce/soql.ts'

const at = Date.parse('2026-03-02T09:00:00Z')
const id = '00Q000000000001EAA'

test('a first scan reads everything in order', () => {
  expect(scanQuery(SOURCES.lead, ['Email'], null)).toBe(
    'SELECT Id, Email FROM Lead ORDER BY SystemModstamp, Id',
  )
})

test('a later scan begins at an instant, included', () => {
  expect(scanQuery(SOURCES.history, ['Field'], { since: at })).toBe(
    'SELECT Id, Field FROM LeadHistory WHERE CreatedDate >= 2026-03-02T09:00:00Z ORDER BY CreatedDate, Id',
  )
})

test('an interrupted scan goes on strictly after a row', () => {
  expect(scanQuery(SOURCES.queue, ['Name'], { at, id })).toBe(
    "SELECT Id, Name FROM Group WHERE Type = 'Queue' AND (SystemModstamp > 2026-03-02T09:00:00Z" +
      ` OR (SystemModstamp = 2026-03-02T09:00:00Z AND Id > '${id}')) ORDER BY SystemModstamp, Id`,
  )
})

test('rows by id; nothing but an id gets into a query', () => {
  expect(idQuery(SOURCES.contact, ['Account.Name'], [id])).toBe(
    `SELECT Id, Account.Name FROM Contact WHERE Id IN ('${id}')`,
  )
  expect(() => idQuery(SOURCES.lead, [], ["' OR Id != '"])).toThrow(TypeError)
  expect(() => scanQuery(SOURCES.lead, [], { at, id: "x' OR Id != '" })).toThrow(TypeError)
})
