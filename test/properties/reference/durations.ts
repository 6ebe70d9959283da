/** CFG-71, CFG-72 once more: exact arithmetic where Go computes fractions in floating point. */

const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n
}

export interface Exact {
  /** What the text says, cut off at nanoseconds. */
  readonly nanos: bigint
  /** By how many nanoseconds floating point may be off. */
  readonly tolerance: bigint
  /** The sum of all parts passes the greatest int64 on the way. */
  readonly overflows: boolean
}

const limit = 2n ** 63n

/** `undefined` if the text is none by the grammar. */
export const parse = (text: string): Exact | undefined => {
  const [, sign = "", rest = ""] = /^([-+]?)(.*)$/s.exec(text) ?? []
  if (rest === "0") return { nanos: 0n, tolerance: 0n, overflows: false }
  const part = /(\d*)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/y
  let nanos = 0n
  let tolerance = 0n
  for (let at = 0; at < rest.length || at === 0; at = part.lastIndex) {
    part.lastIndex = at
    const match = part.exec(rest)
    if (match === null) return undefined
    const [, whole = "", fraction = "", name = ""] = match
    const unit = units[name]
    if (unit === undefined || whole + fraction === "") return undefined
    nanos += BigInt(whole) * unit + BigInt(fraction === "" ? 0 : fraction) * unit / 10n ** BigInt(fraction.length)
    if (fraction !== "") tolerance += 2n
  }
  const size = sign === "-" ? limit : limit - 1n
  return { nanos: sign === "-" ? -nanos : nanos, tolerance, overflows: nanos > size }
}
