/**
 * The first bytes of a stream, and the count of all. One growing buffer: a drip of single bytes costs no object each.
 */
export class Capture {
  total = 0
  #kept = 0
  #buffer: Uint8Array = new Uint8Array(0)
  readonly #keep: number

  constructor(keep: number) {
    this.#keep = keep
  }

  push(bytes: Uint8Array): void {
    this.total += bytes.length
    const part = bytes.subarray(0, this.#keep - this.#kept)
    if (part.length === 0) return
    const needed = this.#kept + part.length
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#keep, Math.max(1024, 2 * this.#buffer.length, needed)))
      larger.set(this.#buffer.subarray(0, this.#kept))
      this.#buffer = larger
    }
    this.#buffer.set(part, this.#kept)
    this.#kept = needed
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#kept)
  }
}
