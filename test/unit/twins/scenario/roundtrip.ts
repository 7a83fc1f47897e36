import { generateScenario } from '../../../../src/twins/scenario/generate.ts'
import { readScenario } from '../../../../src/twins/scenario/read.ts'
import type { Scenario } from '../../../../src/twins/scenario/types.ts'
import { writeScenario } from '../../../../src/twins/scenario/write.ts'

const [dir = '', size = '1'] = process.argv.slice(2)

function count({ people }: Scenario): { people: number; events: number } {
  const counts = { people: 0, events: 0 }
  for (const { events } of people()) {
    counts.people++
    counts.events += events.length
  }
  return counts
}

const generated = generateScenario({ people: Number(size), seed: 1 })
await writeScenario(generated, dir)
const read = await readScenario(dir)
console.log(JSON.stringify({ ...count(read), written: count(generated).events }))
read.close()
