/**
 * The first bytes of a stream, and the count of all. Large pieces are kept as they come, so that a flood leaves no copies
 * behind; small ones are put together, so that a drip of single bytes costs no object each.
 */
const small = 4096
const largestBlock = 64 * 1024

export class Capture {
  total = 0
  #kept = 0
  readonly #keep: number
  readonly #parts: Array<Uint8Array> = []
  /** Where small pieces go, after all parts. */
  #block: Uint8Array = new Uint8Array(0)
  #used = 0

  constructor(keep: number) {
    this.#keep = keep
  }

  push(bytes: Uint8Array): void {
    this.total += bytes.length
    const part = bytes.subarray(0, this.#keep - this.#kept)
    if (part.length === 0) return
    if (this.#kept === 0 || part.length >= small) {
      this.#endBlock()
      this.#parts.push(part)
    } else {
      this.#append(part)
    }
    this.#kept += part.length
  }

  get bytes(): Uint8Array {
    this.#endBlock()
    const [first] = this.#parts
    if (first === undefined || this.#parts.length === 1) return first ?? new Uint8Array(0)
    const all = new Uint8Array(this.#kept)
    let at = 0
    for (const part of this.#parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }

  #append(part: Uint8Array): void {
    if (this.#used + part.length > this.#block.length) {
      this.#endBlock()
      this.#block = new Uint8Array(Math.max(part.length, Math.min(largestBlock, 1024 + this.#kept)))
    }
    this.#block.set(part, this.#used)
    this.#used += part.length
  }

  #endBlock(): void {
    if (this.#used > 0) this.#parts.push(this.#block.subarray(0, this.#used))
    this.#block = this.#block.subarray(this.#used)
    this.#used = 0
  }
}
