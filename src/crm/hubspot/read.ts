import { z } from 'zod'
import type { PolicyField } from '../../domain/facts.ts'
import type { Instant } from '../../domain/time.ts'
import type { CensusPage, Cursor, Page, Patience, PulledRecord } from '../crm.ts'
import { Unavailable } from '../errors.ts'
import { reading, resume, spelt } from '../extra.ts'
import { paging } from './associations.ts'
import type { HubSpotClient } from './client.ts'
import { mergedIds } from './contact.ts'
import { type Context, mergedAway, ownerRecord, type StageMeanings, toRecord } from './facts.ts'
import { type HubSpotName, SOURCES, type Source } from './objects.ts'
import { ownedNames } from './owned.ts'
import { follow, list, type PagedObjects, read, search } from './pages.ts'
import { contactProperties } from './properties.ts'
import { clamped, cursorOf, firstStep, nextStep, type Step } from './scan.ts'
import { type HubSpotObject, isId, time } from './values.ts'

export class HubSpotReader {
  readonly #client: HubSpotClient
  readonly #prefix: string
  /** Contact properties that the policy names. */
  readonly #wished: readonly PolicyField[]
  /** Those that were there when a scan last asked. */
  #extra: Known<readonly string[]> | null = null
  #stages: Known<StageMeanings> | null = null

  constructor(client: HubSpotClient, prefix: string, wished: readonly PolicyField[]) {
    this.#client = client
    this.#prefix = prefix
    this.#wished = wished
  }

  /** The records changed since `cursor`, page by page, archived ones included; see {@link Step}. */
  async *changes(
    object: HubSpotName,
    cursor: Cursor | null,
    signal: AbortSignal,
    { rareMs }: Patience = { rareMs: 0 },
  ): AsyncGenerator<Page> {
    if (object === 'contact' && isOld(this.#extra, rareMs)) this.#extra = null
    if (object === 'deal' && isOld(this.#stages, rareMs)) this.#stages = null
    let context = await this.#contextFor(object, signal)
    const source = this.#source(object, context)
    let step: Step | null = firstStep(resume(cursor, context.extra))
    while (step) {
      const page = await this.#page(source, step, signal)
      if (page.next !== null && page.next === step.after) {
        throw new Unavailable('hubspot', `${step.kind} ${SOURCES[object].type}`, 'the same page came twice')
      }
      const sooner = clamped(step, page.date)
      if (sooner !== null) {
        step = sooner
        continue
      }
      if (object === 'deal' && rareMs > 0 && showsNewStage(page.objects, context)) {
        this.#stages = null
        context = await this.#contextFor(object, signal)
      }
      const since: Instant = step.since ?? page.date ?? newest(page.objects)
      const next = nextStep({ ...step, since }, page.next, SOURCES[object], rareMs)
      yield {
        records: this.#translate(object, wanted(page.objects, step), context),
        cursor: reading(cursorOf({ ...step, since }, next, since, SOURCES[object]), context.extra),
      }
      step = next
    }
  }

  /** These records as they are now, archived ones too, and of those merged into another one among them that they were. */
  async fetch(object: HubSpotName, ids: readonly string[], signal: AbortSignal): Promise<PulledRecord[]> {
    this.#stages = null
    const context = await this.#contextFor(object, signal)
    const source = this.#source(object, context)
    const known = [...new Set(ids)].filter(isId)
    const found = await read(this.#client, source, known, false, signal)
    const there = new Set(found.map(({ id }) => id))
    const missing = known.filter(id => !there.has(id))
    const archived = missing.length > 0 ? await read(this.#client, source, missing, true, signal) : []
    const asked = new Set(known)
    // A merged-away id can answer with its survivor, of whom nobody asked.
    const all = this.#translate(object, [...found, ...archived], context)
    const records = all.filter(({ id }) => asked.has(id))
    if (object !== 'contact') return records
    const shown = new Set(records.map(({ id }) => id))
    const unknown = known.filter(id => !shown.has(id))
    return [...records, ...(await this.#mergedAway(unknown, signal))]
  }

  /** Contacts that are no more because they were merged into another; a batch does not tell, so each is asked for. */
  async #mergedAway(ids: readonly string[], signal: AbortSignal): Promise<PulledRecord[]> {
    const away: PulledRecord[] = []
    for (const id of ids) {
      const survivor = await follow(this.#client, id, signal)
      if (survivor !== null && survivor.id !== id) away.push(mergedAway(id, survivor))
    }
    return away
  }

  /** These owners; they are read in one list, so this costs what {@link owners} costs. */
  async fetchOwners(ids: readonly string[], signal: AbortSignal): Promise<PulledRecord[]> {
    const asked = new Set(ids)
    const found: PulledRecord[] = []
    for await (const { records } of this.owners(null, signal)) {
      found.push(...records.filter(({ id }) => asked.has(id)))
    }
    return found
  }

  /** All owners, archived ones last; they are few, so every scan reads them all. */
  async *owners(cursor: Cursor | null, signal: AbortSignal): AsyncGenerator<Page> {
    let archived = cursor?.archived === true
    let after = typeof cursor?.after === 'string' ? cursor.after : undefined
    for (;;) {
      const { body } = await this.#client.read('list owners', owners, signal, sdk =>
        sdk.owners.getPage(undefined, after, 500, archived),
      )
      this.#client.traffic.reads.records += body.results.length
      const next = body.paging?.next?.after
      const records = body.results.map(owner => ownerRecord({ ...owner, archived }))
      if (!next && archived) {
        yield { records, cursor: {} }
        return
      }
      if (next && next === after) throw new Unavailable('hubspot', 'list owners', 'the same page came twice')
      archived = archived || !next
      after = next
      yield { records, cursor: { archived, after: after ?? null } }
    }
  }

  /** Owners are counted by reading them: there is no cheaper way, and they are few. */
  async *countOwners(cursor: Cursor | null, signal: AbortSignal): AsyncGenerator<CensusPage> {
    for await (const page of this.owners(cursor, signal)) {
      const records = page.records.map(({ id, modifiedAt, deleted }) => ({ id, stamp: modifiedAt, deleted }))
      const over = Object.keys(page.cursor).length === 0
      yield { records, cursor: over ? null : page.cursor, date: null }
    }
  }

  async #page(source: Source, step: Step, signal: AbortSignal): Promise<PagedObjects> {
    if (step.kind !== 'search')
      return await list(this.#client, source, step.after, step.kind === 'archive', signal)
    return await search(this.#client, source, step.from ?? 0, step.after, signal)
  }

  #source(object: HubSpotName, { extra }: Context): Source {
    const source: Source = SOURCES[object]
    if (object !== 'contact') return source
    const { properties, history } = source
    return {
      ...source,
      properties: [...new Set([...properties, ...ownedNames(this.#prefix), ...extra])],
      history: [...new Set([...history, ...extra])],
    }
  }

  #translate(object: HubSpotName, objects: readonly HubSpotObject[], context: Context): PulledRecord[] {
    return objects.flatMap(one => {
      const record = toRecord(object, one, context, this.#prefix)
      return object === 'contact' ? [record, ...mergedIds(one).map(id => mergedAway(id, one))] : [record]
    })
  }

  async #contextFor(object: HubSpotName, signal: AbortSignal): Promise<Context> {
    const extra = object === 'contact' ? await this.#extraNow(signal) : []
    return { stages: await this.#stagesFor(object, signal), extra }
  }

  async #extraNow(signal: AbortSignal): Promise<readonly string[]> {
    if (this.#wished.length === 0) return []
    this.#extra ??= known(spelt(this.#wished, (await contactProperties(this.#client, signal)).keys()))
    return this.#extra.value
  }

  /** What the deal stages mean; portals change them. */
  async #stagesFor(object: HubSpotName, signal: AbortSignal): Promise<StageMeanings> {
    if (object !== 'deal') return new Map()
    this.#stages ??= known(await this.#readStages(signal))
    return this.#stages.value
  }

  async #readStages(signal: AbortSignal): Promise<StageMeanings> {
    const { body } = await this.#client.read('list pipelines', pipelines, signal, sdk =>
      sdk.pipelines.getAll('deals'),
    )
    const stages = body.results.flatMap(pipeline => pipeline.stages)
    return new Map(stages.map(({ id, metadata }) => [id, meaningOf(metadata)]))
  }
}

/** Something that rarely changes, and when it was read by our own clock. */
interface Known<T> {
  value: T
  at: number
}

const known = <T>(value: T): Known<T> => ({ value, at: performance.now() })

const isOld = (one: Known<unknown> | null, rareMs: number): boolean =>
  one === null || performance.now() - one.at >= rareMs

/** A stage that was made since the stages were read. */
const showsNewStage = (objects: readonly HubSpotObject[], { stages }: Context): boolean =>
  objects.some(({ properties: { dealstage } }) => dealstage && !stages.has(dealstage))

const owners = z.object({
  results: z.array(
    z.object({
      id: z.string(),
      email: z.string().nullish(),
      firstName: z.string().nullish(),
      lastName: z.string().nullish(),
      type: z.string().optional(),
      updatedAt: time,
      teams: z.array(z.object({ name: z.string(), primary: z.boolean() })).nullish(),
    }),
  ),
  paging,
})

const pipelines = z.object({
  results: z.array(
    z.object({
      stages: z.array(z.object({ id: z.string(), metadata: z.record(z.string(), z.string()).default({}) })),
    }),
  ),
})

/** Stage metadata are strings: `{isClosed: "true", probability: "1.0"}`. */
function meaningOf(metadata: Readonly<Record<string, string>>): 'open' | 'won' | 'lost' {
  if (metadata.isClosed !== 'true') return 'open'
  return Number(metadata.probability) >= 1 ? 'won' : 'lost'
}

/** Of the archived, only those of this scan's time; a first scan takes them all. */
function wanted(objects: readonly HubSpotObject[], step: Step): readonly HubSpotObject[] {
  const { kind, from } = step
  if (kind !== 'archive' || from === null) return objects
  return objects.filter(({ archivedAt }) => archivedAt === null || archivedAt >= from)
}

const newest = (objects: readonly HubSpotObject[]): Instant =>
  Math.max(0, ...objects.map(one => one.updatedAt))
