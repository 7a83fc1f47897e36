import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { VirtualClock } from '../../clock.ts'
import type { Feed } from '../feed.ts'
import { Events } from './events.ts'
import { Sender, type Target } from './sender.ts'

const targetSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  secret: z.string().min(1),
  subscriptions: z.array(z.string()).optional(),
  batch: z.int().min(1).max(100).default(100),
  duplicates: z.number().min(0).max(1).default(0),
  disorder: z.boolean().default(false),
  seed: z.int().default(1),
})

/** The apps that want to hear of changes. While there is none, the portal tells nobody and compares nothing. */
export class Webhooks {
  readonly #feed: Feed
  readonly #clock: VirtualClock
  readonly #events = new Events()
  #senders: Sender[] = []

  constructor(feed: Feed, clock: VirtualClock) {
    this.#feed = feed
    this.#clock = clock
  }

  /** @throws ZodError for what is no target */
  add(target: Partial<Target>): void {
    this.#senders.push(new Sender(targetSchema.parse(target), this.#clock))
    this.#feed.watch(change => {
      const events = this.#events.of(change, this.#clock.now())
      for (const sender of this.#senders) sender.take(events)
    })
  }

  state() {
    return { webhooks: this.#senders.map(sender => sender.state()) }
  }

  clear(): void {
    this.#feed.watch(null)
    for (const sender of this.#senders) sender.close()
    this.#senders = []
  }

  /** Under /_twin: who is told, and how it goes. */
  routes(scope: FastifyInstance): void {
    scope.get('/webhooks', () => this.state())
    scope.post('/webhooks', (request, reply) => {
      this.add(request.body as Partial<Target>)
      return reply.code(201).send(this.state())
    })
    scope.delete('/webhooks', () => {
      this.clear()
      return this.state()
    })
  }
}
