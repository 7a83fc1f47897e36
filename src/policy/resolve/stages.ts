import { PolicyError } from '../error.ts'
import type { FieldTest, StagePredicate, StatePredicate } from '../policy.ts'
import type { WrittenCondition, WrittenStage, WrittenState, WrittenTest } from '../schema/stages.ts'

/** Where in which file; for errors. */
export interface Place {
  file: string
  path: string
}

export const inside = ({ file, path }: Place, key: string | number): Place => ({
  file,
  path: path === '' ? String(key) : `${path}.${key}`,
})

/** The presets and conditions of a stage; none when it is off. */
export function stagePredicates(stage: WrittenStage, place: Place): StagePredicate[] {
  if (stage === 'off') return []
  const found: StagePredicate[] = statePredicates(stage, place)
  if (stage.converted_with_deal) found.push({ preset: 'converted_with_deal' })
  if (stage.deal_opened) found.push({ preset: 'deal_opened' })
  return found
}

export function statePredicates(state: WrittenState, place: Place): StatePredicate[] {
  const found: StatePredicate[] = []
  const { hubspot_lifecycle, hubspot_lead_status, salesforce_status, fields } = state
  if (hubspot_lifecycle) {
    found.push({ preset: 'field', vendor: 'hubspot', field: 'lifecycle', values: hubspot_lifecycle })
  }
  if (hubspot_lead_status) {
    found.push({ preset: 'field', vendor: 'hubspot', field: 'lead_status', values: hubspot_lead_status })
  }
  if (salesforce_status) {
    found.push({ preset: 'field', vendor: 'salesforce', field: 'status', values: salesforce_status })
  }
  for (const [index, one] of (fields ?? []).entries()) {
    found.push({ preset: 'condition', all: tests(one, inside(inside(place, 'fields'), index)) })
  }
  return found
}

function tests(condition: WrittenCondition, place: Place): FieldTest[] {
  if (!('all' in condition)) return [fieldTest(condition, place)]
  return condition.all.map((one, index) => fieldTest(one, inside(inside(place, 'all'), index)))
}

function fieldTest(written: WrittenTest, { file, path }: Place): FieldTest {
  const { hubspot, salesforce, is, is_not, at_least, at_most, filled } = written
  if ((hubspot === undefined) === (salesforce === undefined)) {
    const value = hubspot === undefined ? 'no field' : `both ${hubspot} and ${salesforce}`
    throw new PolicyError(file, { path, value, expected: 'one field: hubspot or salesforce' })
  }
  const field =
    hubspot === undefined
      ? { vendor: 'salesforce' as const, name: salesforce! }
      : { vendor: 'hubspot' as const, name: hubspot }
  const found: FieldTest[] = []
  if (is) found.push({ ...field, test: 'is', values: is })
  if (is_not) found.push({ ...field, test: 'is_not', values: is_not })
  if (at_least !== undefined) found.push({ ...field, test: 'at_least', value: at_least })
  if (at_most !== undefined) found.push({ ...field, test: 'at_most', value: at_most })
  if (filled !== undefined) found.push({ ...field, test: 'filled', filled })
  if (found.length === 1) return found[0]!
  const value = found.length === 0 ? 'no test' : found.map(one => one.test).join(' and ')
  throw new PolicyError(file, {
    path,
    value,
    expected: 'one of is, is_not, at_least, at_most, filled; several go under all',
  })
}
