import { z } from 'zod'
import { wordOrWords, words } from './values.ts'

const test = {
  is: wordOrWords.optional().meta({ description: 'The field has one of these values.' }),
  is_not: wordOrWords.optional().meta({ description: 'The field has none of these values, or is empty.' }),
  at_least: z.number().optional().meta({ description: 'The field is a number not below this.' }),
  at_most: z.number().optional().meta({ description: 'The field is a number not above this.' }),
  filled: z.boolean().optional().meta({ description: 'true: the field is not empty; false: it is.' }),
}

const API_NAME = /^[A-Za-z][A-Za-z0-9_]{0,99}$/
const apiName = (what: string) => z.string().regex(API_NAME, { error: `the API name of ${what}` })

const fieldNames = {
  hubspot: apiName('a HubSpot contact property')
    .optional()
    .meta({ description: 'Internal name of a HubSpot contact property.' }),
  salesforce: apiName('a Salesforce Lead field')
    .optional()
    .meta({ description: 'API name of a field of the Salesforce Lead.' }),
}

const fieldTest = z.strictObject({ ...fieldNames, ...test })

export type WrittenTest = z.infer<typeof fieldTest>

const condition = z.union([
  fieldTest,
  z.strictObject({
    all: z.array(fieldTest).min(1, { error: 'at least one test' }).meta({
      description: 'Tests that have to pass at the same time, on records of either CRM.',
    }),
  }),
])

export type WrittenCondition = z.infer<typeof condition>

/** What can hold for a while. */
export const stateKeys = {
  hubspot_lifecycle: words
    .optional()
    .meta({ description: 'The HubSpot lifecycle stage is one of these internal names.' }),
  hubspot_lead_status: words
    .optional()
    .meta({ description: 'The HubSpot lead status is one of these internal names.' }),
  salesforce_status: words
    .optional()
    .meta({ description: 'The Salesforce Lead Status is one of these labels.' }),
  fields: z
    .array(condition)
    .min(1, { error: 'at least one condition' })
    .optional()
    .meta({ description: 'Conditions on fields of either CRM; one of them is enough.' }),
}

const state = z.strictObject(stateKeys)
export type WrittenState = z.infer<typeof state>

const stage = z.union([
  z.literal('off'),
  z.strictObject({
    ...stateKeys,
    converted_with_deal: z
      .boolean()
      .optional()
      .meta({ description: 'A Lead is converted and the conversion opens an opportunity.' }),
    deal_opened: z
      .boolean()
      .optional()
      .meta({ description: 'A deal or opportunity of the person is opened.' }),
  }),
])

export type WrittenStage = z.infer<typeof stage>

export const stages = z
  .strictObject({
    mql: stage
      .default({ hubspot_lifecycle: ['marketingqualifiedlead'] })
      .meta({ description: 'Marketing hands over: opens a handoff.' }),
    sal: stage
      .default({
        salesforce_status: ['Working - Contacted'],
        hubspot_lead_status: ['IN_PROGRESS', 'CONNECTED', 'OPEN_DEAL'],
      })
      .meta({ description: 'Sales accepts. Reaching SQL implies it.' }),
    sql: stage
      .default({ hubspot_lifecycle: ['salesqualifiedlead'], converted_with_deal: true, deal_opened: true })
      .meta({ description: 'Sales-qualified. Ends the handoff.' }),
    rejected: stage
      .default({ salesforce_status: ['Closed - Not Converted'], hubspot_lead_status: ['UNQUALIFIED'] })
      .meta({ description: 'Sales turns it down. Ends the handoff.' }),
    recycled: stage
      .default({ salesforce_status: ['Nurturing'], hubspot_lifecycle: ['lead'] })
      .meta({ description: 'Back to marketing. Ends the handoff.' }),
  })
  .prefault({})
  .meta({
    description:
      'When a stage is reached: presets and conditions, of which the first that comes true counts.',
  })

const kept = z.strictObject(fieldNames).default({})

export const dimensions = z
  .strictObject({
    segment: kept.meta({ description: 'The fields that hold the segment.' }),
    score: kept.meta({ description: 'The fields that hold the score, a number.' }),
  })
  .prefault({})
  .meta({
    description: 'Fields of the CRMs for dimensions that have no standard one; read as they were at the MQL.',
  })
