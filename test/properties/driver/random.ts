/**
 * Random choices that a seed repeats. Inputs are bytes that are mutated, in numbers that only a budget of time bounds, so
 * this is used in place of `effect/Arbitrary`, which counts runs and draws values of schemas.
 */

/** A number of 32 bits that depends on each of the given ones. */
export const mix = (...numbers: ReadonlyArray<number>): number => {
  let mixed = 0x811c9dc5
  for (const number of numbers) {
    mixed = Math.imul(mixed ^ number, 0x85ebca6b)
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
    mixed ^= mixed >>> 16
  }
  return mixed >>> 0
}

/** A number of 32 bits that depends on the text. */
export const hash = (text: string): number => mix(...Array.from(text, (character) => character.codePointAt(0) ?? 0))

export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed | 0
  }

  /** 32 bits (the generator called mulberry32). */
  bits(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let bits = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return (bits ^ (bits >>> 14)) >>> 0
  }

  /** From 0 to `bound - 1`. */
  below(bound: number): number {
    return Math.floor((this.bits() / 0x1_0000_0000) * bound)
  }

  /** From `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1)
  }

  /** From 0 to `most`; small numbers are likely. */
  size(most: number): number {
    return Math.floor((most + 1) ** (this.bits() / 0x1_0000_0000)) - 1
  }

  oneIn(count: number): boolean {
    return this.below(count) === 0
  }

  pick<A>(values: readonly [A, ...ReadonlyArray<A>]): A
  pick<A>(values: ReadonlyArray<A>): A | undefined
  pick<A>(values: ReadonlyArray<A>): A | undefined {
    return values[this.below(values.length)]
  }

  /** As many as `size(most)` gives. */
  list<A>(most: number, make: () => A): ReadonlyArray<A> {
    return Array.from({ length: this.size(most) }, make)
  }

  /** Some of the texts, one behind the other. */
  joined(most: number, texts: readonly [string, ...ReadonlyArray<string>]): string {
    return this.list(most, () => this.pick(texts)).join("")
  }
}
