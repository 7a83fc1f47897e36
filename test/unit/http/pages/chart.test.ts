import { describe, expect, test } from 'vitest'
import { DAY } from '../../../../src/domain/time.ts'
import { trendChart } from '../../../../src/http/pages/chart.ts'
import { wilson } from '../../../../src/http/pages/interval.ts'
import { isMature } from '../../../../src/http/pages/maturity.ts'

const SIZE = { width: 600, height: 200 }
const point = (month: string, part: number, whole: number, mature = true) => ({ month, part, whole, mature })
const draw = async (points: ReturnType<typeof point>[]) => String(await trendChart(points, 20, SIZE))
const labels = (svg: string) => [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(match => match[1])

describe('the chart of a trend', () => {
  test('labels every month that has enough people, and only those', async () => {
    const svg = await draw([point('2026-01', 10, 100), point('2026-02', 4, 19), point('2026-03', 33, 100)])
    expect(labels(svg)).toEqual(expect.arrayContaining(['Jan 26', 'Feb', 'Mar', '10', '33']))
    expect(labels(svg)).not.toContain('21')
  })

  test('draws months that can still rise dashed and hollow, from the last complete one on', async () => {
    const complete = await draw([point('2026-01', 10, 100), point('2026-02', 12, 100)])
    expect(complete).not.toContain('stroke-dasharray')
    const open = await draw([point('2026-01', 10, 100), point('2026-02', 12, 100, false)])
    expect(open).toMatch(/stroke="var\(--accent-light\)"[^>]*stroke-dasharray/)
    expect(open).toContain('fill="var(--paper)" stroke="var(--accent-light)"')
  })

  test('holds nothing that the security policy forbids, and no fixed colour but by variable', async () => {
    const svg = await draw([point('2026-01', 10, 100), point('2026-02', 12, 100, false)])
    expect(svg).not.toMatch(/<style|style=|<script|\son\w+=|class=/)
    expect(svg).not.toMatch(/(fill|stroke)="(#|rgb)/)
  })

  test('the same numbers give the same drawing, so that a live page leaves it alone', async () => {
    const points = [point('2026-01', 10, 100), point('2026-02', 12, 100, false)]
    expect(await draw(points)).toBe(await draw(points))
  })

  test('one month, all below the minimum, and years of months can be drawn', async () => {
    const years = Array.from({ length: 60 }, (_, i) =>
      point(`${2021 + Math.floor(i / 12)}-0${1 + (i % 9)}`, 1, 50),
    )
    for (const points of [[point('2026-01', 5, 50)], [point('2026-01', 1, 2)], years]) {
      expect(await draw(points)).toMatch(/^<svg .*<\/svg>$/s)
    }
  })
})

describe('wilson', () => {
  // R: binom::binom.confint(x, n, methods = 'wilson')
  test.each([
    [10, 100, 0.0552, 0.1744],
    [0, 20, 0, 0.1611],
    [20, 20, 0.8389, 1],
    [1, 2, 0.0945, 0.9055],
  ])('%d of %d', (part, n, low, high) => {
    expect(wilson(part, n)?.low).toBeCloseTo(low, 4)
    expect(wilson(part, n)?.high).toBeCloseTo(high, 4)
  })
  test('nothing of nothing is unknown', () => expect(wilson(0, 0)).toBe(null))
})

test('a month is mature when its last day is old enough, also in December', () => {
  const end = Date.UTC(2026, 0, 1)
  expect(isMature('2025-12', 30, end + 30 * DAY - 1)).toBe(false)
  expect(isMature('2025-12', 30, end + 30 * DAY)).toBe(true)
})
