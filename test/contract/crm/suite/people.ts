/** Somebody who is nobody: their address is one that mail never reaches (RFC 2606). */
export interface Example {
  email: string
  firstName: string
  lastName: string
  company: string
}

/** So many of them; no two runs have one in common. */
export function examples(count: number, run: string): Example[] {
  return Array.from({ length: count }, (_, i) => ({
    email: `leadtime-contract-${run}-${i}@example.com`,
    firstName: 'Contract',
    lastName: `Test ${run} ${i}`,
    company: 'Leadtime contract test',
  }))
}

/** Tells the people of one creation from those of any other. */
export const run = (): string => `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`

export const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
