import { expect, test } from 'vitest'
import { type Cli, UsageError } from '../../../src/cli/cli.ts'
import { run } from '../../../src/cli/explain.ts'
import { moment } from '../../../src/cli/values.ts'

test('--at is an instant or a date; what is neither is named', () => {
  expect(moment('2026-11-24')('Europe/Athens')).toBe(Date.parse('2026-11-23T22:00:00Z'))
  expect(() => moment('monday')).toThrow(UsageError)
  expect(() => moment('monday')).toThrow(
    "'monday' is no instant; write an instant with its offset (2026-11-24T09:12:00Z) or a date (2026-11-24)",
  )
})

test('--hindsight alone is refused before anything is opened', async () => {
  const alone = run({ who: 'ada@example.com', hindsight: true }, {} as Cli)
  await expect(alone).rejects.toThrow(new UsageError('--hindsight needs --at, the instant to judge at'))
})
