/**
 * Which value a scalar is: the types of YAML 1.1 as go-yaml v2 reads them (CFG-40…44). A quoted or block scalar
 * without a tag is text and needs no look in here.
 */
import * as Base64 from "effect/encoding/Base64"
import * as Result from "effect/Result"
import * as Bytes from "../../Bytes.ts"
import type { ProblemCode } from "./YamlProblem.ts"

/** A scalar's value; integers keep every digit. */
export type ScalarValue =
  | { readonly type: "null" }
  | { readonly type: "boolean"; readonly value: boolean }
  | { readonly type: "integer"; readonly value: bigint }
  | { readonly type: "float"; readonly value: number }
  | { readonly type: "string"; readonly value: string }

const standard = "tag:yaml.org,2002:"

/** The tag of the merge key `<<`. */
export const mergeTag = `${standard}merge`

const nothing: ScalarValue = { type: "null" }
const truth = (value: boolean): ScalarValue => ({ type: "boolean", value })
const integer = (value: bigint): ScalarValue => ({ type: "integer", value })
const float = (value: number): ScalarValue => ({ type: "float", value })
const string = (value: string): ScalarValue => ({ type: "string", value })

const spellings = (words: string, value: ScalarValue): ReadonlyArray<readonly [string, ScalarValue]> =>
  words.split(" ").map((word) => [word, value] as const)

const words: ReadonlyMap<string, ScalarValue> = new Map([
  ["", nothing],
  ...spellings("~ null Null NULL", nothing),
  ...spellings("y Y yes Yes YES true True TRUE on On ON", truth(true)),
  ...spellings("n N no No NO false False FALSE off Off OFF", truth(false)),
  ...spellings(".nan .NaN .NAN", float(Number.NaN)),
  ...spellings(".inf .Inf .INF +.inf +.Inf +.INF", float(Number.POSITIVE_INFINITY)),
  ...spellings("-.inf -.Inf -.INF", float(Number.NEGATIVE_INFINITY))
])

/** The value of a plain scalar without a tag. */
export const resolvePlain = (text: string): ScalarValue =>
  words.get(text) ?? (/^[-+.\d]/.test(text) ? number(text) : undefined) ?? string(text)

/** The value of a scalar with a tag, quoted or not. */
export const resolveTagged = (tag: string, text: string): Result.Result<ScalarValue, ProblemCode> => {
  if (!tag.startsWith(standard)) return Result.succeed(string(text))
  switch (tag.slice(standard.length)) {
    case "int":
      return expecting("integer", resolvePlain(text))
    case "bool":
      return expecting("boolean", resolvePlain(text))
    case "null":
      return expecting("null", resolvePlain(text))
    case "float": {
      const value = resolvePlain(text)
      const isInt64 = value.type === "integer" && value.value <= maxInt64
      return isInt64 ? Result.succeed(float(Number(value.value))) : expecting("float", value)
    }
    case "timestamp":
      return isTimestamp(text) ? Result.succeed(string(text)) : Result.fail("tagMismatch")
    case "binary":
      return Result.match(Base64.decode(text), {
        onSuccess: (bytes) => Result.succeed(string(binaryText(bytes))),
        onFailure: () => Result.fail("badBinary")
      })
    default:
      return Result.succeed(string(text))
  }
}

const expecting = (type: ScalarValue["type"], value: ScalarValue): Result.Result<ScalarValue, ProblemCode> =>
  value.type === type ? Result.succeed(value) : Result.fail("tagMismatch")

export const maxInt64 = 2n ** 63n - 1n
const maxUint64 = 2n ** 64n - 1n

const number = (text: string): ScalarValue | undefined => {
  // Underscores: anywhere in what begins with a digit or a sign, only between digits after a leading dot.
  if (text.startsWith(".")) return dotted.test(text) && !strayUnderscore.test(text) ? finite(text) : undefined
  const plain = text.replaceAll("_", "")
  return wholeNumber(plain) ??
    (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(plain) ? finite(plain) : undefined) ??
    signedBinary(plain)
}

const dotted = /^\.[\d_]+(?:[eE][-+]?[\d_]+)?$/
const strayUnderscore = /(?<!\d)_|_(?!\d)/

const finite = (text: string): ScalarValue | undefined => {
  const value = Number(text.replaceAll("_", ""))
  return Number.isFinite(value) ? float(value) : undefined
}

const wholeNumber = (text: string): ScalarValue | undefined => {
  if (text.length > 1000) return undefined // no 64 bits, or zeros that the reading as a float drops as well
  const match = /^([-+]?)(?:(0[xX][\da-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/.exec(text)
  if (match === null) return undefined
  const [, sign, hex, binary, octal, decimal] = match
  return inRange(sign, BigInt(hex ?? binary ?? (octal === undefined ? decimal ?? "" : `0o${octal}`)))
}

/** `0b-1`, which go-yaml reads as minus one. */
const signedBinary = (text: string): ScalarValue | undefined => {
  const match = /^0b([-+])([01]+)$/.exec(text)
  return match === null ? undefined : inRange(match[1], BigInt(`0b${match[2]}`))
}

/** An int64, or without a sign an uint64. */
const inRange = (sign: string | undefined, size: bigint): ScalarValue | undefined => {
  if (sign === "-") return size <= maxInt64 + 1n ? integer(-size) : undefined
  return size <= (sign === "+" ? maxInt64 : maxUint64) ? integer(size) : undefined
}

const timestamp =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt](?=.*(?:Z|[-+]\d\d:\d\d)$)| (?!.*[Z+-]))(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(?:Z|[-+](\d\d):(\d\d))?)?$/

const isTimestamp = (text: string): boolean => {
  const match = timestamp.exec(text)
  if (match === null) return false
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, zoneHour = 0, zoneMinute = 0] = match.slice(1)
    .map((digits: string | undefined) => Number(digits ?? "0"))
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
  return day >= 1 && day <= days && hour < 24 && minute < 60 && second < 60 && zoneHour <= 24 && zoneMinute <= 60
}

/** Text of bytes. An ill-formed byte becomes a lone surrogate that is U+FFFD in JSON (`\ufffd`) and in bytes. */
const binaryText = (bytes: Uint8Array): string => Bytes.decode(bytes).replaceAll(/[\udc80-\udcff]/gu, "\udfff")
