import type { PolicyField } from '../../domain/facts.ts'
import type { Cursor, Page, PulledRecord } from '../crm.ts'
import { reading, resume } from '../extra.ts'
import { id18, isId } from '../id18.ts'
import { backfill, begin } from './backfill.ts'
import { BULK_SIZES, type BulkSizes } from './bulk.ts'
import { type Answer, type SalesforceClient, SalesforceRefused } from './client.ts'
import { type Context, toRecord } from './facts.ts'
import { type Described, Fields, isAbsent } from './fields.ts'
import { type SalesforceObject, SOURCES, type Source } from './objects.ts'
import { LOST, type Result, type Rows, result, stuck, translating } from './rows.ts'
import {
  advance,
  beganAt,
  clamped,
  detourOf,
  finished,
  jobOf,
  positionOf,
  throughJob,
  unfinished,
  withoutJob,
} from './scan.ts'
import { readContext } from './setup.ts'
import { querySeveral } from './several.ts'
import { idQuery, type Position, queryPath, scanQuery, wholeQuery } from './soql.ts'
import type { Row } from './values.ts'

/** Ids per query: a URI may have 16,384 bytes, an id takes about 23 of them. */
const IDS = 400

export class SalesforceReader {
  readonly #client: SalesforceClient
  readonly #prefix: string
  readonly #fields: Fields
  readonly #bulk: BulkSizes
  #context: Omit<Context, 'extra'> | null = null
  /** Answers to queries that were asked together, before their scans begin. */
  #early = new Map<string, Answer<Result>>()

  constructor(
    client: SalesforceClient,
    prefix: string,
    wished: readonly PolicyField[],
    bulk: BulkSizes = BULK_SIZES,
  ) {
    this.#client = client
    this.#prefix = prefix
    this.#fields = new Fields(client, prefix, wished)
    this.#bulk = bulk
  }

  /** The records changed since `cursor`, deleted ones included; a first reading of many goes through a bulk job. */
  async *changes(object: SalesforceObject, cursor: Cursor | null, signal: AbortSignal): AsyncGenerator<Page> {
    const extra = await this.#fields.extraOf(object, signal)
    for await (const page of this.#scan(object, resume(cursor, extra), signal)) {
      yield { ...page, cursor: reading(page.cursor, extra) }
    }
  }

  async *#scan(object: SalesforceObject, from: Cursor | null, signal: AbortSignal): AsyncGenerator<Page> {
    const running = jobOf(from)
    if (!running) return yield* this.#ranges(object, from, from === null, signal)
    const why = yield* this.#backfill(object, from, signal)
    if (why !== null) yield* this.#ranges(object, withoutJob(running.scan), false, signal, why)
  }

  /**
   * One query, followed page by page; its result is fixed when it is asked, and each page's cursor is the key of its
   * last row, so a scan that was interrupted (or whose locator expired, after two days) goes on strictly after that row.
   * @param first of everything: the first answer says how much there is, without a call of its own to ask for it
   * @param why it is not a bulk job's
   */
  async *#ranges(
    object: SalesforceObject,
    from: Cursor | null,
    first: boolean,
    signal: AbortSignal,
    why: string | null = null,
  ): AsyncGenerator<Page> {
    let position = positionOf(from)
    let began = beganAt(from)
    let told = detourOf(from)
    let detour = why ?? told
    let done = 0
    const context = await this.context(signal)
    let page = await this.#page(object, position, null, signal)
    const sooner = clamped(position, page.date)
    if (sooner !== null) {
      ;[position, began] = [sooner, null]
      page = await this.#page(object, position, null, signal)
    }
    const { date: asked, total } = page
    began ??= asked
    const many = first && began !== null && total >= this.#bulk.from
    for (;;) {
      const { rows, next } = page
      position = advance(SOURCES[object], position, rows, asked)
      done += rows.length
      const records = await this.#translate(object, rows, context, signal)
      const made = many && done === rows.length ? await this.#begin(object, total, signal) : null
      const job = typeof made === 'string' ? null : made
      if (typeof made === 'string') detour = made
      const reached = next ? unfinished(position, began, detour) : finished(began, position)
      const cursor = job ? throughJob({ ...reached, since: began }, job) : reached
      yield {
        records,
        cursor,
        progress: { done, total },
        ...(detour !== null && detour !== told && { detour }),
      }
      told = detour
      if (job) detour = yield* this.#backfill(object, cursor, signal)
      if (job && detour === null) return
      if (!next) return
      page = await this.#page(object, position, next, signal)
      if (page.next === next) throw stuck(SOURCES[object])
    }
  }

  /** Makes the bulk job of a first reading; why not, when this object or user is not for the Bulk API. */
  async #begin(object: SalesforceObject, total: number, signal: AbortSignal) {
    const fields = await this.#fields.of(object, false, signal)
    if (fields === null) return 'the object cannot be seen'
    const query = wholeQuery(SOURCES[object], fields)
    return await begin(this.#client, `bulk query ${SOURCES[object].sobject}`, query, total, signal)
  }

  async *#backfill(
    object: SalesforceObject,
    from: Cursor | null,
    signal: AbortSignal,
  ): AsyncGenerator<Page, string | null> {
    const { sobject } = SOURCES[object]
    const types = await this.described(sobject, signal)
    if (types === null || from === null) return 'the object cannot be seen'
    const tracked = object === 'history' ? await this.described(SOURCES.lead.sobject, signal) : null
    const context = await this.context(signal)
    const translate = (rows: Row[]) => this.#translate(object, rows, context, signal)
    const operation = `bulk query ${sobject}`
    const how = { client: this.#client, operation, page: this.#bulk.page, types, tracked, translate }
    return yield* backfill(how, from, signal)
  }

  /** Asks the first queries of these scans together; scans that begin from these cursors find them answered. */
  async ahead(
    scans: readonly { object: SalesforceObject; cursor: Cursor }[],
    signal: AbortSignal,
  ): Promise<void> {
    const paths: string[] = []
    for (const { object, cursor } of scans) {
      const position = positionOf(resume(cursor, await this.#fields.extraOf(object, signal)))
      const fields = await this.#fields.of(object, false, signal)
      if (fields && position) paths.push(queryPath(scanQuery(SOURCES[object], fields, position)))
    }
    this.#early = await querySeveral(this.#client, paths, signal)
  }

  /** These records as they are now; deleted ones too, while they are in the recycle bin. */
  async fetch(
    object: SalesforceObject,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<PulledRecord[]> {
    const known = [...new Set(ids.filter(isId).map(id18))]
    if (!this.#fields.knowsLeads) await this.#fields.extraOf(object, signal)
    const context = await this.context(signal)
    const records: PulledRecord[] = []
    for (let i = 0; i < known.length; i += IDS) {
      const some = known.slice(i, i + IDS)
      let rows = await this.ask(object, (source, fields) => idQuery(source, fields, some), signal)
      for (;;) {
        records.push(...this.#translated(object, rows.rows, context))
        if (!rows.next) break
        rows = await this.#rows(object, rows.next, signal)
      }
    }
    return records
  }

  /** The fields this user can see; null when the object is not there for them. */
  described(sobject: string, signal: AbortSignal): Promise<Described | null> {
    return this.#fields.described(sobject, signal)
  }

  /** The organisation's zone and the meaning of its stages, read once. */
  async context(signal: AbortSignal): Promise<Context> {
    this.#context ??= await readContext((soql, of) => this.settings(soql, of, signal))
    return { ...this.#context, extra: this.#fields.extra }
  }

  /** A stage made since the stages were read is looked up before a row of it is judged. */
  async #knowing(
    object: SalesforceObject,
    rows: Row[],
    context: Context,
    signal: AbortSignal,
  ): Promise<Context> {
    if (object !== 'deal_history') return context
    if (rows.every(row => context.stages.has(String(row.StageName)))) return context
    this.#context = null
    return await this.context(signal)
  }

  /** The whole of a small table of settings. @throws SalesforceRefused when this user may not see it */
  async settings(soql: string, sobject: string, signal: AbortSignal): Promise<Row[]> {
    const all: Row[] = []
    let path: string | null = `/query?q=${encodeURIComponent(soql)}`
    while (path !== null) {
      const { rows, next }: Rows = await this.#get(`query ${sobject}`, path, signal)
      all.push(...rows)
      path = next
    }
    return all
  }

  #page(
    object: SalesforceObject,
    position: Position,
    next: string | null,
    signal: AbortSignal,
  ): Promise<Rows> {
    const query = () => this.ask(object, (source, fields) => scanQuery(source, fields, position), signal)
    return this.follow(object, next, query, signal)
  }

  /** The page a locator stands for; what `query` gives when there is none or it is lost. */
  async follow(
    object: SalesforceObject,
    next: string | null,
    query: () => Promise<Rows>,
    signal: AbortSignal,
  ): Promise<Rows> {
    if (next) {
      try {
        return await this.#rows(object, next, signal)
      } catch (error) {
        if (!(error instanceof SalesforceRefused && LOST.has(error.code))) throw error
      }
    }
    return await query()
  }

  /** Asks with the fields the org has. A field may vanish at any time: then describe says which are left. */
  async ask(
    object: SalesforceObject,
    soql: (source: Source, fields: readonly string[]) => string,
    signal: AbortSignal,
  ): Promise<Rows> {
    const source: Source = SOURCES[object]
    const query = async (fields: readonly string[] | null): Promise<Rows> =>
      fields === null
        ? { rows: [], next: null, total: 0, date: null }
        : this.#rows(object, queryPath(soql(source, fields)), signal)
    try {
      return await query(await this.#fields.of(object, false, signal))
    } catch (error) {
      if (!isAbsent(error)) throw error
      return await query(await this.#fields.of(object, true, signal))
    }
  }

  #rows(object: SalesforceObject, path: string, signal: AbortSignal): Promise<Rows> {
    return this.#get(`query ${SOURCES[object].sobject}`, path, signal)
  }

  async #get(operation: string, path: string, signal: AbortSignal): Promise<Rows> {
    const early = this.#early.get(path)
    this.#early.delete(path)
    const { body: page, date } = early ?? (await this.#client.get(operation, path, result, signal))
    this.#client.traffic.reads.records += page.records.length
    const next = page.done ? null : (page.nextRecordsUrl ?? null)
    return { rows: page.records, next, total: page.totalSize, date }
  }

  async #translate(
    object: SalesforceObject,
    rows: Row[],
    context: Context,
    signal: AbortSignal,
  ): Promise<PulledRecord[]> {
    return this.#translated(object, rows, await this.#knowing(object, rows, context, signal))
  }

  #translated(object: SalesforceObject, rows: Row[], context: Context): PulledRecord[] {
    return translating(SOURCES[object], () => rows.map(row => toRecord(object, row, context, this.#prefix)))
  }
}
