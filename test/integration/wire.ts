import { connect, createServer, type Server, type Socket } from 'node:net'

/** A store behind a wire. */
export interface Wire {
  /** The store's address through the wire. */
  url: string
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>
  mend(): Promise<void>
  /** Lets nothing through any more, and tells nobody. */
  freeze(): void
}

export async function wire(url: string): Promise<Wire> {
  const to = new URL(url)
  const sockets = new Set<Socket>()
  let server: Server
  let port = 0
  const listen = () =>
    new Promise<void>(done => {
      server = createServer(socket => {
        const far = connect(Number(to.port), to.hostname)
        for (const end of [socket, far]) sockets.add(end.on('error', () => undefined))
        socket.pipe(far).pipe(socket)
      }).listen(port, '127.0.0.1', () => {
        port = (server.address() as { port: number }).port
        done()
      })
    })
  await listen()
  const near = new URL(url)
  near.hostname = '127.0.0.1'
  near.port = String(port)
  return {
    url: near.href,
    mend: listen,
    cut: () => {
      for (const socket of sockets) socket.destroy()
      sockets.clear()
      return new Promise(done => server.close(() => done()))
    },
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
  }
}
