/** Durations in Go's form: CFG-70…73. */
import * as GoDuration from "@credlet/core/text/GoDuration"
import { assert, describe } from "@effect/vitest"
import { Duration, Result } from "effect"
import { property } from "./driver/property.ts"
import * as Shape from "./driver/shape.ts"
import * as Names from "./input/names.ts"
import * as Durations from "./reference/durations.ts"

const greatest = 2n ** 63n - 1n

describe("durations", () => {
  property("CFG-71, CFG-72: a text is the duration that the grammar says, or none", {
    generate: Names.duration,
    shape: Shape.text,
    run: GoDuration.parse,
    check: (parsed, text) => {
      if (text.length > 2_000) return // the reference computes with all digits
      const exact = Durations.parse(text)
      const nanos = Result.isSuccess(parsed) ? GoDuration.toNanos(parsed.success) : undefined
      if (exact === undefined) return assert.strictEqual(nanos, undefined)
      const size = exact.nanos < 0n ? -exact.nanos : exact.nanos
      // Near the limits floating point decides, and past them sums wrap.
      const isNear = size + exact.tolerance > greatest - 1n
      if (nanos === undefined) return assert.isTrue(isNear, `refused, but it is ${exact.nanos} ns`)
      if (exact.overflows || isNear) return
      const difference = nanos - exact.nanos
      assert.isTrue(
        difference <= exact.tolerance && -difference <= exact.tolerance,
        `${nanos} ns, but it is ${exact.nanos} ns`
      )
    }
  })

  property("CFG-73: what is written is read again, and is the only form that is written", {
    generate: (random) => {
      const bits = BigInt(random.bits()) << 32n | BigInt(random.bits())
      return BigInt.asIntN(64, bits) / 10n ** BigInt(random.below(19))
    },
    shape: Shape.constant<bigint>(),
    run: (nanos) => GoDuration.format(Duration.nanos(nanos)),
    check: (text, nanos) => {
      assert.match(text, /^-?(?:0s|(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?s|\d+(?:\.\d+)?(?:ms|µs)|\d+ns)$/)
      const read = Result.getOrThrow(GoDuration.parse(text))
      assert.strictEqual(GoDuration.format(read), text)
      // Fractions of seconds are read in floating point, whole nanoseconds exactly.
      assert.strictEqual(GoDuration.toNanos(read), nanos)
    }
  })
})
