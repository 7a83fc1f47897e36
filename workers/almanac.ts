import { refreshAlmanac } from '../src/pipeline/almanac.ts'
import { contextOf, type Handler } from './handler.ts'

/** Reads what calendars take from outside, if it is time, and has everybody judged again when it has changed. */
export const almanac: Handler<'almanac'> = async (_payload, work) => {
  const changed = await refreshAlmanac(contextOf(work))
  if (changed) await work.queue.wakeAll('judge')
  return { changed }
}
