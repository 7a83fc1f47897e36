import { expect, onTestFinished, test } from 'vitest'
import type { Crm } from '../../../src/crm/crm.ts'
import { agrees, gapsOf } from '../../../src/domain/certificate.ts'
import { HOUR, MINUTE } from '../../../src/domain/time.ts'
import { reconcileAll } from '../../../src/pipeline/certify.ts'
import { type Context, Tally } from '../../../src/pipeline/context.ts'
import { adopt } from '../../../src/pipeline/publish.ts'
import { pullAllOf } from '../../../src/pipeline/pull.ts'
import { round } from '../../../src/pipeline/round.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import { type Database, openDatabase } from '../../../src/store/db.ts'
import { connect } from '../../contract/crm/company.ts'
import { createTestDatabase } from '../../integration/database.ts'
import { Chance } from '../../integration/scenarios/random.ts'
import { differences, followed, inTheMirror, inTheTwins } from './oracle.ts'
import { World } from './world.ts'

/**
 * Half of the seeds; the other half runs beside it. More with `HOUR_SEEDS=1000`, one alone to repeat it with `HOUR_SEED=17`.
 * @param half 1: the odd ones; 0: the even ones
 */
export function hours(half: 0 | 1): void {
  const only = process.env.HOUR_SEED
  const count = Number(process.env.HOUR_SEEDS ?? 100)
  const seeds = only ? [Number(only)] : Array.from({ length: count }, (_, i) => i + 1)
  const ours = seeds.filter(seed => seed % 2 === half)
  test.each(ours)('seed %i: after an hour of anything, the mirror equals both CRMs', hour)
}

const log = { info: () => undefined, warn: () => undefined }
const QUICK = { tries: 3, random: () => 0.5, sleep: async () => undefined }

/** The service in this process, as a fresh one would begin. */
class Service {
  readonly #stop = new AbortController()
  readonly #world: World
  readonly #db: Database
  readonly #crms: Crm[]
  private constructor(world: World, db: Database, crms: Crm[]) {
    this.#world = world
    this.#db = db
    this.#crms = crms
  }

  static async start(world: World, db: Database): Promise<Service> {
    const crms = [
      await connect('salesforce', world.urls.salesforce, QUICK),
      await connect('hubspot', world.urls.hubspot, QUICK),
    ]
    return new Service(world, db, crms)
  }

  get crms(): readonly Crm[] {
    return this.#crms
  }

  /** Everything it does from now on fails, wherever it is. */
  kill(): void {
    this.#stop.abort(new Error('killed'))
  }

  context(): Context {
    const now = () => this.#world.clock.now()
    const signal = this.#stop.signal
    return { db: this.#db, crms: this.#crms, now, log, signal, tally: new Tally(), retry: QUICK }
  }

  async end(): Promise<void> {
    for (const crm of this.#crms) await crm.close()
  }
}

/** Sixty minutes in which anything may happen at any request; the service runs, fails, is killed and starts again. */
async function live(world: World, db: Database, chance: Chance): Promise<void> {
  let service = await Service.start(world, db)
  const begin = world.clock.now()
  while (world.clock.now() < begin + HOUR) {
    world.pass(chance.whole(2, 9) * MINUTE + chance.whole(0, 59_999))
    for (let i = chance.whole(0, 4); i > 0; i--) world.happen()
    if (chance.is(0.6)) await world.edit()
    if (chance.is(0.5)) world.disturb()
    const kill = chance.is(0.3) ? chance.whole(1, 25) : 0
    let requests = 0
    world.onRequest = () => {
      if (++requests === kill) service.kill()
      if (chance.is(0.04)) world.happen()
    }
    await round(service.context()).catch(() => undefined)
    if (kill === 0) continue
    await service.end()
    service = await Service.start(world, db)
  }
  await service.end()
}

async function hour(seed: number): Promise<void> {
  const chance = new Chance(seed)
  const world = new World(chance)
  onTestFinished(() => world.close())
  await world.open()
  const db = await openDatabase(await createTestDatabase())
  onTestFinished(() => db.close())
  await adopt(db, readDraft('', 'policy.yml'), world.clock.now())
  await live(world, db, chance).catch(error => {
    throw new Error(`repeat with HOUR_SEED=${seed}`, { cause: error })
  })

  world.calm()
  world.onRequest = () => undefined
  const service = await Service.start(world, db)
  onTestFinished(() => service.end())
  for (const minutes of [3, 6]) {
    world.pass(minutes * MINUTE)
    await round(service.context())
  }
  const seen = ([name]: [string, unknown]) =>
    !world.unseen.has(name.split(':')[2]!) && !world.unseen.has(name.replace('hubspot:', ''))
  const polled = Object.entries(differences(inTheTwins(world), followed(await inTheMirror(db), world)))
  expect(polled.filter(seen), `by polling alone; repeat with HOUR_SEED=${seed}`).toEqual([])

  world.pass(30 * MINUTE)
  const certificates = await certify(service)
  expect(certificates.filter(one => !agrees(one))).toEqual([])
  expect(
    differences(inTheTwins(world), await inTheMirror(db)),
    `after comparing; repeat with HOUR_SEED=${seed}`,
  ).toEqual({})
  await round(service.context())
  world.pass(30 * MINUTE)
  expect((await certify(service)).filter(one => !agrees(one) || gapsOf(one.healed) > 0)).toEqual([])
}

async function certify(service: Service) {
  const found = []
  for (const crm of service.crms) {
    await pullAllOf(service.context(), crm)
    found.push(...(await reconcileAll(service.context(), crm, crm.objects, { deletions: true })))
  }
  return found
}
