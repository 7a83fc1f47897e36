import { z } from 'zod'
import type { PolicyField } from '../../domain/facts.ts'
import type { Cursor, Page, PulledRecord } from '../crm.ts'
import { reading, resume, spelt } from '../extra.ts'
import { id18, isId } from '../id18.ts'
import { type SalesforceClient, SalesforceRefused } from './client.ts'
import { type Context, toRecord } from './facts.ts'
import { isWritable, present, type SalesforceObject, SOURCES, type Source } from './objects.ts'
import { ownedNames } from './owned.ts'
import { ABSENT, LOST, type Rows, result, stuck, translating } from './rows.ts'
import { advance, beganAt, clamped, finished, positionOf, unfinished } from './scan.ts'
import { idQuery, type Position, scanQuery } from './soql.ts'
import type { Row } from './values.ts'

/** Ids per query: a URI may have 16,384 bytes, an id takes about 23 of them. */
const IDS = 400

export class SalesforceReader {
  readonly #client: SalesforceClient
  readonly #prefix: string
  readonly #fields = new Map<SalesforceObject, readonly string[] | null>()
  /** Fields of Lead that the policy names, and those of them that were there when we last asked. */
  readonly #wished: readonly PolicyField[]
  #extra: readonly string[] = []
  #context: Omit<Context, 'extra'> | null = null

  constructor(client: SalesforceClient, prefix: string, wished: readonly PolicyField[]) {
    this.#client = client
    this.#prefix = prefix
    this.#wished = wished
  }

  /**
   * The records changed since `cursor`, deleted ones included. One query, followed page by page; its result is
   * fixed when it is asked, and each page's cursor is the key of its last row, so a scan that was interrupted (or
   * whose locator expired, after two days) goes on strictly after that row.
   */
  async *changes(object: SalesforceObject, cursor: Cursor | null, signal: AbortSignal): AsyncGenerator<Page> {
    const extra = await this.#extraOf(object, signal)
    const from = resume(cursor, extra)
    let position = positionOf(from)
    let began = beganAt(from)
    const context = await this.context(signal)
    let rows = await this.#page(object, position, null, signal)
    const sooner = clamped(position, rows.date)
    if (sooner !== null) {
      ;[position, began] = [sooner, null]
      rows = await this.#page(object, position, null, signal)
    }
    const asked = rows.date
    began ??= asked
    for (;;) {
      position = advance(SOURCES[object], position, rows.rows, asked)
      const records = this.#translate(
        object,
        rows.rows,
        await this.#knowing(object, rows.rows, context, signal),
      )
      const { next } = rows
      const reached = next ? unfinished(position, began) : finished(began, position)
      yield { records, cursor: reading(reached, extra) }
      if (!next) return
      rows = await this.#page(object, position, next, signal)
      if (rows.next === next) throw stuck(SOURCES[object])
    }
  }

  /** These records as they are now; deleted ones too, while they are in the recycle bin. */
  async fetch(
    object: SalesforceObject,
    ids: readonly string[],
    signal: AbortSignal,
  ): Promise<PulledRecord[]> {
    const known = [...new Set(ids.filter(isId).map(id18))]
    if (!this.#fields.has('lead')) await this.#extraOf(object, signal)
    const context = await this.context(signal)
    const records: PulledRecord[] = []
    for (let i = 0; i < known.length; i += IDS) {
      const some = known.slice(i, i + IDS)
      let rows = await this.ask(object, (source, fields) => idQuery(source, fields, some), signal)
      for (;;) {
        records.push(...this.#translate(object, rows.rows, context))
        if (!rows.next) break
        rows = await this.#rows(object, rows.next, signal)
      }
    }
    return records
  }

  /** The names of the fields this user can see; null when the object is not there for them. */
  async described(
    sobject: string,
    signal: AbortSignal,
  ): Promise<Map<string, { updateable: boolean }> | null> {
    const schema = z.object({
      fields: z.array(z.object({ name: z.string(), updateable: z.boolean().default(true) })),
    })
    try {
      const { body } = await this.#client.get(
        `describe ${sobject}`,
        `/sobjects/${sobject}/describe`,
        schema,
        signal,
      )
      return new Map(body.fields.map(({ name, updateable }) => [name, { updateable }]))
    } catch (error) {
      if (error instanceof SalesforceRefused && ABSENT.has(error.code)) return null
      throw error
    }
  }

  /** The organisation's zone and the meaning of its stages, read once. */
  async context(signal: AbortSignal): Promise<Context> {
    this.#context ??= await this.#readContext(signal)
    return { ...this.#context, extra: this.#extra }
  }

  /**
   * The fields that the policy names, as far as they are there, on a lead and in its history. While one is missing it is
   * asked for again with every scan: somebody may have created it, or granted us the right to see it.
   */
  async #extraOf(object: SalesforceObject, signal: AbortSignal): Promise<readonly string[]> {
    if (object !== 'lead' && object !== 'history') return []
    if (this.#extra.length < this.#wished.length) await this.#fieldsOf('lead', true, signal)
    return this.#extra
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

  async #readContext(signal: AbortSignal): Promise<Omit<Context, 'extra'>> {
    const [organization, stages] = [
      await this.#setup('SELECT Id, TimeZoneSidKey FROM Organization', 'Organization', signal),
      await this.#setup(
        'SELECT Id, ApiName, IsClosed, IsWon FROM OpportunityStage',
        'OpportunityStage',
        signal,
      ),
    ]
    const zone = organization[0]?.TimeZoneSidKey
    return {
      zone: typeof zone === 'string' ? zone : 'UTC',
      stages: new Map(
        stages.map(stage => [
          String(stage.ApiName),
          { closed: stage.IsClosed === true, won: stage.IsWon === true },
        ]),
      ),
    }
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

  /** The same, empty when this user may not see it. */
  async #setup(soql: string, sobject: string, signal: AbortSignal): Promise<Row[]> {
    try {
      return await this.settings(soql, sobject, signal)
    } catch (error) {
      if (error instanceof SalesforceRefused && ABSENT.has(error.code)) return []
      throw error
    }
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
        ? { rows: [], next: null, date: null }
        : this.#rows(object, `/queryAll?q=${encodeURIComponent(soql(source, fields))}`, signal)
    try {
      return await query(await this.#fieldsOf(object, false, signal))
    } catch (error) {
      if (!(error instanceof SalesforceRefused && ABSENT.has(error.code))) throw error
      return await query(await this.#fieldsOf(object, true, signal))
    }
  }

  async #fieldsOf(
    object: SalesforceObject,
    again: boolean,
    signal: AbortSignal,
  ): Promise<readonly string[] | null> {
    const known = this.#fields.get(object)
    if (known !== undefined && !again) return known
    const source: Source = SOURCES[object]
    const wished = [...source.fields, ...(isWritable(object) ? ownedNames(this.#prefix) : [])]
    let fields: readonly string[] | null = wished
    if (source.varies || again) {
      const described = await this.described(source.sobject, signal)
      if (!described && !source.optional) {
        throw new SalesforceRefused(
          `describe ${source.sobject}`,
          'INVALID_TYPE',
          'INVALID_TYPE: the integration user may not read this object',
        )
      }
      fields = described && present(wished, new Set(described.keys()))
      if (fields && described && object === 'lead') {
        this.#extra = spelt(this.#wished, described.keys())
        fields = [...new Set([...fields, ...this.#extra])]
      }
    }
    this.#fields.set(object, fields)
    return fields
  }

  #rows(object: SalesforceObject, path: string, signal: AbortSignal): Promise<Rows> {
    return this.#get(`query ${SOURCES[object].sobject}`, path, signal)
  }

  async #get(operation: string, path: string, signal: AbortSignal): Promise<Rows> {
    const { body: page, date } = await this.#client.get(operation, path, result, signal)
    this.#client.traffic.reads.records += page.records.length
    return { rows: page.records, next: page.done ? null : (page.nextRecordsUrl ?? null), date }
  }

  #translate(object: SalesforceObject, rows: Row[], context: Context): PulledRecord[] {
    return translating(SOURCES[object], () => rows.map(row => toRecord(object, row, context, this.#prefix)))
  }
}
