/**
 * What counts as the same answer (vectors/README.md, "What must be equal"): everything, compared deeply, except where one
 * of the rules here says otherwise. Each difference is a line: where, what was expected, what came.
 */
import { Schema } from "effect"
import { bytesOf, Form, type Json } from "./expand.ts"

/** The differences between an expected and an actual answer; none if they count as the same. */
export const compare = (op: string, expected: Json, actual: Json): ReadonlyArray<string> =>
  (rules.get(op) ?? deep)(expected, actual, "")

type Rule = (expected: Json, actual: Json, path: string) => ReadonlyArray<string>

const isObject = (value: Json | undefined): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isList = (value: Json | undefined): value is Schema.JsonArray => Array.isArray(value)

const show = (value: Json | undefined): string => {
  const text = value === undefined ? "nothing" : JSON.stringify(value)
  return text.length > 100 ? `${text.slice(0, 60)}…${text.slice(-30)} (${text.length} characters)` : text
}

const difference = (path: string, expected: Json | undefined, actual: Json | undefined): ReadonlyArray<string> => [
  `${path === "" ? "the answer" : path}: expected ${show(expected)}, got ${show(actual)}`
]

const member = (path: string, key: string): string => path === "" ? key : `${path}.${key}`

const keysOf = (...objects: ReadonlyArray<Schema.JsonObject>): ReadonlyArray<string> => [
  ...new Set(objects.flatMap((object) => Object.keys(object)))
]

/** The value of a key that the object itself has: `constructor` is no key of `{}`. */
const get = (object: Schema.JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined

const eitherOf = (expected: Json): ReadonlyArray<Json> | undefined =>
  isObject(expected) && expected["ambiguous"] === true && isList(expected["outcomes"])
    ? expected["outcomes"]
    : undefined

/** Any one of the outcomes will do; the one that is nearest says what is wrong. */
const oneOf = (rule: Rule, outcomes: ReadonlyArray<Json>, actual: Json, path: string): ReadonlyArray<string> => {
  const found = outcomes.map((outcome) => rule(outcome, actual, path)).toSorted((a, b) => a.length - b.length)
  const [nearest] = found
  if (nearest === undefined) return [`${path === "" ? "the answer" : path}: no outcome is allowed`]
  return nearest.map((line) => `${line} (the nearest of ${found.length} outcomes)`)
}

const deep: Rule = (expected, actual, path) => {
  const outcomes = eitherOf(expected)
  if (outcomes !== undefined) return oneOf(deep, outcomes, actual, path)
  if (isList(expected) && isList(actual)) {
    const length = expected.length === actual.length
      ? []
      : difference(`${path}.length`, expected.length, actual.length)
    return [
      ...length,
      ...expected.slice(0, actual.length).flatMap((item, at) => deep(item, actual[at] ?? null, `${path}[${at}]`))
    ]
  }
  if (isObject(expected) && isObject(actual)) {
    return keysOf(expected, actual).flatMap((key) => {
      const [wanted, given] = [get(expected, key), get(actual, key)]
      return wanted === undefined || given === undefined
        ? difference(member(path, key), wanted, given)
        : deep(wanted, given, member(path, key))
    })
  }
  return expected === actual ? [] : difference(path, expected, actual)
}

/** What of an error is compared: not its texts. */
const errorFields = ["class", "stage", "code", "signal", "file", "name"]

/** Lists that an error of a strict decoder has; one that is not written is empty. */
const findingLists = ["unknownFields", "duplicateFields", "duplicateKeys"]

const error: Rule = (expected, actual, path) => {
  // A class alone, or `true` for any error.
  if (!isObject(expected) || !isObject(actual)) return deep(expected, actual, path)
  const given = errorFields.flatMap((key) => {
    const wanted = get(expected, key)
    return wanted === undefined ? [] : deep(wanted, get(actual, key) ?? null, member(path, key))
  })
  const lists = findingLists.flatMap((key) => deep(get(expected, key) ?? [], get(actual, key) ?? [], member(path, key)))
  const { decode: wanted } = expected
  const nested = wanted === undefined ? [] : error(wanted, get(actual, "decode") ?? null, member(path, "decode"))
  return [
    ...given,
    ...lists,
    ...nested,
    ...stderr(get(expected, "stderr"), get(actual, "stderr"), member(path, "stderr"))
  ]
}

/** How much of stderr an error carries. */
const keptBytes = 64 * 1024

/** What the plugin wrote must be in what the error carries, where secrets are masked and what is too long is cut off. */
const stderr = (expected: Json | undefined, actual: Json | undefined, path: string): ReadonlyArray<string> => {
  if (expected === undefined) return []
  if (typeof actual !== "string") return difference(path, expected, actual)
  const said = Buffer.from(isObject(expected) ? bytesOf(Schema.decodeUnknownSync(Form)(expected)) : String(expected))
  const text = said.toString()
  const isSame = actual.includes(text) || (said.length > keptBytes
    ? text.startsWith(actual.replace(/\ufffd+$/, ""))
    : actual.includes(mark) && isMasked(actual, text))
  return isSame ? [] : difference(path, expected, actual)
}

const mark = "<redacted>"

/** Whether the masked text could be the other, each mark standing for something. */
const isMasked = (masked: string, text: string): boolean => {
  const [first = "", ...parts] = masked.split(mark)
  const last = parts.pop() ?? ""
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const part of parts) {
    const found = text.indexOf(part, at + 1)
    if (found < 0) return false
    at = found + part.length
  }
  return at < text.length - last.length
}

/** An answer that may be an error. */
const answer: Rule = (expected, actual, path) => {
  const outcomes = eitherOf(expected)
  if (outcomes !== undefined) return oneOf(answer, outcomes, actual, path)
  const wanted = isObject(expected) ? get(expected, "error") : undefined
  const given = isObject(actual) ? get(actual, "error") : undefined
  if (!isObject(wanted) || !isObject(given)) return deep(expected, actual, path)
  const without = (value: Json): Json => isObject(value) ? { ...value, error: null } : value
  return [...deep(without(expected), without(actual), path), ...error(wanted, given, member(path, "error"))]
}

/** The texts of the problems are ours to write; their number is not. */
const sameLength: Rule = (expected, actual, path) =>
  isList(expected) && isList(actual) && expected.length === actual.length ? [] : difference(path, expected, actual)

/** Errors of validation, in any order, by type, field and value. */
const validation: Rule = (expected, actual, path) => {
  const outcomes = eitherOf(expected)
  if (outcomes !== undefined) return oneOf(validation, outcomes, actual, path)
  const wanted = isObject(expected) ? get(expected, "errors") : undefined
  const given = isObject(actual) ? get(actual, "errors") : undefined
  if (!isList(wanted) || !isList(given)) return answer(expected, actual, path)
  const left = given.map(problem)
  const missing = wanted.filter((item) => {
    const at = left.findIndex((other) => deep(problem(item), other, "").length === 0)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
  return [
    ...missing.flatMap((item) => difference("errors[]", problem(item), undefined)),
    ...left.flatMap((item) => difference("errors[]", undefined, item))
  ]
}

const problem = (value: Json): Json =>
  isObject(value)
    ? { type: value["type"] ?? null, field: value["field"] ?? null, badValue: value["badValue"] ?? "" }
    : value

const rules: ReadonlyMap<string, Rule> = new Map([
  ["qualifiedName", sameLength],
  ["validateConfig", validation],
  ...["decodeConfig", "readConfig", "registerPlugins", "decodeResponse", "execPlugin"].map((op) =>
    [op, answer] as const
  )
])
