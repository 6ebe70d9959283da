/**
 * What a document says that it is: the first, lenient look at `apiVersion` and `kind` before anything else is read.
 * Names are matched without regard to case and the last value that is not null wins; the strict look comes later.
 * Rules: CFG-50, CFG-51, RESP-1.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { WrongType } from "../text/StrictDecoding.ts"
import type { TextNode } from "../text/TextNode.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface TypeMeta {
  /** `""` where the API version has no `/`. */
  readonly group: string
  /** `""` if the document has none. */
  readonly version: string
  /** `""` if the document has none. */
  readonly kind: string
  /** Where the kind stands, or the start of the document if it has none. */
  readonly kindOffset: number
  readonly apiVersionOffset: number
}

/**
 * Why a document does not say what it is: it is no object, a value is no string (`"type"`), or the API version has
 * more than one `/` (`"badGroupVersion"`).
 *
 * @since 0.1.0
 * @category models
 */
export interface TypeMetaProblem {
  readonly reason: "type" | "badGroupVersion"
  readonly findings: ReadonlyArray<Pick<WrongType, "path" | "offset" | "expected">>
}

// With the u flag, i folds as Go's decoder does: U+017F is an s, U+212A a k, and nothing else is a letter of ASCII.
const kindName = /^kind$/iu
const apiVersionName = /^apiVersion$/iu

/**
 * Reads `apiVersion` and `kind`. A null document has neither.
 *
 * @since 0.1.0
 * @category decoding
 */
export const read = (root: TextNode): Result.Result<TypeMeta, TypeMetaProblem> => {
  if (root.type !== "object" && root.type !== "null") {
    return fail("type", [{ path: [], offset: root.offset, expected: "an object" }])
  }
  const nothing = { value: "", offset: root.offset }
  let kind = nothing
  let apiVersion = nothing
  const findings: Array<TypeMetaProblem["findings"][number]> = []
  for (const { key, value } of root.type === "object" ? root.members : []) {
    const isKind = kindName.test(key)
    if ((!isKind && !apiVersionName.test(key)) || value.type === "null") continue
    if (value.type !== "string") {
      findings.push({ path: [key], offset: value.offset, expected: "text" })
    } else if (isKind) kind = value
    else apiVersion = value
  }
  if (findings.length > 0) return fail("type", findings)
  const [first = "", second, ...more] = apiVersion.value.split("/")
  if (more.length > 0) {
    const expected = "an API version of the form \"group/version\""
    return fail("badGroupVersion", [{ path: ["apiVersion"], offset: apiVersion.offset, expected }])
  }
  return Result.succeed({
    group: second === undefined ? "" : first,
    version: second ?? first,
    kind: kind.value,
    kindOffset: kind.offset,
    apiVersionOffset: apiVersion.offset
  })
}

const fail = (reason: TypeMetaProblem["reason"], findings: TypeMetaProblem["findings"]) =>
  Result.fail({ reason, findings })

/**
 * The API version as the kubelet compares it: `v1` and `/v1` are one.
 *
 * @since 0.1.0
 * @category rendering
 */
export const apiVersionText = (meta: Pick<TypeMeta, "group" | "version">): string =>
  meta.group === "" ? meta.version : `${meta.group}/${meta.version}`
