import { LineChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

/** In pixels of the drawing's own space; the page scales it. */
export interface ChartSize {
  width: number
  height: number
}

use([LineChart, GridComponent, SVGRenderer])

/** An ECharts option as SVG, drawn without a DOM. */
export function draw(option: EChartsCoreOption, { width, height }: ChartSize): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption(option)
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}
