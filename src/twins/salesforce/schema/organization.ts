import {
  checkbox,
  datetime,
  email,
  phone,
  picklist,
  READ_ONLY,
  REQUIRED,
  reference,
  type SObject,
  sobject,
  text,
} from './field.ts'

const USER_TYPES = ['Standard', 'PowerPartner', 'Guest', 'AutomatedProcess', 'CloudIntegrationUser']

export const user: SObject = sobject({ name: 'User', prefix: '005', deletable: false }, [
  text('Username', 80, REQUIRED),
  text('LastName', 80, REQUIRED),
  text('FirstName', 40),
  text('Name', 121, { ...REQUIRED, ...READ_ONLY }),
  text('Alias', 8, REQUIRED),
  text('Title', 80),
  text('Department', 80),
  text('Country', 80),
  reference('UserRoleId', ['UserRole']),
  email('Email', { length: 128, ...REQUIRED }),
  phone('Phone'),
  checkbox('IsActive'),
  picklist('TimeZoneSidKey', [], REQUIRED),
  picklist('LocaleSidKey', [], REQUIRED),
  picklist('LanguageLocaleKey', ['en_US'], REQUIRED),
  picklist('UserType', USER_TYPES, READ_ONLY),
  reference('ManagerId', ['User']),
  text('FederationIdentifier', 512),
  datetime('LastLoginDate', READ_ONLY),
])

export const userRole: SObject = sobject(
  { name: 'UserRole', prefix: '00E', label: 'Role', deletable: false },
  [text('Name', 80, REQUIRED), text('DeveloperName', 80)],
)

export const group: SObject = sobject({ name: 'Group', prefix: '00G', deletable: false }, [
  text('Name', 40, REQUIRED),
  text('DeveloperName', 80),
  picklist('Type', ['Regular', 'Queue', 'Role', 'Organization'], REQUIRED),
  email('Email'),
])

export const organization: SObject = sobject(
  { name: 'Organization', prefix: '00D', deletable: false, writable: false },
  [
    text('Name', 80, REQUIRED),
    picklist('TimeZoneSidKey', [], REQUIRED),
    picklist('LanguageLocaleKey', ['en_US'], REQUIRED),
    picklist('DefaultLocaleSidKey', [], REQUIRED),
    picklist('OrganizationType', ['Enterprise Edition', 'Developer Edition'], READ_ONLY),
    text('InstanceName', 5, READ_ONLY),
    checkbox('IsSandbox', READ_ONLY),
  ],
)
