import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type SalesforceTwin, salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { company, event, person } from '../../unit/twins/salesforce/world.ts'
import { type Call, signedIn } from './signed-in.ts'

let twin: SalesforceTwin
let call: Call

beforeEach(async () => {
  twin = salesforceTwin({ clock: new VirtualClock(Date.UTC(2026, 2, 1, 12)), file: ':memory:' })
  twin.sink.begin(company())
  twin.sink.person(person('p'), [event('mql', 1)])
  twin.sink.end()
  call = await signedIn(await twin.app.listen({ host: '127.0.0.1', port: 0 }))
})

afterEach(() => twin.close())

const TEXT = { type: 'Text', label: 'Acme reason', length: 255 }
const make = (FullName: string, Metadata: object = TEXT) =>
  call('POST', '/tooling/sobjects/CustomField', { FullName, Metadata })
const query = (soql: string) => call('GET', `/query?q=${encodeURIComponent(soql)}`)
const tooling = async (soql: string) =>
  (await call('GET', `/tooling/query?q=${encodeURIComponent(soql)}`)).body.records
const described = async () =>
  (await call('GET', '/sobjects/Lead/describe')).body.fields as {
    name: string
    updateable: boolean
    type: string
  }[]
const field = async (name: string) => (await described()).find(one => one.name === name)
const idOf = async (soql: string) => (await query(soql)).body.records[0].Id as string
const lead = () => idOf('SELECT Id FROM Lead')
const update = async (fields: object) => {
  const records = [{ attributes: { type: 'Lead' }, id: await lead(), ...fields }]
  const [saved] = (await call('PATCH', '/composite/sobjects', { allOrNone: false, records })).body
  return saved.success ? 'ok' : saved.errors[0].statusCode
}

/** A permission set that is assigned to the user we are signed in as. */
async function permissionSet(): Promise<string> {
  const made = await call('POST', '/sobjects/PermissionSet', { Name: 'Leadtime', Label: 'Leadtime' })
  const user = await idOf("SELECT Id FROM User WHERE Name = 'Leadtime Integration'")
  const wish = { AssigneeId: user, PermissionSetId: made.body.id }
  expect((await call('POST', '/sobjects/PermissionSetAssignment', wish)).status).toBe(201)
  return made.body.id
}

const grant = (ParentId: string, Field: string, read: boolean, edit: boolean) =>
  call('POST', '/sobjects/FieldPermissions', {
    ...{ ParentId, SobjectType: Field.split('.')[0], Field, PermissionsRead: read, PermissionsEdit: edit },
  })

describe('a field that an API made', () => {
  it('is invisible to its maker until a permission set grants it', async () => {
    const { status, body } = await make('Lead.Acme_Reason__c')
    expect([status, body]).toEqual([
      201,
      { id: expect.stringMatching(/^00N\w{15}$/), success: true, errors: [], warnings: [], infos: [] },
    ])
    expect(await field('Acme_Reason__c')).toBeUndefined()
    expect((await query('SELECT Acme_Reason__c FROM Lead')).body[0]).toMatchObject({
      errorCode: 'INVALID_FIELD',
      message: expect.stringContaining("No such column 'Acme_Reason__c' on entity 'Lead'"),
    })
    expect(await update({ Acme_Reason__c: 'x' })).toBe('INVALID_FIELD')
    const bulk = { operation: 'query', query: 'SELECT Acme_Reason__c FROM Lead' }
    expect((await call('POST', '/jobs/query', bulk)).body[0].errorCode).toBe('INVALID_FIELD')

    const set = await permissionSet()
    expect((await grant(set, 'Lead.Acme_Reason__c', true, false)).status).toBe(201)
    expect(await field('Acme_Reason__c')).toMatchObject({ type: 'string', updateable: false, length: 255 })
    expect(await update({ Acme_Reason__c: 'x' })).toBe('INVALID_FIELD_FOR_INSERT_UPDATE')

    const permission = await idOf("SELECT Id FROM FieldPermissions WHERE Field = 'Lead.Acme_Reason__c'")
    await call('PATCH', `/sobjects/FieldPermissions/${permission}`, { PermissionsEdit: true })
    expect(await update({ Acme_Reason__c: 'x' })).toBe('ok')
    expect((await query('SELECT Acme_Reason__c FROM Lead')).body.records).toMatchObject([
      { Acme_Reason__c: 'x' },
    ])

    expect((await call('DELETE', `/sobjects/FieldPermissions/${permission}`)).status).toBe(204)
    expect(await field('Acme_Reason__c')).toBeUndefined()
  })

  it.each([
    ['Checkbox', { defaultValue: 'false' }, 'boolean'],
    ['DateTime', {}, 'datetime'],
    ['Number', { precision: 16, scale: 2 }, 'double'],
    ['LongTextArea', { length: 1000, visibleLines: 3 }, 'textarea'],
    [
      'Picklist',
      {
        valueSet: {
          restricted: true,
          valueSetDefinition: { sorted: false, value: [{ fullName: 'met', label: 'met' }] },
        },
      },
      'picklist',
    ],
  ])('of type %s has what that type has', async (type, more, shown) => {
    expect((await make('Lead.Acme__c', { type, label: 'Acme', ...more })).status).toBe(201)
    await grant(await permissionSet(), 'Lead.Acme__c', true, true)
    expect(await field('Acme__c')).toMatchObject({ type: shown, updateable: true, label: 'Acme' })
    if (type === 'Picklist') expect(await update({ Acme__c: 'late' })).toMatch(/RESTRICTED_PICKLIST/)
    const part = Object.keys(more).at(-1)
    if (part)
      expect((await make('Lead.Other__c', { type, label: 'Other', ...more, [part]: undefined })).status).toBe(
        400,
      )
  })

  it('is one of its name', async () => {
    await make('Lead.Acme__c')
    expect((await make('Lead.Acme__c')).body).toMatchObject([
      { errorCode: 'DUPLICATE_DEVELOPER_NAME', message: 'There is already a field named Acme on Lead.' },
    ])
    expect((await make('Lead.Leadtime_Due__c')).body[0].errorCode).toBe('DUPLICATE_DEVELOPER_NAME')
  })

  it.each([
    ['Nothing.Acme__c', TEXT],
    ['Lead.Acme', TEXT],
    ['Lead.Acme__c', { ...TEXT, type: 'Nonsense' }],
    ['Lead.Acme__c', { type: 'Text', length: 10 }],
  ])('cannot be %s, %j', async (name, metadata) => {
    const { status, body } = await make(name, metadata)
    expect([status, body[0].errorCode]).toEqual([400, 'FIELD_INTEGRITY_EXCEPTION'])
  })

  it('is found and deleted by the Tooling API, of which REST knows nothing', async () => {
    const { body } = await make('Lead.Acme__c')
    const soql =
      "SELECT Id, DeveloperName FROM CustomField WHERE TableEnumOrId = 'Lead' AND DeveloperName LIKE 'Acme%'"
    expect(await tooling(soql)).toMatchObject([{ Id: body.id, DeveloperName: 'Acme' }])
    expect((await query(soql)).body[0].errorCode).toBe('INVALID_TYPE')
    expect((await call('DELETE', `/tooling/sobjects/CustomField/${body.id}`)).status).toBe(204)
    expect(await tooling(soql)).toEqual([])
    expect((await make('Lead.Acme__c')).status).toBe(201)
  })
})

describe('rights', () => {
  it.each([
    ['Lead.Nothing__c', true, true, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'],
    ['Lead.Acme__c', false, true, 'FIELD_INTEGRITY_EXCEPTION'],
  ])('on %s (read %s, edit %s) are refused', async (name, read, edit, code) => {
    await make('Lead.Acme__c')
    expect((await grant(await permissionSet(), name, read, edit)).body[0].errorCode).toBe(code)
  })

  it('are granted once, and by an assigned set only', async () => {
    await make('Lead.Acme__c')
    const loose = (await call('POST', '/sobjects/PermissionSet', { Name: 'Loose', Label: 'Loose' })).body.id
    await grant(loose, 'Lead.Acme__c', true, true)
    expect(await field('Acme__c')).toBeUndefined()
    expect((await grant(loose, 'Lead.Acme__c', true, true)).body[0].errorCode).toBe('DUPLICATE_VALUE')
  })

  it('are taken by an administrator, with the field or without; setting up begins at "absent"', async () => {
    const set = (access: string) =>
      call.control('PUT', '/access', { fields: [{ field: 'Lead.Leadtime_*', access }] })
    expect((await set('read')).body.fields).toHaveLength(14)
    expect(await field('Leadtime_Due__c')).toMatchObject({ updateable: false })
    await set('none')
    expect(await field('Leadtime_Due__c')).toBeUndefined()
    expect((await make('Lead.Leadtime_Due__c')).body[0].errorCode).toBe('DUPLICATE_DEVELOPER_NAME')
    await set('absent')
    expect((await make('Lead.Leadtime_Due__c', { type: 'DateTime', label: 'Due' })).status).toBe(201)
    await grant(await permissionSet(), 'Lead.Leadtime_Due__c', true, true)
    expect(await field('Leadtime_Due__c')).toMatchObject({ updateable: true, label: 'Due' })
    const wrong = await call.control('PUT', '/access', {
      fields: [{ field: 'Lead.Nothing__c', access: 'read' }],
    })
    expect([wrong.status, wrong.body.error]).toEqual([400, expect.stringContaining('Lead.Nothing__c')])
  })
})
