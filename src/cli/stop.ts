const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const

/** The first signal asks for an orderly end; the second ends the process at once with the shell's exit code for it. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const [name, number] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(128 + number)
      stop.abort(new Stopped(name))
    })
  }
  return stop.signal
}

/** Somebody asked the process to end before its work was done. Nothing is lost: the next round goes on from here. */
export class Stopped extends Error {
  override name = 'Stopped'
  constructor(signal: string) {
    super(`stopped by ${signal}; what was stored is kept, the next run goes on from there`)
  }
}

/** Resolves when `stop` is aborted. */
export const stopped = (stop: AbortSignal): Promise<void> =>
  new Promise(done => {
    if (stop.aborted) done()
    else stop.addEventListener('abort', () => done(), { once: true })
  })
