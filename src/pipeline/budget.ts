import { randomUUID } from 'node:crypto'
import type { Budget } from '../crm/budget.ts'
import { RateLimited } from '../crm/errors.ts'
import { currentLane } from '../crm/lane.ts'
import { RETRY } from '../crm/retry.ts'
import { close, decide, type Settled, settle, tell } from '../domain/allowance.ts'
import { type Bucket, type BudgetRules, type Lane, LEASE, type Reason, type Usage } from '../domain/budget.ts'
import type { Vendor } from '../domain/facts.ts'
import { type Instant, SECOND } from '../domain/time.ts'
import { changeLedger } from '../store/budget.ts'
import type { Database } from '../store/db.ts'

/** Calls leased at once: a round trip to the database for so many to the CRM. */
const BLOCK = 8
/** A longer wait belongs to the queue. */
const PATIENCE = 30 * SECOND

/** Calls that this process may send. */
interface Lease extends Settled {
  /** By this process's monotonic clock: when it was asked for, and until when it holds. */
  asked: number
  until: number
}

interface Wait {
  ms: number
  reason: Reason
}

export interface SharedBudgetOptions {
  /** Instead of the database's: the clock of a rehearsal. */
  now?: (() => Instant) | undefined
  sleep?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

/**
 * The budget of one connection, shared by all processes through one row of the database. Calls are leased in small
 * blocks, each for a second; what a process did not send goes back with its next wish, or counts as sent if it dies.
 */
export class SharedBudget implements Budget {
  readonly #db: Database
  readonly #vendor: Vendor
  readonly #rules: BudgetRules
  readonly #options: SharedBudgetOptions
  readonly #leases = new Map<string, Lease>()
  readonly #asking = new Map<string, Promise<Wait | null>>()
  #told: Usage = {}
  /** When, by this process's monotonic clock. */
  #toldAt = 0
  #zone = ''

  constructor(db: Database, vendor: Vendor, rules: BudgetRules, options: SharedBudgetOptions = {}) {
    this.#db = db
    this.#vendor = vendor
    this.#rules = rules
    this.#options = options
  }

  async take(operation: string, bucket: Bucket, signal: AbortSignal): Promise<void> {
    const lane = currentLane()
    for (;;) {
      signal.throwIfAborted()
      if (this.#spend(lane, bucket)) return
      const wait = await this.#lease(lane, bucket)
      if (wait === null) continue
      if (wait.ms > PATIENCE)
        throw new RateLimited(this.#vendor, operation, wait.ms, WHY[wait.reason], wait.reason !== 'told')
      await (this.#options.sleep ?? RETRY.sleep)(wait.ms, signal)
    }
  }

  told(usage: Usage): void {
    const now = performance.now()
    // What was sent before an answer came has arrived by now, and that is when the CRM counts it.
    for (const lease of this.#leases.values()) if (lease.sent > 0) lease.last = sinceAsked(lease, now)
    this.#told = { ...this.#told, ...usage }
    this.#toldAt = now
    const { day } = usage
    // Somebody may have to wait from now on: ask before the next call.
    if (day && day.used >= day.limit * this.#rules.resumeBelow)
      for (const lease of this.#leases.values()) lease.until = 0
  }

  async refused(error: RateLimited, limit: Bucket | 'day'): Promise<RateLimited> {
    for (const lease of this.#leases.values()) lease.until = 0
    const until = await this.#change((ledger, now) => {
      // HubSpot's day ends at midnight; what Salesforce gives back over a rolling day only it knows.
      const told = limit === 'day' && this.#rules.day === 'midnight' ? null : now + error.waitMs
      return close(this.#rules, ledger, limit, told, now) - now
    })
    return until <= error.waitMs ? error : new RateLimited(error.vendor, error.operation, until, WHY.told)
  }

  async inZone(zone: string): Promise<void> {
    if (zone === this.#zone) return
    await this.#change(ledger => {
      ledger.zone = zone
    })
    this.#zone = zone
  }

  /** Takes one call from what is leased. */
  #spend(lane: Lane, bucket: Bucket): boolean {
    const lease = this.#leases.get(`${lane} ${bucket}`)
    const now = performance.now()
    if (!lease || lease.sent >= lease.calls || now > lease.until) return false
    lease.sent++
    lease.last = sinceAsked(lease, now)
    return true
  }

  /** Asks for another block; of several callers in a lane the first asks for all. */
  #lease(lane: Lane, bucket: Bucket): Promise<Wait | null> {
    const key = `${lane} ${bucket}`
    const asking = this.#asking.get(key) ?? this.#ask(lane, bucket).finally(() => this.#asking.delete(key))
    this.#asking.set(key, asking)
    return asking
  }

  async #ask(lane: Lane, bucket: Bucket): Promise<Wait | null> {
    const asked = performance.now()
    const id = randomUUID()
    const { decision, at } = await this.#change((ledger, now) => ({
      decision: decide(this.#rules, ledger, { id, lane, bucket, calls: BLOCK }, now),
      at: now,
    }))
    if ('waitUntil' in decision) return { ms: Math.max(1, decision.waitUntil - at), reason: decision.reason }
    const lease = { id, lane, at, calls: decision.go, sent: 0, last: at, asked, until: asked + LEASE }
    this.#leases.set(`${lane} ${bucket}`, lease)
    return null
  }

  /** Changes the ledger, after telling it what became of leases that are over and what the CRM said meanwhile. */
  async #change<T>(change: Parameters<typeof changeLedger<T>>[3]): Promise<T> {
    const over = [...this.#leases].filter(([, one]) => one.sent >= one.calls || performance.now() > one.until)
    for (const [key] of over) this.#leases.delete(key)
    const told = this.#told
    // A clock of its own may stand still meanwhile.
    const heard = this.#options.now ? 0 : Math.round(performance.now() - this.#toldAt)
    this.#told = {}
    return await changeLedger(this.#db, this.#vendor, this.#options.now?.() ?? null, (ledger, now) => {
      for (const [, lease] of over) settle(ledger, lease)
      tell(this.#rules, ledger, told, now - heard, now)
      return change(ledger, now)
    })
  }
}

/** In the ledger's time. */
const sinceAsked = ({ at, asked }: Lease, now: number): Instant => at + Math.ceil(now - asked)

const WHY: Record<Reason, string> = {
  burst: 'our calls of these seconds are sent',
  ceiling: 'our share of the day’s calls is used (leadtime budget)',
  others: 'others use the account’s calls (leadtime budget)',
  told: 'the CRM asked everybody to wait',
}
