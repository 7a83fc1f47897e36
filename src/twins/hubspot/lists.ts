import { z } from 'zod'
import { objectNamed } from './objects.ts'

const listSchema = z.strictObject({
  name: z.string().min(1),
  object: z.string().default('contacts'),
  processingType: z.enum(['MANUAL', 'DYNAMIC', 'SNAPSHOT']).default('MANUAL'),
  /** Record ids, in the order in which they joined. */
  members: z.array(z.union([z.string(), z.int()]).transform(String)).default([]),
})

export interface RecordList {
  listId: string
  name: string
  objectTypeId: string
  processingType: 'MANUAL' | 'DYNAMIC' | 'SNAPSHOT'
  createdAt: number
  members: { recordId: string; at: number }[]
}

/** The portal's lists ("segments"), made by hand: their membership is read, never computed. */
export class Lists {
  readonly #lists = new Map<string, RecordList>()

  /** Makes a list, or replaces the members of one of that name; who was in it stays in since then. */
  put(wish: unknown, now: number): RecordList {
    const { name, object, processingType, members } = listSchema.parse(wish)
    const known = [...this.#lists.values()].find(list => list.name === name)
    const joined = new Map(known?.members.map(({ recordId, at }) => [recordId, at]))
    const list: RecordList = {
      ...{ listId: known?.listId ?? String(this.#lists.size + 1), name, processingType },
      ...{ objectTypeId: objectNamed(object)?.typeId ?? object, createdAt: known?.createdAt ?? now },
      members: members.map(recordId => ({ recordId, at: joined.get(recordId) ?? now })),
    }
    this.#lists.set(list.listId, list)
    return list
  }

  get(listId: string): RecordList | undefined {
    return this.#lists.get(listId)
  }

  all(): RecordList[] {
    return [...this.#lists.values()]
  }
}
