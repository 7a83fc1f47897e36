import { AsyncLocalStorage } from 'node:async_hooks'
import type { Lane } from '../domain/budget.ts'

const lanes = new AsyncLocalStorage<Lane>()

/** Runs `work` so that the calls it makes are counted in a lane. Its callers know what it is for; the port need not. */
export const inLane = <T>(lane: Lane, work: () => T): T => lanes.run(lane, work)

/** The lane of the work at hand; changes, where nobody said. */
export const currentLane = (): Lane => lanes.getStore() ?? 'changes'
