/** The queue cannot be used as it is configured; the message names the remedy and holds no password. */
export class QueueError extends Error {
  override name = 'QueueError'
}
