import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { invalid } from './errors.ts'
import { mergeRecords } from './merge.ts'
import { type ObjectInfo, objectNamed } from './objects.ts'
import type { Portal } from './portal.ts'
import { type Rec, touch } from './record.ts'
import { accept } from './values.ts'
import { UI } from './world.ts'
import { archive, create, setValues } from './write.ts'

const id = z.union([z.string(), z.int()]).transform(Number).pipe(z.int().positive())
const properties = z.record(z.string(), z.unknown())
const of = { object: z.string() }

const deedSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('create'), ...of, properties }),
  z.strictObject({ do: z.literal('edit'), ...of, id, properties }),
  z.strictObject({ do: z.enum(['archive', 'restore', 'erase']), ...of, id }),
  z.strictObject({ do: z.literal('merge'), ...of, id, other: id }),
  z.strictObject({ do: z.enum(['associate', 'dissociate']), ...of, id, to: z.string(), toId: id }),
])
type Deed = z.infer<typeof deedSchema>

/** Under /_twin: what a person does in the portal's pages, and a record as the store has it. */
export function handRoutes(scope: FastifyInstance, portal: Portal): void {
  scope.post('/edit', request => {
    const deed = deedSchema.parse(request.body)
    const rec = portal.store.transaction(() => done(portal, deed))
    return rec ? shown(rec) : {}
  })
  scope.get('/records/:object/:id', (request: FastifyRequest) => {
    const { object = '', id: text = '' } = request.params as Record<string, string>
    return shown(recordOf(portal, infoOf(object), Number(text)))
  })
}

function done(portal: Portal, deed: Deed): Rec | undefined {
  const info = infoOf(deed.object)
  const { store } = portal
  if (deed.do === 'create') return create(portal, info.type, deed.properties, UI)
  const rec = recordOf(portal, info, deed.id)
  switch (deed.do) {
    case 'edit': {
      const [values = {}] = accept(portal.definitions, info.type, [deed.properties])
      return setValues(portal, rec, values, UI)
    }
    case 'archive':
      archive(portal, info.type, String(rec.id))
      return recordOf(portal, info, rec.id)
    case 'restore':
      return restore(portal, rec)
    case 'erase':
      store.purge(rec)
      return undefined
    case 'merge':
      return mergeRecords(portal, info.type, rec, recordOf(portal, info, deed.other))
    case 'associate':
      store.associate(rec, recordOf(portal, infoOf(deed.to), deed.toId))
      return rec
    case 'dissociate':
      store.dissociate(rec, recordOf(portal, infoOf(deed.to), deed.toId))
      return rec
  }
}

function restore(portal: Portal, rec: Rec): Rec {
  rec.archivedAt = null
  touch(rec, portal.clock.now())
  portal.store.save(rec)
  return rec
}

function infoOf(name: string): ObjectInfo {
  const info = objectNamed(name)
  if (!info) throw invalid(`no object is called '${name}'`)
  return info
}

function recordOf(portal: Portal, { type }: ObjectInfo, id: number): Rec {
  const rec = Number.isInteger(id) ? portal.store.get(type, id) : undefined
  if (!rec) throw invalid(`no ${type} has the id ${id}`)
  return rec
}

const shown = ({ unsaved: _, key: __, ...rec }: Rec) => ({ ...rec, id: String(rec.id) })
