import { z } from 'zod'

/** How the portal behaves; changed while it runs by POST /_twin/settings. */
export interface Settings {
  /** Virtual seconds until a change is found by search. */
  searchLagSeconds: number
  /** Whether calls beyond the limits are answered 429; they are counted and told in headers in any case. */
  enforceLimits: boolean
  /** Calls in ten seconds of real time. */
  burst: number
  /** Calls in a day of the portal's zone, by the twins' clock. */
  daily: number
  /** Versions of a property that its history shows at most, newest first. */
  historyVersions: number
  /** Contact properties without which dated paths create no contact, as a portal's own rules may want. */
  requiredProperties: readonly string[]
  /** What an administrator has left of the app's rights; null: all that its token was granted. */
  scopes: readonly string[] | null
}

/** Of a private app of a Professional account. */
export const SETTINGS: Settings = {
  ...{ searchLagSeconds: 0, enforceLimits: false, burst: 190, daily: 625_000 },
  ...{ historyVersions: 45, requiredProperties: [], scopes: null },
}

const settingsSchema = z.strictObject({
  searchLagSeconds: z.number().min(0).max(600).optional(),
  enforceLimits: z.boolean().optional(),
  burst: z.int().min(1).optional(),
  daily: z.int().min(1).optional(),
  historyVersions: z.int().min(1).optional(),
  requiredProperties: z.array(z.string()).optional(),
  scopes: z.array(z.string()).nullable().optional(),
})

/** @throws ZodError for what is no setting */
export function change(settings: Settings, wish: unknown): Settings {
  return Object.assign(settings, settingsSchema.parse(wish))
}
