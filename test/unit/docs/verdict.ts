import type { ExplainedHandoff, ExplainedPromise, Explanation } from '../../../src/domain/explain.ts'
import { explain } from '../../../src/domain/explain.ts'
import { judge } from '../../../src/domain/judge.ts'
import type { Instant } from '../../../src/domain/time.ts'
import { lengthWords } from '../../../src/domain/wording.ts'
import { zoneOf } from '../../../src/domain/zone.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import { type Marks, pictureOf, shortWords, wrapped } from './picture.ts'
import { type Story, ZONE } from './story.ts'

/** What Leadtime says of a story each time somebody looks: verdicts, pictures, what it thinks of activities. */
export function told({ facts, directory, looks }: Story, policy: Policy): string {
  const said = looks.map(({ now, next }) => {
    const input = { facts: facts.filter(({ at }) => at <= now), policyAt: () => policy, directory, now }
    const explanation = explain(input)
    const { wakeAt } = judge(input)
    const lines = [...verdicts(explanation, looks.length > 1), ...notes(explanation)]
    if (!next) return lines.join('\n')
    const when = wakeAt === null ? 'never' : shortWords(wakeAt, zoneOf(ZONE))
    return [...lines, '', `looks again: ${when}`].join('\n')
  })
  return `${said.join('\n\n').replace(/ +$/gm, '')}\n`
}

function verdicts(explanation: Explanation, many: boolean): string[] {
  const { handoffs, asOf } = explanation
  const looked = many ? [`at ${shortWords(asOf, zoneOf(ZONE))}`] : []
  const each = handoffs.flatMap(handoff => {
    const { promises, number } = handoff
    const which = handoffs.length > 1 ? `handoff ${number}, ` : ''
    return promises.map(promise => {
      const marks = marksOf(promise, handoff, explanation)
      const picture = pictureOf(promise, marks, zoneOf(handoff.zone))
      const head = `${which}${headOf(promise)}`
      return [head, ...wrapped(promise.words), ...(picture.length > 0 ? ['', ...picture] : [])].join('\n')
    })
  })
  return [...looked, each.join('\n\n') || 'no handoff']
}

/** `first_attempt: overdue, 14 h of 12 h`. */
function headOf({ name, tier, state, countedMs, dueMs, kind }: ExplainedPromise): string {
  const which = tier === 'default' ? name : `${name} (${tier})`
  const counted =
    countedMs === null ? '' : `, ${lengthWords(countedMs, kind)} of ${lengthWords(dueMs!, kind)}`
  return `${which}: ${state}${counted}`
}

function marksOf(
  promise: ExplainedPromise,
  handoff: ExplainedHandoff,
  { timeline, asOf }: Explanation,
): Marks {
  const { from, dueAt, restartedAt, progress } = promise
  const all: [Instant | null, string][] = [
    [from, '|start'],
    [restartedAt, '|again'],
    [dueAt, '◆due'],
    endOf(promise, handoff, asOf),
  ]
  const tries = timeline.filter(({ at, counts }) => counts?.attempt && from !== null && at >= from)
  return {
    named: all.flatMap(([at, label]) => (at === null ? [] : [{ at, label }])),
    attempts: progress ? tries.map(({ at }) => at) : [],
  }
}

function endOf(promise: ExplainedPromise, { endedAt }: ExplainedHandoff, asOf: Instant): [Instant, string] {
  const { until, state, excuse, intervals } = promise
  if (until !== null) return [until, '✓kept']
  if (state === 'missed') return [endedAt!, '×ended']
  if (excuse !== 'contacted' && excuse !== 'decided') return [asOf, '○now']
  return [intervals.at(-1)!.to, `✓${excuse}`]
}

/** What is to be said of activities: logged late, told twice. */
function notes({ timeline, handoffs }: Explanation): string[] {
  const noted = timeline.filter(({ kind, note }) => kind === 'activity' && note !== null)
  if (noted.length === 0) return []
  const zone = zoneOf(ZONE)
  const lines = noted.flatMap(({ at, words, note }) => wrapped(`${shortWords(at, zone)} ${words} (${note})`))
  return ['', `attempts: ${handoffs.at(-1)?.attempts ?? 0}`, ...lines]
}
