/**
 * The body of a request for a token, read as strictly and with the same complaints as the server reads it. Rules: TR-2,
 * TR-13, TR-14.
 *
 * @since 0.1.0
 */
import { decodeReplacing } from "@credlet/core/text/Bytes"
import * as StrictJson from "@credlet/core/text/StrictJson"
import * as StrictYaml from "@credlet/core/text/StrictYaml"
import type { ObjectNode, TextNode } from "@credlet/core/text/TextNode"
import * as Result from "effect/Result"

export interface TokenRequestBody {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly audiences: ReadonlyArray<string>
  /** As it was written, so that no digit of an int64 is lost. */
  readonly expirationSeconds: bigint | undefined
  readonly boundObjectRef: BoundObjectRef | undefined
  /** What `fieldValidation` is about: unknown and repeated fields. */
  readonly complaints: ReadonlyArray<string>
}

export interface BoundObjectRef {
  readonly kind: string
  readonly apiVersion: string
  readonly name: string
  readonly uid: string
}

/** The failure is the message of a 400. */
export const read = (bytes: Uint8Array, format: "json" | "yaml"): Result.Result<TokenRequestBody, string> =>
  Result.flatMap(format === "json" ? readJson(bytes) : readYaml(bytes), (root) => {
    const unrecognised = complaintAboutKind(root)
    return unrecognised === undefined ? readFields(root) : Result.fail(unrecognised)
  })

const ours = "authentication.k8s.io/v1"

const readJson = (bytes: Uint8Array): Result.Result<ObjectNode, string> => {
  const text = decodeReplacing(bytes)
  return Result.flatMap(
    Result.mapError(StrictJson.parse(text), ({ reason }) => {
      const why = reason === "unexpectedEnd" ? "unexpected end of JSON input" : "invalid character in JSON input"
      return unrecognisable(`json parse error: ${why} (${text === "" ? "<empty>" : text.slice(0, 1024)})`)
    }),
    onlyObject
  )
}

const readYaml = (bytes: Uint8Array): Result.Result<ObjectNode, string> =>
  Result.flatMap(
    Result.mapError(StrictYaml.parse(bytes), () => unrecognisable("yaml parse error")),
    ({ root }) => onlyObject(root)
  )

const onlyObject = (root: TextNode): Result.Result<ObjectNode, string> =>
  root.type === "object"
    ? Result.succeed(root)
    : Result.fail(unrecognisable(`json parse error: json: cannot unmarshal ${typeName(root)} into an object`))

const unrecognisable = (why: string): string =>
  `the object provided is unrecognized (must be of type TokenRequest): couldn't get version/kind; ${why}`

const complaintAboutKind = (root: ObjectNode): string | undefined => {
  const kind = textOf(root, "kind") || "TokenRequest"
  const apiVersion = textOf(root, "apiVersion") || ours
  if (kind === "TokenRequest" && apiVersion === ours) return undefined
  const version = apiVersion.split("/").at(-1) ?? apiVersion
  const why = apiVersion === "v1" && coreKinds.has(kind)
    ? `converting (v1.${kind}) to (authentication.TokenRequest): unknown conversion`
    : `no kind "${kind}" is registered for version "${apiVersion}" in scheme ` +
      `"k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`
  return `${kind} in version "${version}" cannot be handled as a TokenRequest: ${why}`
}

const coreKinds = new Set(["Pod", "Secret", "ServiceAccount", "Node", "Namespace"])

const textOf = (root: ObjectNode, key: string): string => {
  const value = root.members.findLast((member) => member.key === key)?.value
  return value?.type === "string" ? value.value : ""
}

/** A Go struct's fields, with the types by which the server complains; `"any"`: not looked into. */
interface Shape {
  readonly struct: string
  readonly fields: { readonly [name: string]: Shape | "string" | "types.UID" | "int64" | "[]string" | "any" }
}

const tokenRequest: Shape = {
  struct: "TokenRequest",
  fields: {
    kind: "string",
    apiVersion: "string",
    metadata: {
      struct: "ObjectMeta",
      fields: {
        name: "string",
        namespace: "string",
        uid: "types.UID",
        creationTimestamp: "any",
        labels: "any",
        annotations: "any"
      }
    },
    spec: {
      struct: "TokenRequestSpec",
      fields: {
        audiences: "[]string",
        expirationSeconds: "int64",
        boundObjectRef: {
          struct: "BoundObjectReference",
          fields: { kind: "string", apiVersion: "string", name: "string", uid: "types.UID" }
        }
      }
    },
    status: { struct: "TokenRequestStatus", fields: { token: "string", expirationTimestamp: "any" } }
  }
}

const readFields = (root: ObjectNode): Result.Result<TokenRequestBody, string> => {
  const values = new Map<string, TextNode>()
  const complaints: Array<string> = []

  /** The first value of a wrong type, if there is one. */
  const walk = (node: ObjectNode, shape: Shape, path: string): string | undefined => {
    const seen = new Set<string>()
    for (const { key, value } of node.members) {
      const at = `${path}${key}`
      const type = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined
      if (type === undefined) complaints.push(`unknown field "${at}"`)
      else if (seen.has(key)) complaints.push(`duplicate field "${at}"`)
      seen.add(key)
      if (type === undefined || type === "any" || value.type === "null") continue
      const wrong = misfit(value, type)
      if (wrong !== undefined) {
        return `json: cannot unmarshal ${wrong.found} into Go struct field ${shape.struct}.${at} of type ${wrong.wanted}`
      }
      values.set(at, value)
      if (typeof type === "object" && value.type === "object") {
        const inner = walk(value, type, `${at}.`)
        if (inner !== undefined) return inner
      }
    }
    return undefined
  }

  const wrong = walk(root, tokenRequest, "")
  if (wrong !== undefined) {
    return Result.fail(`TokenRequest in version "v1" cannot be handled as a TokenRequest: ${wrong}`)
  }

  const text = (path: string): string => {
    const value = values.get(path)
    return value?.type === "string" ? value.value : ""
  }
  const audiences = values.get("spec.audiences")
  const expiration = values.get("spec.expirationSeconds")
  return Result.succeed({
    name: text("metadata.name"),
    namespace: text("metadata.namespace"),
    uid: text("metadata.uid"),
    audiences: audiences?.type === "array"
      ? audiences.items.map((item) => item.type === "string" ? item.value : "")
      : [],
    expirationSeconds: expiration?.type === "number" ? BigInt(expiration.value) : undefined,
    boundObjectRef: values.has("spec.boundObjectRef")
      ? {
        kind: text("spec.boundObjectRef.kind"),
        apiVersion: text("spec.boundObjectRef.apiVersion"),
        name: text("spec.boundObjectRef.name"),
        uid: text("spec.boundObjectRef.uid")
      }
      : undefined,
    complaints
  })
}

const misfit = (
  value: TextNode,
  wanted: Exclude<Shape["fields"][string], "any">
): { readonly found: string; readonly wanted: string } | undefined => {
  if (typeof wanted === "object") {
    return value.type === "object" ? undefined : { found: typeName(value), wanted: `v1.${wanted.struct}` }
  }
  if (wanted === "[]string") {
    if (value.type !== "array") return { found: typeName(value), wanted }
    const wrong = value.items.find(({ type }) => type !== "string" && type !== "null")
    return wrong === undefined ? undefined : { found: typeName(wrong), wanted: "string" }
  }
  if (wanted !== "int64") return value.type === "string" ? undefined : { found: typeName(value), wanted }
  if (value.type !== "number") return { found: typeName(value), wanted }
  const isInt64 = /^-?\d{1,19}$/.test(value.value) && BigInt.asIntN(64, BigInt(value.value)) === BigInt(value.value)
  return isInt64 ? undefined : { found: `number ${value.value}`, wanted }
}

const typeName = ({ type }: TextNode): string => type === "boolean" ? "bool" : type
