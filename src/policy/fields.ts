import type { PolicyField, Vendor } from '../domain/facts.ts'
import type { Policy, StagePredicate } from './policy.ts'

/**
 * The fields that these versions of the policy name, in conditions of stages and pauses and for dimensions, in order of
 * name: of the Salesforce Lead and of the HubSpot contact. Each once: API names ignore case.
 */
export function extraFields(policies: readonly Policy[]): Record<Vendor, readonly PolicyField[]> {
  const fields = policies.flatMap(policy => [...named(policy)])
  const of = (vendor: Vendor) => {
    const byName = new Map<string, PolicyField>()
    for (const { name, key } of fields.filter(one => one.vendor === vendor)) {
      if (!byName.has(name.toLowerCase())) byName.set(name.toLowerCase(), { name, key })
    }
    return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, field]) => field)
  }
  return { salesforce: of('salesforce'), hubspot: of('hubspot') }
}

type Named = PolicyField & { vendor: Vendor }

function* named({ stages, pauses, dimensions }: Policy): Generator<Named> {
  for (const [stage, predicates] of Object.entries(stages)) yield* tested(predicates, `stages.${stage}`)
  for (const { name, when } of pauses) yield* tested(when, `pauses.${name}`)
  for (const [dimension, names] of Object.entries(dimensions)) {
    for (const [vendor, name] of Object.entries(names) as [Vendor, string][]) {
      yield { vendor, name, key: `dimensions.${dimension}` }
    }
  }
}

function* tested(predicates: readonly StagePredicate[], key: string): Generator<Named> {
  for (const predicate of predicates) {
    if (predicate.preset !== 'condition') continue
    for (const { vendor, name } of predicate.all) yield { vendor, name, key }
  }
}
