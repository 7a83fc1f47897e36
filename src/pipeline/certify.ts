import type { Crm } from '../crm/crm.ts'
import { agrees, type Certificate, gapsOf } from '../domain/certificate.ts'
import { certificateWords } from '../domain/certified.ts'
import type { ObjectName } from '../domain/facts.ts'
import { DAY, HOUR } from '../domain/time.ts'
import { readDue } from '../store/certificates.ts'
import { sameAccount } from './account.ts'
import type { Context } from './context.ts'
import { type ReconcileOptions, reconcile } from './reconcile.ts'

/** How old a certificate grows before the object is compared again. */
const EVERY = DAY
/** What was not read for longer than this is being caught up with: everything in between would look like a gap. */
const LATELY = HOUR

/** The objects of a CRM that are to be compared now. */
export const dueObjects = ({ db, now }: Context, crm: Crm): Promise<ObjectName[]> =>
  readDue(db, crm.vendor, crm.objects, { before: now() - EVERY, read: now() - LATELY })

/**
 * Compares objects that were just read; one that another process compares is left to it.
 * @throws OtherAccount; what `reconcile` throws
 */
export async function reconcileAll(
  context: Context,
  crm: Crm,
  objects: readonly ObjectName[],
  options: ReconcileOptions = {},
): Promise<Certificate[]> {
  await sameAccount(context, crm)
  const certificates: Certificate[] = []
  for (const object of objects) {
    const certificate = await reconcile(context, crm, object, options)
    if (certificate === null) continue
    certificates.push(certificate)
    tell(context, certificate)
  }
  return certificates
}

/** A gap that was closed is worth a line; one that was not, a warning. */
function tell({ log }: Context, certificate: Certificate): void {
  const { vendor, object, healed } = certificate
  const words = certificateWords(certificate)
  if (!agrees(certificate)) log.warn({ vendor, object }, words)
  else if (gapsOf(healed) > 0) log.info({ vendor, object }, words)
}
