import { agrees, type Certificate, checksum, type Digest, gapsOf } from './certificate.ts'
import { iso } from './time.ts'

const number = (n: number): string => n.toLocaleString('en')

const records = (n: number): string => `${number(n)} record${n === 1 ? '' : 's'}`

const minute = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** A certificate read aloud: `9,412 records on both sides, checksum 0a1b…; no gaps; changes up to 2026-11-26 09:00 UTC`. */
export function certificateWords(certificate: Certificate): string {
  const { crm, mirror, remaining, stopped, from, until, unsettled } = certificate
  if (stopped !== null) return `not compared: ${stopped}; nothing was changed`
  const sides =
    crm.records === mirror.records
      ? `${records(crm.records)} on both sides`
      : `${records(crm.records)} in the CRM, ${number(mirror.records)} here`
  const sums = agrees(certificate)
    ? `checksum ${checksum(crm)}`
    : `${records(remaining)} differ${remaining === 1 ? 's' : ''} (checksums ${checksum(crm)} and ${checksum(mirror)})`
  const window =
    from === null ? `changes up to ${minute(until)}` : `changes from ${minute(from)} to ${minute(until)}`
  const later = unsettled === 0 ? [] : [`${records(unsettled)} changed since`]
  return [`${sides}, ${sums}`, gapWords(certificate), window, ...later].join('; ')
}

function gapWords({ healed }: Certificate): string {
  const all = gapsOf(healed)
  if (all === 0) return 'no gaps'
  const kinds = [
    [healed.missing, 'missing'],
    [healed.stale, 'outdated'],
    [healed.vanished, 'deleted'],
  ] as const
  const told = kinds.flatMap(([n, kind]) => (n === 0 ? [] : [`${number(n)} ${kind}`]))
  return `${number(all)} gap${all === 1 ? '' : 's'} found and closed: ${told.join(', ')}`
}

/** A certificate as the API and `leadtime reconcile --json` give it; instants in ISO 8601, UTC. */
export function certificateJson(certificate: Certificate) {
  const { from, until, crm, mirror, healed, remaining, unsettled, stopped, endedAt, seconds, calls } =
    certificate
  return {
    agrees: agrees(certificate),
    ...{ from: iso(from), until: iso(until), endedAt: iso(endedAt), seconds, calls },
    ...{ crm: side(crm), mirror: side(mirror), gaps: healed, remaining, unsettled, stopped },
    words: certificateWords(certificate),
  }
}

const side = (digest: Digest) => ({ records: digest.records, checksum: checksum(digest) })
