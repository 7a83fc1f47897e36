import type { CensusPage, Crm } from '../crm/crm.ts'
import {
  type Certificate,
  doubt,
  NOTHING,
  type Pair,
  SETTLING,
  standing,
  withPair,
} from '../domain/certificate.ts'
import type { ObjectName } from '../domain/facts.ts'
import { HOUR } from '../domain/time.ts'
import { coveredUntil, storeCertificate } from '../store/certificates.ts'
import { Overtaken } from '../store/cursors.ts'
import {
  beginPass,
  endPass,
  type Pass,
  readBound,
  readPairs,
  readPass,
  readVanishing,
  savePass,
  storeCounted,
} from '../store/reconcile.ts'
import type { Context } from './context.ts'
import { heal } from './heal.ts'

/** A pass that was interrupted longer ago than this begins again. */
const RESUMABLE = 12 * HOUR
/** Pairs compared at once, about. */
const PAGE = 2_000

export interface ReconcileOptions {
  /** Take for deleted whatever the CRM no longer has, however much it is. */
  deletions?: boolean
  /** How far: records counted or compared, of how many we hold, about. */
  progress?: (done: number) => void
}

/**
 * Compares everything the mirror holds of `object` with what the CRM shows, record by record, closes the gaps and
 * certifies the result. A record that differs is asked for by id and stored as a page is; one that the CRM does not
 * even show then becomes a tombstone. Works in pages, and goes on where an interrupted pass ended.
 * @returns null when another process compares the same object
 * @throws what the CRM throws; DatabaseUnavailable. What was done stays.
 */
export async function reconcile(
  context: Context,
  crm: Crm,
  object: ObjectName,
  options: ReconcileOptions = {},
): Promise<Certificate | null> {
  try {
    const counted = await count(context, crm, object, options)
    const stopped = await suspicion(context, counted, crm.ageing.includes(object), options)
    const compared = stopped === null ? await compareAll(context, crm, counted, options) : counted
    return await certify(context, compared, stopped)
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error
    context.log.info({ vendor: crm.vendor, object }, error.message)
    return null
  }
}

/** Takes down what the CRM lists, page by page with the place reached. */
async function count(
  context: Context,
  crm: Crm,
  object: ObjectName,
  { progress }: ReconcileOptions,
): Promise<Pass> {
  const { db, now, signal } = context
  const left = await readPass(db, crm.vendor, object)
  let pass = left !== null && now() - left.startedAt < RESUMABLE ? left : null
  if (pass !== null && pass.state.census === null) return pass
  let done = 0
  let calls = crm.traffic().reads.calls
  for await (const page of crm.census(object, pass?.state.census ?? null, signal)) {
    const since = crm.traffic().reads.calls - calls
    calls += since
    pass = await store(context, pass ?? fresh(crm, object, page, now()), left, page, since)
    done += page.records.length
    progress?.(done)
    signal.throwIfAborted()
  }
  return pass!
}

async function store(
  { db }: Context,
  pass: Pass,
  left: Pass | null,
  page: CensusPage,
  calls: number,
): Promise<Pass> {
  const state = { ...pass.state, census: page.cursor, calls: pass.state.calls + calls }
  return await db.tx(async tx => {
    if (pass.step === 0) await beginPass(tx, pass, left)
    const saved = await savePass(tx, pass, state)
    await storeCounted(tx, pass.vendor, pass.object, page.records)
    return saved
  })
}

const fresh = (crm: Crm, object: ObjectName, { date }: CensusPage, now: number): Pass => ({
  ...{ vendor: crm.vendor, object, step: 0, until: (date ?? now) - SETTLING, startedAt: now },
  state: {
    census: null,
    compared: null,
    sum: NOTHING,
    healed: { missing: 0, stale: 0, vanished: 0 },
    calls: 0,
  },
})

/** Why what the census lacks must not be taken for deleted; see {@link doubt}. */
async function suspicion(
  { db }: Context,
  pass: Pass,
  ageing: boolean,
  { deletions }: ReconcileOptions,
): Promise<string | null> {
  return deletions === true || ageing ? null : doubt(await readVanishing(db, pass))
}

async function compareAll(
  context: Context,
  crm: Crm,
  begun: Pass,
  { progress }: ReconcileOptions,
): Promise<Pass> {
  let pass = begun
  for (;;) {
    context.signal.throwIfAborted()
    const bound = await readBound(context.db, pass, pass.state.compared, PAGE)
    pass = await comparePage(context, crm, pass, bound)
    progress?.(pass.state.sum.mirror.records)
    if (bound === null) return pass
  }
}

/** Closes the gaps up to `bound`, then looks again: what counts is how it stands now. */
async function comparePage(
  context: Context,
  crm: Crm,
  before: Pass,
  bound: Pass['state']['compared'],
): Promise<Pass> {
  const { db } = context
  const { until, state } = before
  const ageing = crm.ageing.includes(before.object)
  const look = () => readPairs(db, before, state.compared, bound)
  const calls = crm.traffic().reads.calls
  let pass = before
  let pairs = await look()
  const gaps = pairs.filter(pair => isGap(pair, until, ageing))
  if (gaps.length > 0) {
    pass = await heal(context, crm, pass, gaps)
    pairs = await look()
  }
  const sum = pairs.reduce((so, pair) => withPair(so, pair, until, ageing), pass.state.sum)
  const sent = pass.state.calls + crm.traffic().reads.calls - calls
  return await savePass(db, pass, { ...pass.state, compared: bound, sum, calls: sent })
}

function isGap(pair: Pair, until: number, ageing: boolean): boolean {
  const found = standing(pair, until, ageing)
  return found !== 'agrees' && found !== 'unsettled'
}

/** Writes down how it ended, and forgets the pass. */
async function certify({ db, now }: Context, pass: Pass, stopped: string | null): Promise<Certificate> {
  const { vendor, object, until, startedAt, state } = pass
  const endedAt = now()
  const certificate: Certificate = {
    ...{ vendor, object, from: await coveredUntil(db, vendor, object), until, ...state.sum },
    ...{ healed: state.healed, stopped, endedAt, seconds: (endedAt - startedAt) / 1000, calls: state.calls },
  }
  await db.tx(async tx => {
    await savePass(tx, pass, state)
    await storeCertificate(tx, certificate)
    await endPass(tx, vendor, object)
  })
  return certificate
}
