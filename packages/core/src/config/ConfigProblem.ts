/**
 * What validation finds: each problem with the kubelet's error type, field path and offending value, and beyond that
 * with the provider, the rule and the place in the file. Rules: CFG-80…109; formatting CFG-107…109.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import * as GoText from "../text/GoText.ts"
import { ConfigLocation, ConfigPath, display, displayPath, prefix } from "./ConfigLocation.ts"

/**
 * The kubelet's types of field errors.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ProblemType = Schema.Literals([
  "FieldValueRequired",
  "FieldValueInvalid",
  "FieldValueDuplicate",
  "FieldValueNotSupported",
  "FieldValueForbidden"
])

/**
 * @since 0.1.0
 * @category models
 */
export type ProblemType = typeof ProblemType.Type

const typeText: { readonly [T in ProblemType]: string } = {
  FieldValueRequired: "Required value",
  FieldValueInvalid: "Invalid value",
  FieldValueDuplicate: "Duplicate value",
  FieldValueNotSupported: "Unsupported value",
  FieldValueForbidden: "Forbidden"
}

/**
 * One thing that keeps a config from being used.
 *
 * @since 0.1.0
 * @category models
 */
export class ConfigProblem extends Schema.Class<ConfigProblem>("ConfigProblem")({
  type: ProblemType,
  /** The kubelet's path, without indexes: `providers.matchImages`. */
  field: Schema.String,
  /**
   * The offending value; a duration in its canonical text; a pattern without user information; empty where the type shows
   * none.
   */
  badValue: Schema.Union([Schema.String, Schema.Array(Schema.String)]),
  /** The pattern as it is in the config, if it has user information, which may be a password. */
  exactPattern: Schema.optionalKey(Schema.Redacted(Schema.String, { disallowJsonEncode: true })),
  /** What is wrong or was expected; empty where the kubelet says nothing more either. */
  detail: Schema.String,
  /** What to do, where `detail` does not say it. */
  advice: Schema.optionalKey(Schema.String),
  /** The rule that says so: `CFG-90`. */
  rule: Schema.String,
  /** The provider's place in the merged config, from 0; absent if the problem is with none of them. */
  index: Schema.optionalKey(Schema.Int),
  /** The provider's name. */
  provider: Schema.optionalKey(Schema.String),
  /** Where the value is, or would be, in its file: `["providers", 0, "matchImages", 1]`. */
  path: ConfigPath,
  location: Schema.optionalKey(ConfigLocation)
}) {
  /** One line for people: place, path, what is wrong, the rule. */
  get message(): string {
    const what = [typeText[this.type], ...shownValue(this, display), ...said(this.detail), ...said(this.advice)]
    return `${prefix(this.location)}${displayPath(this.path)}: ${what.join(": ")} (${this.rule})`
  }
}

const said = (text: string | undefined): ReadonlyArray<string> => text === undefined || text === "" ? [] : [text]

const shownValue = (problem: ConfigProblem, quote: (text: string) => string): ReadonlyArray<string> => {
  const { badValue, type } = problem
  if (type === "FieldValueRequired" || type === "FieldValueForbidden") return []
  return [typeof badValue === "string" ? quote(badValue) : `[${badValue.map(GoText.jsonString).join(",")}]`]
}

/**
 * The problem in the form in which the kubelet logs it (CFG-107): `providers.name: Invalid value: "a/b": …`. Up to the
 * detail it is the kubelet's own text; the details are ours.
 *
 * @since 0.1.0
 * @category rendering
 */
export const kubeletText = (problem: ConfigProblem): string =>
  [problem.field, typeText[problem.type], ...shownValue(problem, GoText.quote), ...said(problem.detail)].join(": ")

/**
 * Several problems as the kubelet logs them (CFG-109): equal texts once, one alone without brackets.
 *
 * @since 0.1.0
 * @category rendering
 */
export const kubeletSummary = (problems: Iterable<ConfigProblem>): string => {
  const texts = new Set(Array.from(problems, kubeletText))
  const joined = Array.from(texts).join(", ")
  return texts.size === 1 ? joined : `[${joined}]`
}
