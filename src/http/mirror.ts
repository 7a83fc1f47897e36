import { agrees, isStale, VALID } from '../domain/certificate.ts'
import type { Instant } from '../domain/time.ts'
import { type Trouble, VENDOR_NAMES } from './health.ts'
import type { CrmState, ObjectState } from './views.ts'

/** What the certificates of a CRM's objects say, or do not say; one of a kind at most. */
export function mirrorTroubles({ vendor, objects }: CrmState, now: Instant, since: Instant): Trouble[] {
  const read = objects.filter(({ lastRead }) => lastRead !== null)
  const name = VENDOR_NAMES[vendor]
  const trouble = (code: Trouble['code'], of: readonly ObjectState[], words: Words): Trouble[] => {
    if (of.length === 0) return []
    const which = of.map(({ object }) => object.replaceAll('_', ' ')).join(', ')
    return [{ code, vendor, needsPerson: false, red: true, ...words(name, which) }]
  }
  return [
    ...trouble(
      'mirror_doubtful',
      read.filter(({ certificate }) => certificate?.stopped != null),
      doubtful,
    ),
    ...trouble('mirror_differs', read.filter(differs), differing),
    ...trouble(
      'mirror_unchecked',
      read.filter(one => isUnchecked(one, now, since)),
      unchecked,
    ),
  ]
}

type Words = (name: string, which: string) => Pick<Trouble, 'title' | 'remedy'> & Partial<Trouble>

const differs = ({ certificate }: ObjectState): boolean =>
  certificate !== null && certificate.stopped === null && !agrees(certificate)

function isUnchecked({ certificate, blindSince }: ObjectState, now: Instant, since: Instant): boolean {
  if (blindSince !== null) return true
  return certificate === null ? now - since > VALID : isStale(certificate, now)
}

const doubtful: Words = (name, which) => ({
  needsPerson: true,
  title: `${name} shows far fewer records than we know: ${which}`,
  remedy:
    'Nothing was deleted here. Check what the connected user may see; if the records are gone, run leadtime reconcile --deletions.',
})

const differing: Words = (name, which) => ({
  title: `The mirror differs from ${name}: ${which}`,
  remedy: 'It is compared again within a day; leadtime reconcile does it now.',
})

const unchecked: Words = (name, which) => ({
  title: `Not compared with ${name} for too long: ${which}`,
  remedy:
    'Deletions may be missing until it is. It is done by itself when a worker runs; leadtime reconcile does it now.',
})
