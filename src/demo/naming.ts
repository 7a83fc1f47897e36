import { parseRef, type Ref } from '../domain/facts.ts'
import type { Rep } from '../domain/handoff.ts'
import type { Queryable } from '../store/db.ts'
import { readDirectory } from '../store/reps.ts'
import type { Company } from './twins.ts'

/** Turns the CRMs' ids back into the words of the scenario that filled them. */
export interface Naming {
  /** The key of a user; the rep's name where the scenario has none, null for nobody. */
  user(ref: Ref | null): string | null
  campaign(name: string | null): string | null
  person(refs: readonly Ref[]): string | null
}

/** @param people key of the person each CRM record shows, by ref */
export async function naming(
  db: Queryable,
  company: Company,
  people: ReadonlyMap<string, string>,
): Promise<Naming> {
  const keyOfEmail = new Map(company.users.map(user => [user.email.toLowerCase(), user.user]))
  const keyOfCampaign = new Map(company.campaigns.map(({ campaign, name }) => [name || campaign, campaign]))
  const directory = await readDirectory(db)
  const keyOf = (rep: Rep) => keyOfEmail.get(rep.email?.toLowerCase() ?? '') ?? rep.name
  return {
    user: ref => {
      if (ref === null) return null
      const rep = directory.get(ref)
      return rep === undefined ? parseRef(ref).id : keyOf(rep)
    },
    campaign: name => (name === null ? null : (keyOfCampaign.get(name) ?? name)),
    person: refs => refs.map(ref => people.get(ref)).find(key => key !== undefined) ?? null,
  }
}
