/**
 * What the driver must know of an input: how to make it smaller, its size in bytes, and how to show it so that it can be
 * pasted into a test.
 */

export interface Shape<A> {
  /** Simpler values, those that take most away first. */
  readonly smaller: (value: A) => Iterable<A>
  /** In bytes, about. */
  readonly size: (value: A) => number
  /** As TypeScript. */
  readonly show: (value: A) => string
}

/** All ways to leave out a part: halves, quarters, and so on down to one element. */
const leaveOut = function*(length: number): Generator<readonly [from: number, to: number]> {
  for (let part = length; part >= 1; part = Math.floor(part / 2)) {
    for (let from = 0; from < length; from += part) yield [from, Math.min(from + part, length)]
  }
}

export const bytes: Shape<Uint8Array> = {
  *smaller(value) {
    for (const [from, to] of leaveOut(value.length)) {
      yield Uint8Array.from([...value.subarray(0, from), ...value.subarray(to)])
    }
  },
  size: (value) => value.length,
  show: (value) => {
    const buffer = Buffer.from(value)
    const text = buffer.toString()
    return Buffer.from(text).equals(buffer)
      ? `new TextEncoder().encode(${JSON.stringify(text)})`
      : `Buffer.from("${buffer.toString("latin1").replaceAll(/[^ !#-[\]-~]/g, byteEscape)}", "latin1")`
  }
}

const byteEscape = (byte: string): string => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`

export const text: Shape<string> = {
  *smaller(value) {
    for (const [from, to] of leaveOut(value.length)) yield value.slice(0, from) + value.slice(to)
  },
  size: (value) => value.length * 2,
  show: (value) => JSON.stringify(value)
}

export const list = <A>(item: Shape<A>): Shape<ReadonlyArray<A>> => ({
  *smaller(value) {
    for (const [from, to] of leaveOut(value.length)) yield [...value.slice(0, from), ...value.slice(to)]
    for (const [at, one] of value.entries()) {
      for (const smaller of item.smaller(one)) yield value.with(at, smaller)
    }
  },
  size: (value) => value.reduce((size, one) => size + item.size(one), 0),
  show: (value) => `[${value.map(item.show).join(", ")}]`
})

export const record = <A extends object>(fields: { readonly [K in keyof A]: Shape<A[K]> }): Shape<A> => {
  const names: Array<keyof A> = []
  for (const name in fields) names.push(name)
  return {
    *smaller(value) {
      for (const name of names) {
        for (const smaller of fields[name].smaller(value[name])) yield { ...value, [name]: smaller }
      }
    },
    size: (value) => names.reduce((size, name) => size + fields[name].size(value[name]), 0),
    show: (value) => `{ ${names.map((name) => `${String(name)}: ${fields[name].show(value[name])}`).join(", ")} }`
  }
}

/** A value that stays as it is. */
export const constant = <A extends string | bigint | number | boolean | undefined>(): Shape<A> => ({
  smaller: () => [],
  size: () => 8,
  show: (value) => typeof value === "bigint" ? `${value}n` : JSON.stringify(value) ?? "undefined"
})
