/** A calendar outside could not be read, and why, without its address, its name or anything in it. */
export class SourceError extends Error {
  override name = 'SourceError'
  /** False: it may pass by itself, as the other side did not answer. */
  readonly needsPerson: boolean

  /** @param remedy what to do; left out when nothing has to be done */
  constructor(what: string, remedy?: string) {
    super(remedy === undefined ? what : `${what}; ${remedy}`)
    this.needsPerson = remedy !== undefined
  }
}
