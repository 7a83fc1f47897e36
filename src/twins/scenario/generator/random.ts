/**
 * A small seeded generator of random numbers (sfc32: public domain, PractRand-tested). Equal seed and stream
 * give equal numbers on every machine; streams of one seed are independent of each other.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, stream = 0) {
    this.#a = scramble(seed ^ 0x9e3779b9)
    this.#b = scramble((seed / 0x1_0000_0000) ^ scramble(stream ^ 0x85ebca6b))
    this.#c = scramble(stream + 0x165667b1)
    for (let round = 0; round < 12; round++) this.#next()
  }

  /** From 0 up to but not including 1. */
  float(): number {
    return this.#next() / 0x1_0000_0000
  }

  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number {
    return min + Math.floor(this.float() * (max - min + 1))
  }

  chance(probability: number): boolean {
    return this.float() < probability
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.float() * items.length)]!
  }

  /** An item with a probability in proportion to its weight. */
  weighted<T extends { weight: number }>(items: readonly T[]): T {
    let left = this.float() * items.reduce((sum, item) => sum + item.weight, 0)
    for (const item of items) {
      left -= item.weight
      if (left < 0) return item
    }
    return items.at(-1)!
  }

  /** Log-normal: half of the draws are below the median; sigma 1 puts a tenth above 3.6 medians. */
  around(median: number, sigma: number): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.float()))
    return median * Math.exp(sigma * radius * Math.cos(2 * Math.PI * this.float()))
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }
}

/** Spreads the bits of a 32-bit number (the finalizer of MurmurHash3). */
function scramble(value: number): number {
  let hash = value | 0
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}
