/**
 * One kubeconfig file, from bytes to entries that know where they stand. Always read as YAML, which JSON is a part of, with
 * YAML 1.1's booleans; unknown fields are ignored, wrong types are not. Rules: KUBE-2, KUBE-3.
 */
import * as Bytes from "@credlet/core/text/Bytes"
import * as GoText from "@credlet/core/text/GoText"
import * as NodeJson from "@credlet/core/text/NodeJson"
import * as StrictYaml from "@credlet/core/text/StrictYaml"
import { positionAt, type TextNode } from "@credlet/core/text/TextNode"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { KubeConfigError, type KubeConfigReason } from "../KubeConfigError.ts"
import * as DocumentNodes from "./documentNodes.ts"

const Secret = Schema.RedactedFromValue(Schema.String)

const Base64Text = Schema.String.pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transformEffect<string, string>({
      decode: (text, options) => {
        const decoded = decodeBase64(text)
        return decoded === undefined
          ? Effect.fail(new SchemaIssue.InvalidValue({ expected: "base64 with padding" }, undefined, options))
          : Effect.succeed(decoded)
      },
      encode: (text) => Effect.succeed(Base64.encode(Bytes.encode(text)))
    })
  )
)

/** As Go reads it: padded, line breaks ignored (KUBE-6). */
const decodeBase64 = (text: string): string | undefined => {
  const joined = text.replace(/[\r\n]/g, "")
  if (joined.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(joined)) return undefined
  const bytes = Base64.decode(joined)
  return Result.isSuccess(bytes) ? Bytes.decode(bytes.success) : undefined
}

const text = Schema.optionalKey(Schema.String)
const secret = Schema.optionalKey(Secret)

const Cluster = Schema.Struct({
  server: secret, // it may have a userinfo
  "tls-server-name": text,
  "insecure-skip-tls-verify": Schema.optionalKey(Schema.Boolean),
  "certificate-authority": text,
  "certificate-authority-data": Schema.optionalKey(Base64Text),
  "proxy-url": secret,
  "disable-compression": Schema.optionalKey(Schema.Boolean)
})

const Exec = Schema.Struct({
  command: text,
  args: Schema.optionalKey(Schema.Array(Schema.NullOr(Secret))),
  env: Schema.optionalKey(Schema.Array(Schema.NullOr(Schema.Struct({ name: text, value: secret })))),
  apiVersion: text,
  installHint: text,
  provideClusterInfo: Schema.optionalKey(Schema.Boolean),
  interactiveMode: text
})

const User = Schema.Struct({
  "client-certificate": text,
  "client-certificate-data": Schema.optionalKey(Base64Text),
  "client-key": text,
  "client-key-data": Schema.optionalKey(Schema.RedactedFromValue(Base64Text)),
  token: secret,
  tokenFile: text,
  as: text,
  "as-uid": text,
  "as-groups": Schema.optionalKey(Schema.Array(Schema.NullOr(Schema.String))),
  "as-user-extra": Schema.optionalKey(Schema.Record(Schema.String, Schema.Array(Schema.NullOr(Schema.String)))),
  username: text,
  password: secret,
  "auth-provider": Schema.optionalKey(
    Schema.Struct({ name: text, config: Schema.optionalKey(Schema.Record(Schema.String, Secret)) })
  ),
  exec: Schema.optionalKey(Exec)
})

const Context = Schema.Struct({ cluster: text, user: text, namespace: text })

const listOf = <S extends Schema.Codec<unknown, unknown>>(item: S) =>
  Schema.optionalKey(Schema.Array(Schema.NullOr(item)))

const decodeFile = DocumentNodes.decoder(Schema.Struct({
  "current-context": text,
  clusters: listOf(Schema.Struct({ name: text, cluster: Schema.optionalKey(Cluster) })),
  users: listOf(Schema.Struct({ name: text, user: Schema.optionalKey(User) })),
  contexts: listOf(Schema.Struct({ name: text, context: Schema.optionalKey(Context) }))
}))

export interface Cluster extends Schema.Schema.Type<typeof Cluster> {
  /** JSON that an exec plugin is given as `spec.cluster.config`. */
  readonly execConfig?: Redacted.Redacted
}
export type Exec = typeof Exec.Type
export type User = typeof User.Type
export type Context = typeof Context.Type

/** Something that has a name, and where it stands. */
export interface Entry<A> {
  readonly kind: "cluster" | "user" | "context"
  readonly name: string
  readonly value: A
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface KubeConfigFile {
  readonly currentContext: string
  readonly clusters: ReadonlyArray<Entry<Cluster>>
  readonly users: ReadonlyArray<Entry<User>>
  readonly contexts: ReadonlyArray<Entry<Context>>
}

const empty: KubeConfigFile = { currentContext: "", clusters: [], users: [], contexts: [] }

export const parse = (bytes: Uint8Array, file: string): Result.Result<KubeConfigFile, KubeConfigError> => {
  const foreign = foreignText(bytes)
  if (foreign !== undefined) return fail("NotAKubeConfig", file, undefined, foreign)
  const parsed = StrictYaml.parse(bytes)
  if (Result.isFailure(parsed)) {
    return fail("InvalidYaml", file, parsed.failure, `this is not readable YAML: ${parsed.failure.hint}`)
  }
  const { duplicateKeys, root, text } = parsed.success
  const failAt = (reason: KubeConfigReason, offset: number, detail: string) =>
    fail(reason, file, positionAt(text, offset), detail)
  const [duplicate] = duplicateKeys
  if (duplicate !== undefined) {
    return failAt("DuplicateKey", duplicate.offset, "this key stands twice in its mapping: remove one of them")
  }
  if (root.type === "null") return Result.succeed(empty)
  const unexpected = unexpectedKind(root)
  if (unexpected !== undefined) return failAt("NotAKubeConfig", unexpected.offset, unexpected.detail)
  const decoded = decodeFile(root)
  if (Result.isFailure(decoded)) {
    const { expected, offset, path } = decoded.failure
    return failAt("WrongType", offset, `${path} has the wrong type: expected ${expected}`)
  }
  const locate = <A>(kind: Entry<A>["kind"], name: string | undefined, value: A, node: TextNode): Entry<A> => ({
    kind,
    name: name ?? "",
    value,
    file,
    ...positionAt(text, node.offset)
  })
  const { clusters = [], contexts = [], users = [] } = decoded.success
  const nodes = (key: string) => DocumentNodes.items(DocumentNodes.member(root, key))
  const entries: KubeConfigFile = {
    currentContext: decoded.success["current-context"] ?? "",
    clusters: nodes("clusters").map((node, index) =>
      locate("cluster", clusters[index]?.name, { ...clusters[index]?.cluster, ...execConfig(node) }, node)
    ),
    users: nodes("users").map((node, index) => locate("user", users[index]?.name, users[index]?.user ?? {}, node)),
    contexts: nodes("contexts").map((node, index) =>
      locate("context", contexts[index]?.name, contexts[index]?.context ?? {}, node)
    )
  }
  const repeated = firstRepeated(entries.clusters) ?? firstRepeated(entries.users) ?? firstRepeated(entries.contexts)
  return repeated === undefined
    ? Result.succeed(entries)
    : Result.fail(entryError(repeated, "DuplicateName", "an earlier entry of this file has the same name"))
}

/** An error about an entry, with its place. */
export const entryError = (entry: Entry<unknown>, reason: KubeConfigReason, detail: string): KubeConfigError => {
  const { column, file, kind, line, name } = entry
  return new KubeConfigError({ reason, file, line, column, entry: { kind, name }, detail })
}

const fail = (
  reason: KubeConfigReason,
  file: string,
  position: { readonly line: number; readonly column: number } | undefined,
  detail: string
) => {
  const place = position === undefined ? {} : { line: position.line, column: position.column }
  return Result.fail(new KubeConfigError({ reason, file, ...place, detail }))
}

/** What people save by mistake in the place of a kubeconfig. */
const foreignText = (bytes: Uint8Array): string | undefined => {
  const first = bytes.find((byte) => byte !== 0x20 && (byte < 0x09 || byte > 0x0d))
  if (first === 0x3c) return "this is an HTML or XML page, such as a login page saved in the place of a kubeconfig"
  const isUtf16 = bytes[0] === 0xfe && bytes[1] === 0xff || bytes[0] === 0xff && bytes[1] === 0xfe
  return !isUtf16 && bytes.includes(0) ? "this is a binary file, not a kubeconfig" : undefined
}

const unexpectedKind = (root: TextNode): { readonly offset: number; readonly detail: string } | undefined => {
  if (root.type !== "object") {
    return {
      offset: root.offset,
      detail: "this is no kubeconfig: expected a mapping with clusters, users and contexts"
    }
  }
  for (const [key, expected] of [["kind", "Config"], ["apiVersion", "v1"]] as const) {
    const node = DocumentNodes.member(root, key)
    if (node === undefined || node.type === "string" && (node.value === "" || node.value === expected)) continue
    const given = node.type === "string" && /^[A-Za-z0-9./-]{1,64}$/.test(node.value)
      ? `, not ${GoText.quote(node.value)}`
      : ""
    return { offset: node.offset, detail: `this is no kubeconfig: ${key} must be ${GoText.quote(expected)}${given}` }
  }
  return undefined
}

/** The cluster's extension for exec plugins, as it stands in the file. */
const execConfig = (node: TextNode): { readonly execConfig?: Redacted.Redacted } => {
  const extensions = DocumentNodes.items(DocumentNodes.member(DocumentNodes.member(node, "cluster"), "extensions"))
  for (const extension of extensions) {
    const name = DocumentNodes.member(extension, "name")
    const value = DocumentNodes.member(extension, "extension")
    if (name?.type === "string" && name.value === "client.authentication.k8s.io/exec" && value !== undefined) {
      return { execConfig: Redacted.make(NodeJson.toJson(value)) }
    }
  }
  return {}
}

const firstRepeated = <A>(entries: ReadonlyArray<Entry<A>>): Entry<A> | undefined => {
  const names = new Set<string>()
  return entries.find(({ name }) => names.size === names.add(name).size)
}
