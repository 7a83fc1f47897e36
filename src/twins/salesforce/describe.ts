import type { Field, SObject } from './schema/field.ts'
import { hasBin, sobjects } from './schema.ts'

const SOAP_TYPES: Partial<Record<Field['type'], string>> = {
  id: 'tns:ID',
  reference: 'tns:ID',
  boolean: 'xsd:boolean',
  datetime: 'xsd:dateTime',
  date: 'xsd:date',
  time: 'xsd:time',
  int: 'xsd:int',
  double: 'xsd:double',
  currency: 'xsd:double',
  percent: 'xsd:double',
  anyType: 'xsd:anyType',
}

/** GET /sobjects. @param base `/services/data/v66.0` */
export function describeGlobal(base: string): object {
  return {
    encoding: 'UTF-8',
    maxBatchSize: 200,
    sobjects: sobjects.filter(({ tooling }) => !tooling).map(object => summary(object, base)),
  }
}

/** GET /sobjects/T/describe. */
export function describeObject(object: SObject, base: string): object {
  return {
    ...summary(object, base),
    fields: object.fields.map(describeField),
    childRelationships: childrenOf(object),
    recordTypeInfos: [],
    actionOverrides: [],
    namedLayoutInfos: [],
    compactLayoutable: object.updateable,
    searchLayoutable: object.updateable,
    lookupLayoutable: null,
    listviewable: null,
    networkScopeFieldName: null,
    supportedScopes: [{ label: `All ${object.label}`, name: 'everything' }],
  }
}

/** GET /sobjects/T. */
export function basicInfo(object: SObject, base: string): object {
  return { objectDescribe: summary(object, base), recentItems: [] }
}

function summary(object: SObject, base: string): object {
  const url = `${base}/sobjects/${object.name}`
  return {
    name: object.name,
    label: object.label,
    labelPlural: `${object.label}s`,
    keyPrefix: object.prefix,
    custom: false,
    createable: object.createable,
    updateable: object.updateable,
    deletable: object.deletable,
    undeletable: object.deletable,
    mergeable: /^(Lead|Contact|Account)$/.test(object.name),
    queryable: true,
    retrieveable: true,
    searchable: hasBin(object),
    replicateable: true,
    triggerable: object.updateable,
    layoutable: object.updateable,
    feedEnabled: false,
    hasSubtypes: false,
    isSubtype: false,
    isInterface: false,
    activateable: false,
    customSetting: false,
    deepCloneable: false,
    deprecatedAndHidden: false,
    idEnabled: true,
    mruEnabled: object.updateable,
    urls: { sobject: url, describe: `${url}/describe`, rowTemplate: `${url}/{ID}` },
  }
}

function describeField(field: Field): object {
  const custom = field.name.endsWith('__c')
  const sortable = !/^(textarea|anyType|multipicklist)$/.test(field.type)
  return {
    name: field.name,
    label: field.label,
    type: field.type,
    soapType: SOAP_TYPES[field.type] ?? 'xsd:string',
    length: field.length,
    byteLength: field.length * 3,
    precision: field.precision,
    scale: field.scale,
    digits: field.type === 'int' ? field.precision : 0,
    nillable: field.nillable,
    createable: field.createable,
    updateable: field.updateable,
    calculated: field.calculated,
    custom,
    externalId: false,
    idLookup: field.type === 'id' || field.type === 'email',
    unique: false,
    caseSensitive: false,
    autoNumber: false,
    nameField: field.name === 'Name',
    namePointing: field.refersTo.length > 1,
    filterable: field.filterable,
    sortable,
    groupable: sortable && !/^(datetime|double|currency|percent)$/.test(field.type),
    aggregatable: sortable,
    defaultedOnCreate: field.type === 'boolean' || !field.createable || field.name === 'OwnerId',
    defaultValue: field.type === 'boolean' ? false : null,
    picklistValues: field.values.map(value => ({
      active: true,
      defaultValue: false,
      label: value,
      validFor: null,
      value,
    })),
    restrictedPicklist: field.restricted,
    dependentPicklist: false,
    referenceTo: field.refersTo,
    relationshipName: field.relationship,
    relationshipOrder: null,
    inlineHelpText: null,
    htmlFormatted: false,
    deprecatedAndHidden: false,
    permissionable: field.createable && field.nillable,
    ...UNUSED,
  }
}

/** What every field says of features that none of ours uses. */
const UNUSED = {
  ...{ calculatedFormula: null, compoundFieldName: null, controllerName: null, defaultValueFormula: null },
  ...{
    extraTypeInfo: null,
    filteredLookupInfo: null,
    mask: null,
    maskType: null,
    referenceTargetField: null,
  },
  ...{ cascadeDelete: false, displayLocationInDecimal: false, encrypted: false, highScaleNumber: false },
  ...{ queryByDistance: false, restrictedDelete: false, writeRequiresMasterRead: false },
}

function childrenOf(object: SObject): object[] {
  return sobjects.flatMap(child =>
    child.fields
      .filter(field => field.refersTo.includes(object.name))
      .map(field => ({
        childSObject: child.name,
        field: field.name,
        relationshipName: field.children,
        cascadeDelete: false,
        deprecatedAndHidden: false,
        restrictedDelete: false,
        junctionIdListNames: [],
        junctionReferenceTo: [],
      })),
  )
}
