import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bar, progress, progressBar, progressLine, Readings } from '../../../src/cli/progress.ts'

const crm = {
  vendor: 'hubspot' as const,
  traffic: () => ({ reads: { calls: 3, records: 1200 }, writes: { calls: 1, records: 15 } }),
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('says by CRM how much was read and written', () => {
  expect(progress([crm, crm])).toBe('hubspot 1,200 read, 15 written · hubspot 1,200 read, 15 written')
})

test('a terminal sees one line that is wiped at the end, once', () => {
  const stderr = Object.assign(new PassThrough(), { isTTY: true })
  let text = ''
  stderr.on('data', part => {
    text += part
  })
  const line = progressLine(stderr, [crm])
  vi.advanceTimersByTime(500)
  line.end()
  line.end()
  vi.advanceTimersByTime(500)
  expect(text.match(/1,200 read/g)).toHaveLength(2)
  expect(text.endsWith('\r\x1b[K')).toBe(true)
  expect(text).not.toContain('\n')
})

test('a file or a pipe sees nothing', () => {
  const stderr = new PassThrough()
  const line = progressLine(stderr, [crm])
  vi.advanceTimersByTime(500)
  line.end()
  expect(stderr.read()).toBeNull()
})

test('a bar shows nothing for two seconds, then how much of how much', () => {
  const stderr = Object.assign(new PassThrough(), { isTTY: true })
  let text = ''
  stderr.on('data', part => {
    text += part
  })
  const shown = progressBar(stderr, 'people')
  shown.show(1, 4)
  vi.advanceTimersByTime(1_900)
  expect(text).toBe('')
  shown.show(1_200, 2_400)
  vi.advanceTimersByTime(400)
  expect(text).toContain('[############------------] 1,200 of 2,400 people')
  shown.end()
  expect(text.endsWith('\r\x1b[K')).toBe(true)
})

test.each([
  [0, 0, '########################'],
  [0, 7, '------------------------'],
  [9, 7, '########################'],
])('%i of %i', (done, of, expected) => {
  expect(bar(done, of, 'people')).toContain(`[${expected}]`)
})

test('a reading whose end is known: records, rate and time left, from where this process found it', () => {
  let now = 0
  const readings = new Readings(() => now)
  const lead = { vendor: 'salesforce', object: 'lead', total: 48_000 } as const
  readings.note({ ...lead, done: 10_000 })
  expect(readings.words()).toEqual(['lead [#####-------------------] 10,000 of 48,000 records'])
  now = 5_000
  readings.note({ ...lead, done: 12_000 })
  expect(readings.words()).toEqual([
    'lead [######------------------] 12,000 of 48,000 records, 400 a second, 90 s left'.replace(
      '90 s',
      '2 min',
    ),
  ])
  now = 6_000
  readings.note({ ...lead, done: 48_000 })
  expect(readings.words()).toEqual([])
})
