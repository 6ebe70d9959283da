/** All that people and programs make of a value when they print, log, serialise or throw it. */
import { Cause, Exit, Formatter, Inspectable, Schema } from "effect"
import { format, inspect } from "node:util"

type Way = readonly [how: string, print: (value: unknown) => unknown]

const deep = { depth: Infinity, maxArrayLength: Infinity, maxStringLength: Infinity } as const

const ways: ReadonlyArray<Way> = [
  ["String()", (value) => String(value)],
  ["message", (value) => value instanceof Error ? `${value.name} ${value.message}` : ""],
  ["stack", (value) => value instanceof Error ? value.stack : ""],
  ["causes", (value) => causesOf(value).map((cause) => `${cause} ${inspect(cause, deep)}`).join("\n")],
  ["inspect", (value) => inspect(value, { ...deep, showHidden: true })],
  ["inspect without toString", (value) => inspect(value, { ...deep, showHidden: true, customInspect: false })],
  ["inspect with getters", (value) => inspect(value, { ...deep, getters: true, compact: false })],
  ["console.log", (value) => format("%s %o %O %j", value, value, value, value)],
  ["JSON.stringify", (value) => JSON.stringify(value)],
  ["toJSON", (value) => inspect(Inspectable.toJson(value), deep)],
  ["Inspectable", (value) => Inspectable.toStringUnknown(value)],
  ["Formatter", (value) => `${Formatter.format(value)} ${Formatter.formatJson(value)}`],
  ["its Schema", encoded],
  ["Cause.pretty", (value) => `${Cause.pretty(Cause.fail(value))} ${Cause.pretty(Cause.die(value))}`],
  ["Cause", (value) => `${Cause.fail(value)} ${JSON.stringify(Cause.fail(value))} ${inspect(Cause.fail(value), deep)}`],
  ["Exit", (value) => `${Exit.fail(value)} ${JSON.stringify(Exit.die(value))}`]
]

function causesOf(value: unknown): ReadonlyArray<unknown> {
  const causes: Array<unknown> = []
  for (let next = value; next instanceof Error && next.cause !== undefined && causes.length < 50;) {
    causes.push(next.cause)
    next = next.cause
  }
  return causes
}

/** As its class's Schema writes it, to JSON and as it is; for what is not to be written, the complaint about that. */
function encoded(value: unknown): string {
  const schema: unknown = typeof value === "object" && value !== null ? value.constructor : undefined
  if (!isSchema(schema)) return ""
  return [Schema.toCodecJson(schema), schema].map((codec) => {
    const exit = Schema.encodeUnknownExit(codec)(value)
    return Exit.isSuccess(exit) ? inspect(exit.value, deep) : `${Cause.pretty(exit.cause)} ${inspect(exit, deep)}`
  }).join("\n")
}

const isSchema = (value: unknown): value is Schema.Codec<unknown, unknown> => Schema.isSchema(value)

/** What can't be printed in one way is an outlet too: what is thrown then. */
const attempt = ([how, print]: Way, value: unknown): readonly [how: string, text: string] => {
  try {
    return [how, String(print(value) ?? "")]
  } catch (error) {
    return [`${how}, refused`, inspect(error, deep)]
  }
}

export const printed = (value: unknown): ReadonlyArray<readonly [how: string, text: string]> =>
  ways.map((way) => attempt(way, value))
