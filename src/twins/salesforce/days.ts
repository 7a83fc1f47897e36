/** Calendar days in the organisation's zone; formatting a day costs microseconds, so the last ones are kept. */
export class Days {
  readonly zone: string
  readonly #format: Intl.DateTimeFormat
  readonly #known = new Map<number, string>()

  /** @param zone IANA name */
  constructor(zone: string) {
    this.zone = zone
    this.#format = new Intl.DateTimeFormat('en-CA', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    })
  }

  /** The day of an instant, YYYY-MM-DD. */
  of(at: number): string {
    // Every offset in use is a multiple of 15 minutes, so a quarter of an hour never straddles midnight.
    const quarter = Math.floor(at / 900_000)
    const known = this.#known.get(quarter)
    if (known !== undefined) return known
    if (this.#known.size > 50_000) this.#known.clear()
    const day = this.#format.format(quarter * 900_000)
    this.#known.set(quarter, day)
    return day
  }

  /** The day `days` after the one of the instant; negative: before. */
  after(at: number, days: number): string {
    return Temporal.PlainDate.from(this.of(at)).add({ days }).toString()
  }

  /** The instant at which a day begins, in milliseconds. */
  start(day: string): number {
    return Temporal.PlainDate.from(day).toZonedDateTime(this.zone).epochMilliseconds
  }
}
