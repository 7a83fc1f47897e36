import {
  checkbox,
  int,
  picklist,
  READ_ONLY,
  REQUIRED,
  reference,
  type SObject,
  sobject,
  text,
} from './field.ts'

export const permissionSet: SObject = sobject(
  { name: 'PermissionSet', prefix: '0PS', label: 'Permission Set', bin: false, stamps: 'all' },
  [
    text('Name', 80, REQUIRED),
    text('Label', 80, REQUIRED),
    text('Description', 255),
    checkbox('IsOwnedByProfile', READ_ONLY),
  ],
)

export const permissionSetAssignment: SObject = sobject(
  { name: 'PermissionSetAssignment', prefix: '0Pa', label: 'Permission Set Assignment', bin: false },
  [
    reference('PermissionSetId', ['PermissionSet'], { ...REQUIRED, children: 'Assignments' }),
    reference('AssigneeId', ['User'], { ...REQUIRED, children: 'PermissionSetAssignments' }),
  ],
)

export const objectPermissions: SObject = sobject(
  { name: 'ObjectPermissions', prefix: '110', label: 'Object Permissions', bin: false },
  [
    reference('ParentId', ['PermissionSet'], { ...REQUIRED, children: 'ObjectPerms' }),
    text('SobjectType', 40, REQUIRED),
    checkbox('PermissionsRead'),
    checkbox('PermissionsCreate'),
    checkbox('PermissionsEdit'),
    checkbox('PermissionsDelete'),
    checkbox('PermissionsViewAllRecords'),
    checkbox('PermissionsModifyAllRecords'),
  ],
)

export const fieldPermissions: SObject = sobject(
  { name: 'FieldPermissions', prefix: '01k', label: 'Field Permissions', bin: false },
  [
    reference('ParentId', ['PermissionSet'], { ...REQUIRED, children: 'FieldPerms' }),
    text('SobjectType', 40, REQUIRED),
    text('Field', 255, REQUIRED),
    checkbox('PermissionsRead'),
    checkbox('PermissionsEdit'),
  ],
)

/** Of the Tooling API alone. */
export const customField: SObject = sobject(
  { name: 'CustomField', prefix: '00N', label: 'Custom Field', bin: false, writable: false, tooling: true },
  [
    text('DeveloperName', 40),
    picklist('TableEnumOrId', []),
    text('FullName', 255),
    text('NamespacePrefix', 15),
    int('Length'),
  ],
)
