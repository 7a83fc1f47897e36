import { DAY, type Instant } from '../../domain/time.ts'

/** Whether the youngest handoff a month can hold is `days` old: only then has everyone had the same chance. */
export function isMature(month: string, days: number, now: Instant): boolean {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return Date.UTC(year, number, 1) + days * DAY <= now
}
