/**
 * Go's durations, `1h30m` or `500ms`, read and written exactly as `time.ParseDuration` and `Duration.String` do, to the
 * nanosecond (CFG-71…73). White space, days and exponents are no part of the grammar.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * What is wrong with the text of a duration: `missingUnit` is a number without a unit, `unknownUnit` a unit other than
 * `ns`, `us`, `ms`, `s`, `m`, `h`, and `invalid` all else, also what is longer than about 292 years.
 *
 * @since 0.1.0
 * @category models
 */
export type GoDurationReason = typeof GoDurationReason.Type

/**
 * @since 0.1.0
 * @category schemas
 */
export const GoDurationReason = Schema.Literals(["invalid", "missingUnit", "unknownUnit"])

const explanations: { readonly [K in GoDurationReason]: string } = {
  invalid: "it must be numbers with units, without spaces, of at most 292 years",
  missingUnit: "a number lacks its unit",
  unknownUnit: "it has a unit other than ns, us, ms, s, m and h (a space counts as part of a unit)"
}

/**
 * A text is not a duration. The text itself is not in the error.
 *
 * @since 0.1.0
 * @category errors
 */
export class GoDurationError extends Schema.TaggedError<GoDurationError>()("GoDurationError", {
  reason: GoDurationReason
}) {
  override get message() {
    return `not a duration such as "10m" or "1h30m": ${explanations[this.reason]}`
  }
}

const nanosPerUnit: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["\u00b5s", 1_000n], // micro sign
  ["\u03bcs", 1_000n], // Greek mu
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n]
])

const greatest = 2n ** 63n - 1n
const least = -(2n ** 63n)

// What a sign is followed by: digits, perhaps a fraction, then a unit, which is all up to the next digit or dot.
const component = /(\d*)(?:\.(\d*))?([^.\d]*)/y

/** The nanoseconds of `0.digits` of a unit. Go computes it in floating point, from the digits that fit into an int64. */
const fractionNanos = (digits: string, unit: bigint): bigint => {
  let value = 0n
  let scale = 1
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit)
    if (next > greatest + 1n) break
    value = next
    scale *= 10
  }
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)))
}

const parseNanos = (text: string): bigint | GoDurationReason => {
  const signed = text.startsWith("-") || text.startsWith("+")
  const limit = text.startsWith("-") ? greatest + 1n : greatest
  let at = signed ? 1 : 0
  if (text.length === at) return "invalid"
  if (text.length === at + 1 && text.endsWith("0")) return 0n
  let total = 0n
  while (at < text.length) {
    component.lastIndex = at
    const [all = "", whole = "", fraction = "", unitName = ""] = component.exec(text) ?? []
    if (whole === "" && fraction === "") return "invalid"
    // 19 digits are the most that an int64 has; longer texts cost nothing.
    const significant = whole.replace(/^0+/, "")
    if (significant.length > 19 || BigInt(significant) > greatest + 1n) return "invalid"
    const unit = nanosPerUnit.get(unitName)
    if (unit === undefined) return unitName === "" ? "missingUnit" : "unknownUnit"
    const nanos = BigInt(significant) * unit + fractionNanos(fraction, unit)
    if (nanos > greatest + 1n) return "invalid"
    total = BigInt.asUintN(64, total + nanos) // Go adds in a uint64: twice 2⁶³ is 0
    if (total > greatest + 1n) return "invalid"
    at += all.length
  }
  if (total > limit) return "invalid"
  return text.startsWith("-") ? -total : total
}

/**
 * Reads a duration, which may be negative. More digits than nanoseconds are cut off.
 *
 * @since 0.1.0
 * @category parsing
 * @example
 * ```ts
 * import * as GoDuration from "@credlet/core/text/GoDuration"
 * import * as Result from "effect/Result"
 *
 * Result.map(GoDuration.parse("90m"), GoDuration.format) // success of "1h30m0s"
 * GoDuration.parse("90") // failure with the reason "missingUnit"
 * ```
 */
export const parse = (text: string): Result.Result<Duration.Duration, GoDurationError> => {
  const nanos = parseNanos(text)
  return typeof nanos === "bigint"
    ? Result.succeed(Duration.nanos(nanos))
    : Result.fail(new GoDurationError({ reason: nanos }))
}

/**
 * The nanoseconds of a duration, kept within an int64 as in Go: an infinite one gives the greatest or the least.
 *
 * @since 0.1.0
 * @category accessors
 */
export const toNanos = (duration: Duration.Duration): bigint => {
  if (!Duration.isFinite(duration)) return Duration.isNegative(duration) ? least : greatest
  const nanos = Duration.toNanosUnsafe(duration)
  return nanos > greatest ? greatest : nanos < least ? least : nanos
}

/** `value / 10^digits` as a decimal number without trailing zeros. */
const decimal = (value: bigint, digits: number): string => {
  const scale = 10n ** BigInt(digits)
  const fraction = (value % scale).toString().padStart(digits, "0").replace(/0+$/, "")
  return fraction === "" ? `${value / scale}` : `${value / scale}.${fraction}`
}

/**
 * The text that Go prints for a duration (CFG-73): `1h30m0s`, `500ms`, `1.5µs`, `0s`.
 *
 * @since 0.1.0
 * @category rendering
 */
export const format = (duration: Duration.Duration): string => {
  const signed = toNanos(duration)
  const nanos = signed < 0n ? -signed : signed
  const sign = signed < 0n ? "-" : ""
  if (nanos === 0n) return "0s"
  if (nanos < 1_000n) return `${sign}${nanos}ns`
  if (nanos < 1_000_000n) return `${sign}${decimal(nanos, 3)}µs`
  if (nanos < 1_000_000_000n) return `${sign}${decimal(nanos, 6)}ms`
  const minutes = nanos / 60_000_000_000n
  const seconds = `${decimal(nanos % 60_000_000_000n, 9)}s`
  if (minutes === 0n) return `${sign}${seconds}`
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`
}

const expected: { readonly [K in GoDurationReason]: string } = {
  invalid: "a duration such as \"10m\" or \"1h30m\"",
  missingUnit: "a duration with a unit, such as \"5m\"",
  unknownUnit: "a duration in the units h, m, s, ms, us and ns, such as \"1h30m\""
}

/**
 * A duration as Go writes it in JSON and YAML: a string, never a number (CFG-70). The issue of another text is annotated
 * with the `reason`, a `GoDurationReason`.
 *
 * @since 0.1.0
 * @category schemas
 */
export const GoDuration: Schema.Codec<Duration.Duration, string> = Schema.String.pipe(
  Schema.decodeTo(
    Schema.Duration,
    SchemaTransformation.transformEffect<Duration.Duration, string>({
      decode: (text, options) => {
        const parsed = parse(text)
        if (Result.isSuccess(parsed)) return Effect.succeed(parsed.success)
        const { reason } = parsed.failure
        return Effect.fail(new SchemaIssue.InvalidValue({ expected: expected[reason], reason }, text, options))
      },
      encode: (duration) => Effect.succeed(format(duration))
    })
  )
)
