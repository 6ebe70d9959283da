/**
 * Docker's `config.json` and the older `.dockercfg`: registry locations and the credentials for them, read as leniently
 * as Go's `encoding/json` does. Errors say where and what kind, never a value. Rules: DOCKER-1…13, RESP-21.
 *
 * @since 0.1.0
 */
import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Bytes from "../text/Bytes.ts"
import * as StrictJson from "../text/StrictJson.ts"
import { positionAt, type TextNode } from "../text/TextNode.ts"
import * as Location from "./Location.ts"

/**
 * Credentials by location, in the order of the document (KEY-9). A location is kept as it was written.
 *
 * @since 0.1.0
 * @category models
 */
export type DockerConfig = ReadonlyMap<string, DockerCredential>

/**
 * `email` is only part of the hash (HASH-3); it is empty if there is none.
 *
 * @since 0.1.0
 * @category models
 */
export interface DockerCredential {
  readonly username: string
  readonly password: Redacted.Redacted
  readonly email: string
}

/**
 * Which of the two documents: `{"auths": {location: entry}}` or `{location: entry}`.
 *
 * @since 0.1.0
 * @category models
 */
export type DockerConfigKind = "dockerconfigjson" | "dockercfg"

const authReason = Schema.Literals(["base64", "notUserColonPassword"])

const faults = {
  syntax: "is not valid",
  type: "is of the wrong type",
  base64: "is not base64",
  notUserColonPassword: "holds no colon between username and password once decoded"
}

/**
 * An `auth` field can't be used.
 *
 * @since 0.1.0
 * @category errors
 */
export class AuthFieldError extends Schema.TaggedError<AuthFieldError>()("AuthFieldError", {
  reason: authReason
}) {
  override get message() {
    return `the auth field ${faults[this.reason]}`
  }
}

/**
 * A docker config can't be used: one mistake makes the whole document useless (DOCKER-9). `"syntax"`: it is not JSON;
 * `"type"`: a value is not of the type that it must have. `pointer` is a JSON pointer to the value.
 *
 * @since 0.1.0
 * @category errors
 */
export class DockerConfigError extends Schema.TaggedError<DockerConfigError>()("DockerConfigError", {
  reason: Schema.Union([Schema.Literals(["syntax", "type"]), authReason]),
  pointer: Schema.String,
  line: Schema.Int,
  column: Schema.Int,
  /** Completes "expected …". */
  expected: Schema.String
}) {
  override get message() {
    const place = `${this.pointer === "" ? "the document" : this.pointer} (line ${this.line}, column ${this.column})`
    return `the docker config can't be used: ${place} ${faults[this.reason]}: expected ${this.expected}`
  }
}

/**
 * Reads a document. One without entries is valid, also if `auths` is absent or null (DOCKER-11).
 *
 * @since 0.1.0
 * @category parsing
 * @example
 * ```ts
 * import * as DockerConfig from "@credlet/core/credential/DockerConfig"
 *
 * const text = `{"auths": {"registry.example": {"auth": "dTpw"}}}`
 * DockerConfig.parse(new TextEncoder().encode(text), "dockerconfigjson") // success of a map with one entry
 * ```
 */
export const parse = (
  bytes: Uint8Array,
  kind: DockerConfigKind
): Result.Result<DockerConfig, DockerConfigError> =>
  Result.map(parseEntries(bytes, kind), (entries) => entries ?? new Map())

/**
 * `parse` that tells a document without any entries object, which gives `undefined`, from one with an empty one.
 *
 * @since 0.1.0
 * @category parsing
 */
export const parseEntries = (
  bytes: Uint8Array,
  kind: DockerConfigKind
): Result.Result<DockerConfig | undefined, DockerConfigError> => {
  const text = Bytes.decodeReplacing(bytes)
  const root = StrictJson.parse(text)
  if (Result.isFailure(root)) {
    const { column, line } = root.failure
    const expected = bytes.length === 0 ? "a JSON object, but there is nothing" : "JSON"
    return Result.fail(new DockerConfigError({ reason: "syntax", pointer: "", line, column, expected }))
  }
  const read = kind === "dockercfg" ? readEntries([root.success], []) : readDocument(root.success)
  return Result.mapError(read, ({ expected, node, path, reason }) =>
    new DockerConfigError({
      reason,
      pointer: Location.pointer(path),
      ...positionAt(text, node.offset),
      expected
    }))
}

/**
 * Splits an `auth` field into username and password (DOCKER-7, DOCKER-8). What is not UTF-8 in them is kept as
 * `Bytes.decode` does.
 *
 * @since 0.1.0
 * @category parsing
 */
export const decodeAuth = (
  field: string
): Result.Result<{ readonly username: string; readonly password: Redacted.Redacted }, AuthFieldError> => {
  const text = field.replace(/[\r\n]/g, "")
  // What doesn't end in padding is taken as unpadded; any "=" within it then fails, as it does in Go.
  const decoded = Base64.decode(text.endsWith("=") ? text : text.padEnd(Math.ceil(text.length / 4) * 4, "="))
  if (Result.isFailure(decoded)) return Result.fail(new AuthFieldError({ reason: "base64" }))
  const pair = Bytes.decode(decoded.success)
  const colon = pair.indexOf(":")
  if (colon < 0) return Result.fail(new AuthFieldError({ reason: "notUserColonPassword" }))
  return Result.succeed({ username: pair.slice(0, colon), password: Redacted.make(pair.slice(colon + 1)) })
}

type Path = ReadonlyArray<string>

interface Fault {
  readonly reason: DockerConfigError["reason"]
  readonly node: TextNode
  readonly path: Path
  readonly expected: string
}

// With the u flag, i folds as Go's decoder does: U+017F is an s, U+212A a k, and nothing else is a letter of ASCII.
const authsName = /^auths$/iu
const headersName = /^HttpHeaders$/iu
const fieldNames = ["username", "password", "email", "auth"] as const
const fieldPatterns = { username: /^username$/iu, password: /^password$/iu, email: /^email$/iu, auth: /^auth$/iu }

const fail = (reason: Fault["reason"], node: TextNode, path: Path, expected: string): Result.Result<never, Fault> =>
  Result.fail({ reason, node, path, expected })

const wrongType = (node: TextNode, path: Path, expected: string) => fail("type", node, path, expected)

/** The `auths` of a config.json. Go reads `HttpHeaders` too, so they must be of the right type (DOCKER-1). */
const readDocument = (root: TextNode): Result.Result<DockerConfig | undefined, Fault> => {
  if (root.type === "null") return Result.succeed(undefined)
  if (root.type !== "object") return wrongType(root, [], "an object")
  const auths = root.members.filter((member) => authsName.test(member.key))
  const entries = readEntries(auths.map((member) => member.value), ["auths"])
  // Go stops at a bad entry, but goes on after any other mistake: so a bad entry is what counts.
  if (Result.isFailure(entries)) return entries
  for (const { key, value } of root.members) {
    const fault = headersName.test(key) ? headersFault(value) : undefined
    if (fault !== undefined) return fault
  }
  return entries
}

const headersFault = (node: TextNode) => {
  if (node.type === "null") return undefined
  if (node.type !== "object") return wrongType(node, ["HttpHeaders"], "an object")
  const wrong = node.members.find(({ value }) => value.type !== "string" && value.type !== "null")
  return wrong && wrongType(wrong.value, ["HttpHeaders", wrong.key], "a string")
}

/**
 * The entries of one object or, where `auths` is repeated, of several: they are added up, a null starts anew, and of
 * entries for one location the last wins whole (DOCKER-4).
 */
const readEntries = (nodes: ReadonlyArray<TextNode>, path: Path): Result.Result<DockerConfig | undefined, Fault> => {
  let entries: Map<string, DockerCredential> | undefined
  let misplaced: TextNode | undefined
  for (const node of nodes) {
    if (node.type === "null") entries = undefined
    else if (node.type !== "object") misplaced ??= node
    else {
      entries ??= new Map()
      for (const { key, value } of node.members) {
        const entry = readEntry(value, [...path, key])
        if (Result.isFailure(entry)) return Result.fail(entry.failure)
        entries.set(key, entry.success)
      }
    }
  }
  return misplaced === undefined ? Result.succeed(entries) : wrongType(misplaced, path, "an object with registries")
}

const readEntry = (node: TextNode, path: Path): Result.Result<DockerCredential, Fault> => {
  if (node.type !== "object" && node.type !== "null") {
    return wrongType(node, path, "an object with username and password, or auth")
  }
  const fields = { username: "", password: "", email: "", auth: "" }
  let authNode: TextNode = node
  for (const { key, value } of node.type === "object" ? node.members : []) {
    const name = fieldNames.find((name) => fieldPatterns[name].test(key))
    if (name === undefined || value.type === "null") continue
    if (value.type !== "string") return wrongType(value, [...path, name], "a string")
    fields[name] = value.value
    if (name === "auth") authNode = value
  }
  const { auth, email, username } = fields
  if (auth === "") return Result.succeed({ username, password: Redacted.make(fields.password), email })
  const decoded = decodeAuth(auth)
  return Result.isSuccess(decoded)
    ? Result.succeed({ ...decoded.success, email })
    : fail(decoded.failure.reason, authNode, [...path, "auth"], "\"username:password\" in base64")
}
