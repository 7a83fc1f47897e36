import type { Ref } from '../../domain/facts.ts'
import type { Instant } from '../../domain/time.ts'
import type { DelayReport } from '../../pipeline/delays.ts'
import type { Neglected } from '../../pipeline/neglect.ts'
import type { Trouble } from '../health.ts'
import type { OverdueFilter } from '../position.ts'
import type { OverduePage, Overview, SyncState } from '../views.ts'
import { banner } from './banner.ts'
import { conversionSection } from './conversion.ts'
import { delaySection } from './delays.ts'
import { droppedSection } from './dropped.ts'
import { fallingSection } from './falling.ts'
import type { Clock } from './format.ts'
import { headline } from './headline.ts'
import { type Html, html } from './html.ts'
import { overdueSection } from './overdue.ts'
import { syncSection } from './sync.ts'

/** Everything the first page says, read at one time. */
export interface OverviewContent {
  overview: Overview
  overdue: OverduePage
  neglect: Neglected
  delays: DelayReport
  sync: SyncState
  troubles: readonly Trouble[]
  filter: OverdueFilter
  /** The instant for which verdicts hold. */
  asOf: Instant
  clock: Clock
  link(ref: Ref): string | null
}

/** What changes: the part that a live page fetches again. */
export async function overviewMain(content: OverviewContent): Promise<Html> {
  const { overview, overdue, neglect, delays, sync, troubles, asOf, clock } = content
  return html`${banner(troubles)}
${headline(overview, asOf, clock)}
${overdueSection(overdue, { ...content, anyLead: overview.all.mql > 0 })}
${fallingSection(neglect, clock)}
${droppedSection(neglect, content)}
${delaySection(delays, overview.minimumN)}
${await conversionSection(overview, asOf)}
${syncSection(sync, asOf, clock)}`
}

/** The page around it. `refreshSeconds` 0: it stands still. */
export const overviewBody = (main: Html, refreshSeconds: number): Html =>
  html`<header class="top">
<a class="brand" href="/">Leadtime</a>
<nav aria-label="On this page"><a href="#overdue">Overdue</a><a class="roomy" href="#dropped">Dropped</a><a href="#conversion">Conversion</a><a href="#sync">Sync</a></nav>
<p class="live" id="live" hidden role="status" data-lost="Not updating: the service does not answer"><span class="dot"></span><span id="live-text">Live</span></p>
</header>
<main id="main"${refreshSeconds > 0 && html` data-refresh="${refreshSeconds}"`}>
${main}
</main>`
