import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parsePolicy } from '../../../src/policy/parse.ts'
import { warnings } from '../../../src/policy/warnings.ts'
import { readStory, ZONE } from './story.ts'
import { told } from './verdict.ts'

const FILE = 'docs/clock.md'
const WRITTEN = readFileSync(FILE, 'utf8')

/** A policy, which holds until the next one, or a story with what is said of it. */
const BLOCK = /```yaml\n([\s\S]*?)```|```story\n([\s\S]*?)```\n```text\n([\s\S]*?)```/g

const policies: string[] = []
const stories: { heading: string; policy: string; story: string; picture: string }[] = []
for (const { 1: policy, 2: story, 3: picture, index } of WRITTEN.matchAll(BLOCK)) {
  if (policy !== undefined) policies.push(policy)
  else {
    const heading = WRITTEN.slice(0, index)
      .match(/^##+ .*$/gm)!
      .at(-1)!
    stories.push({ heading, policy: policies.at(-1)!, story: story!, picture: picture! })
  }
}

const read = (policy: string) => parsePolicy(`timezone: ${ZONE}\n${policy}`, FILE)

/** What the document has to say of a story. `UPDATE_PICTURES=1` makes it say so. */
const said = stories.map(({ policy, story }) => told(readStory(story), read(policy)))

if (process.env.UPDATE_PICTURES === '1') {
  let index = 0
  const drawn = WRITTEN.replace(BLOCK, (block, policy?: string, story?: string) =>
    policy === undefined ? `\`\`\`story\n${story}\`\`\`\n\`\`\`text\n${said[index++]}\`\`\`` : block,
  )
  writeFileSync(FILE, drawn)
  stories.forEach((one, place) => {
    one.picture = said[place]!
  })
}

describe(FILE, () => {
  test.each(stories.map((one, index) => ({ ...one, index })))('$heading', ({ index, picture }) => {
    expect(picture).toBe(said[index])
    for (const line of picture.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test('has a picture for every story, and policies that are right', () => {
    expect(stories.length).toBe(WRITTEN.match(/^```story$/gm)!.length)
    for (const policy of policies) expect(warnings(read(policy))).toEqual([])
  })
})
