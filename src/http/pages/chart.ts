import type { ChartSize } from './echarts.ts'
import { fewDigits, monthName } from './format.ts'
import { type Html, trusted } from './html.ts'
import { wilson } from './interval.ts'

/** One month's share. `mature`: everyone in it has had the full time. */
export interface TrendPoint {
  month: string
  part: number
  whole: number
  mature: boolean
}

const PERCENT = 100

/** The drawing library takes half a second to load, so it is loaded with the first chart and not at start. */
let library: Promise<typeof import('./echarts.ts')> | undefined

/** The last drawings: months change far more rarely than pages are asked for. */
const drawn = new Map<string, string>()
const KEPT = 8

/**
 * Shares per month as a line with their 95 % interval, as SVG. Months with fewer than `minimumN` have no share and
 * leave a gap; immature ones are drawn dashed and hollow. Colours are the page's CSS variables, so that one drawing
 * serves the light and the dark scheme; mature and immature differ in shape as well as in tone.
 */
export async function trendChart(
  points: readonly TrendPoint[],
  minimumN: number,
  size: ChartSize,
): Promise<Html> {
  const key = JSON.stringify([points, minimumN, size])
  let svg = drawn.get(key)
  if (svg === undefined) {
    library ??= import('./echarts.ts')
    const { draw } = await library
    svg = plain(draw(options(points, minimumN, size), size))
    if (drawn.size >= KEPT) drawn.clear()
    drawn.set(key, svg)
  }
  return trusted(svg)
}

function options(
  points: readonly TrendPoint[],
  minimumN: number,
  { width }: ChartSize,
): Record<string, unknown> {
  const known = points.map(p => (p.whole < minimumN || p.whole === 0 ? null : share(p)))
  const every = Math.ceil(points.length / Math.floor(width / 46))
  return {
    animation: false,
    grid: { left: 40, right: 28, top: 22, bottom: 26 },
    xAxis: {
      type: 'category',
      boundaryGap: true,
      data: points.map((p, i) => monthName(p.month, i === 0)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: 'var(--rule-strong)' } },
      axisLabel: { color: 'var(--quiet)', interval: (i: number) => (points.length - 1 - i) % every === 0 },
    },
    yAxis: {
      type: 'value',
      min: 0,
      splitNumber: 3,
      splitLine: { lineStyle: { color: 'var(--rule)' } },
      axisLabel: { color: 'var(--quiet)', formatter: '{value} %' },
    },
    series: [...band(points, known), ...lines(points, known, every)],
  }
}

const share = (p: TrendPoint): number => (PERCENT * p.part) / p.whole

/** The interval as two stacked areas: an invisible one up to its lower end, a light one over it. */
function band(points: readonly TrendPoint[], known: (number | null)[]): object[] {
  const ends = points.map((p, i) => (known[i] === null ? null : wilson(p.part, p.whole)))
  const area = (data: (number | null)[], opacity: number) => ({
    type: 'line',
    stack: 'interval',
    silent: true,
    clip: false,
    symbol: 'none',
    lineStyle: { width: 0, color: 'none' },
    areaStyle: { color: 'var(--accent)', opacity },
    data,
  })
  return [
    area(
      ends.map(e => e && e.low * PERCENT),
      0,
    ),
    area(
      ends.map(e => e && (e.high - e.low) * PERCENT),
      0.1,
    ),
  ]
}

/** The mature months as one line and, from the last of them on, the others as another. */
function lines(points: readonly TrendPoint[], known: (number | null)[], every: number): object[] {
  const joint = points.findLastIndex(p => p.mature)
  const labelled = (i: number) => (points.length - 1 - i) % every === 0
  const mature = points.map((p, i) => (p.mature ? dot(known[i], 'var(--ink)', labelled(i) && 'top') : NO_DOT))
  const open = points.map((p, i) => {
    if (i === joint) return { ...dot(known[i], '', false), symbol: 'none' }
    return p.mature
      ? NO_DOT
      : dot(known[i], 'var(--quiet)', labelled(i) && (i === points.length - 1 ? 'right' : 'top'))
  })
  return [...(joint < points.length - 1 ? [line(open, OPEN)] : []), line(mature, MATURE)]
}

const NO_DOT = { value: null }

const dot = (value: number | null | undefined, color: string, position: 'top' | 'right' | false) => ({
  value,
  label: { show: position !== false, position, distance: 7, color, formatter: fewDigits(value ?? 0) },
})

const line = (data: object[], style: object) => ({
  type: 'line',
  silent: true,
  clip: false,
  symbol: 'circle',
  symbolSize: 7,
  data,
  ...style,
})

const MATURE = {
  lineStyle: { color: 'var(--accent)', width: 2 },
  itemStyle: { color: 'var(--accent)' },
}
const OPEN = {
  lineStyle: { color: 'var(--accent-light)', width: 2, type: [4, 4] },
  itemStyle: { color: 'var(--paper)', borderColor: 'var(--accent-light)', borderWidth: 2 },
}

/**
 * Takes out what the content security policy forbids (style elements and attributes), what only serves hovering, and
 * clipping, whose ids differ from drawing to drawing: the same data give the same text.
 */
export const plain = (svg: string): string =>
  svg
    .replace(/<(style|defs)[\s\S]*?<\/\1>/g, '')
    .replace(
      / (?:style|class|clip-path|pointer-events|ecmeta_\w+|xmlns:xlink|baseProfile|version)="[^"]*"/g,
      '',
    )
    .replace('<svg ', '<svg aria-hidden="true" focusable="false" ')
    .replace(/\n+/g, '')
