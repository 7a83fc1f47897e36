import type { TwinApp } from '../http.ts'

/** Looks up a person's records in the Salesforce twin, as the vendor's connector knows them. */
export function linkOf(salesforce: TwinApp): (person: string) => { lead?: string; contact?: string } {
  return person => {
    const [found] = salesforce.source.people(justBefore(person), 1)
    if (found?.person !== person) return {}
    const last = (object: string) => found.records.findLast(one => one.object.toLowerCase() === object)?.id
    const lead = last('lead')
    const contact = last('contact')
    return { ...(lead !== undefined && { lead }), ...(contact !== undefined && { contact }) }
  }
}

/** The greatest text that sorts before the key, for a source that lists what comes after one. */
function justBefore(key: string): string {
  const letters = [...key]
  const last = letters.pop()?.codePointAt(0) ?? 0
  return last === 0 ? letters.join('') : `${letters.join('')}${String.fromCodePoint(before(last))}\u{10FFFF}`
}

/** Skips the surrogates, which are no characters of their own. */
function before(code: number): number {
  return code === 0xe000 ? 0xd7ff : code - 1
}
