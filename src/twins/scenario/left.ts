import type { User } from './types.ts'

/** When a user left: as the file says; somebody of whom only that they are inactive is known, before the scenario began. */
export const leftAt = ({ left, active }: User, start: number): number | null =>
  left ?? (active ? null : start)
