/**
 * What is said to a plugin and what it answers, in the API's three versions: the exact bytes of a request, and the
 * kubelet's strict reading of a response. Rules: REQ-1…8, RESP-1…14, CFG-70…73.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as KnownKinds from "../config/KnownKinds.ts"
import { PluginApiVersion } from "../config/ProviderConfig.ts"
import * as TypeMeta from "../config/TypeMeta.ts"
import type { DockerConfig, DockerCredential } from "../credential/DockerConfig.ts"
import * as Bytes from "../text/Bytes.ts"
import * as GoDuration from "../text/GoDuration.ts"
import * as GoField from "../text/GoField.ts"
import * as GoText from "../text/GoText.ts"
import * as StrictDecoding from "../text/StrictDecoding.ts"
import * as StrictJson from "../text/StrictJson.ts"
import type { Member, TextNode } from "../text/TextNode.ts"
import * as Findings from "./internal/responseFindings.ts"
import { ResponseError } from "./ResponseError.ts"

export { ResponseError } from "./ResponseError.ts"

/**
 * A question to a plugin. `image` is the normalised name without tag and digest (REQ-3). Only v1 knows token and
 * annotations: for older versions they are left out, and so are empty ones (REQ-4…6).
 *
 * @since 0.1.0
 * @category models
 */
export interface PluginRequest {
  readonly image: string
  readonly serviceAccountToken?: Redacted.Redacted | undefined
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>> | undefined
}

/**
 * A plugin's answer. `cacheKeyType` is as the plugin wrote it: what it may be is checked later (RESP-20).
 * `cacheDuration` may be negative; `undefined` means that the config's default counts (RESP-23). `auth` is `undefined`
 * or empty if the plugin has no credentials, which is a valid answer (RESP-51).
 *
 * @since 0.1.0
 * @category models
 */
export interface PluginResponse {
  readonly cacheKeyType: string
  readonly cacheDuration: Duration.Duration | undefined
  readonly auth: DockerConfig | undefined
}

/**
 * A request was to be written in a version that is none of the API's three.
 *
 * @since 0.1.0
 * @category errors
 */
export class UnsupportedApiVersion extends Schema.TaggedError<UnsupportedApiVersion>()("UnsupportedApiVersion", {
  apiVersion: Schema.String
}) {
  override get message() {
    return `no plugin speaks the API version ${GoText.quote(this.apiVersion)}: use one of ${
      PluginApiVersion.literals.join(", ")
    }`
  }
}

const isSupported = Schema.is(PluginApiVersion)
const withServiceAccount: PluginApiVersion = "credentialprovider.kubelet.k8s.io/v1"

/**
 * The bytes for a plugin's stdin: one line of JSON. They hold the service account's token.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encodeRequest = (
  apiVersion: string,
  request: PluginRequest
): Result.Result<Uint8Array, UnsupportedApiVersion> => {
  if (!isSupported(apiVersion)) return Result.fail(new UnsupportedApiVersion({ apiVersion }))
  const { image, serviceAccountAnnotations: annotations = {}, serviceAccountToken } = request
  const members = [...typeMembers(requestKind, apiVersion), member("image", GoText.jsonString(image))]
  if (apiVersion === withServiceAccount) {
    const token = serviceAccountToken === undefined ? "" : Redacted.value(serviceAccountToken)
    if (token !== "") members.push(member("serviceAccountToken", GoText.jsonString(token)))
    const entries = Object.entries(annotations).map(([key, value]) => [key, GoText.jsonString(value)] as const)
    if (entries.length > 0) members.push(member("serviceAccountAnnotations", sortedObject(entries)))
  }
  return Result.succeed(line(members))
}

/**
 * The bytes that a plugin writes to stdout to give an answer; they hold passwords. `decodeResponse` reads the same
 * answer from them, except that emails are not part of the protocol.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encodeResponse = (apiVersion: PluginApiVersion, response: PluginResponse): Uint8Array => {
  const { auth, cacheDuration, cacheKeyType } = response
  const members = [...typeMembers(responseKind, apiVersion), member("cacheKeyType", GoText.jsonString(cacheKeyType))]
  if (cacheDuration !== undefined) {
    members.push(member("cacheDuration", GoText.jsonString(GoDuration.format(cacheDuration))))
  }
  if (auth !== undefined) {
    const entries = Array.from(auth, ([location, { password, username }]) => {
      const fields = [
        member("username", GoText.jsonString(username)),
        member("password", GoText.jsonString(Redacted.value(password)))
      ]
      return [location, `{${fields.join(",")}}`] as const
    })
    members.push(member("auth", sortedObject(entries)))
  }
  return line(members)
}

const requestKind = "CredentialProviderRequest"
const responseKind = "CredentialProviderResponse"

const member = (name: string, json: string): string => `${GoText.jsonString(name)}:${json}`

const typeMembers = (kind: string, apiVersion: string): ReadonlyArray<string> => [
  member("kind", GoText.jsonString(kind)),
  member("apiVersion", GoText.jsonString(apiVersion))
]

/** Values are JSON already. */
const sortedObject = (entries: ReadonlyArray<readonly [key: string, json: string]>): string =>
  `{${entries.toSorted(([a], [b]) => Bytes.compare(a, b)).map(([key, json]) => member(key, json)).join(",")}}`

const line = (members: ReadonlyArray<string>): Uint8Array => Bytes.encode(`{${members.join(",")}}\n`)

/**
 * Reads what a plugin wrote to stdout. `apiVersion` is the one that the provider is configured with, which the answer
 * must have. Fails with a `ResponseError` that names all mistakes and no values; throws nothing, whatever the bytes.
 *
 * @since 0.1.0
 * @category decoding
 * @example
 * ```ts
 * import * as PluginProtocol from "@credlet/core/plugin/PluginProtocol"
 * import * as Result from "effect/Result"
 *
 * const v1 = "credentialprovider.kubelet.k8s.io/v1"
 * const answer = `{"kind": "CredentialProviderResponse", "apiVersion": "${v1}", "cacheKeyType": "Image", "Auth": {}}`
 * const decoded = PluginProtocol.decodeResponse(v1, new TextEncoder().encode(answer))
 * if (Result.isFailure(decoded)) console.log(decoded.failure.message) // … unknown field (did you mean "auth"?)
 * ```
 */
export const decodeResponse = (
  apiVersion: string,
  bytes: Uint8Array
): Result.Result<PluginResponse, ResponseError> => {
  const text = Bytes.decodeReplacing(bytes)
  const fail = (
    stage: ResponseError["stage"],
    reason: ResponseError["class"],
    findings: ReadonlyArray<Findings.Raw>,
    actual: Pick<ResponseError, "actualApiVersion" | "actualKind"> = {}
  ) => Result.fail(new ResponseError({ stage, class: reason, findings: Findings.locate(text, findings), ...actual }))

  const root = StrictJson.parse(text)
  if (Result.isFailure(root)) return fail("interpret", "syntax", [Findings.syntax(text, root.failure)])
  const interpreted = TypeMeta.read(root.success)
  if (Result.isFailure(interpreted)) {
    const { findings, reason } = interpreted.failure
    const kind = reason === "type" ? "type" : "value"
    return fail("interpret", reason, findings.map(({ expected, offset, path }) => ({ kind, path, offset, expected })))
  }
  const meta = interpreted.success
  const wanted = (name: string, offset: number, value: string) =>
    Findings.value([name], offset, `"${value}"${offset === root.success.offset ? ", but it is missing" : ""}`)
  const actual = TypeMeta.apiVersionText(meta)
  if (actual !== apiVersion) {
    // Any other text may be a misplaced secret.
    const known = actual === "" ? actual : isSupported(actual) ? actual : undefined
    return fail("apiVersion", "versionMismatch", [wanted("apiVersion", meta.apiVersionOffset, apiVersion)], {
      actualApiVersion: known
    })
  }
  const notResponse = [wanted("kind", meta.kindOffset, responseKind)]
  if (meta.kind === "") return fail("decode", "missingKind", notResponse)
  if (meta.version === "") {
    return fail("decode", "missingVersion", [Findings.value(["apiVersion"], meta.apiVersionOffset, "a version")])
  }
  if (meta.kind === responseKind && isSupported(apiVersion)) {
    const decoded = decodeFields(root.success)
    return Result.isSuccess(decoded)
      ? Result.succeed(toResponse(decoded.success, root.success))
      : fail("decode", StrictDecoding.verdict(decoded.failure), decoded.failure.map(Findings.strict))
  }
  const other = KnownKinds.find(meta.group, meta.version, meta.kind)
  if (other === undefined) return fail("decode", "notRegistered", notResponse)
  const decoded = StrictDecoding.decode(other)(root.success)
  const ofKind = { actualKind: meta.kind === responseKind ? undefined : meta.kind }
  if (Result.isSuccess(decoded)) return fail("decode", "wrongKind", notResponse, ofKind)
  // The kubelet gets no further than the fields, which it takes for those of the other kind.
  const findings = [...notResponse, ...decoded.failure.map(Findings.strict)].toSorted((a, b) => a.offset - b.offset)
  return fail("decode", StrictDecoding.verdict(decoded.failure), findings, ofKind)
}

const Entry = Schema.Struct({ username: GoField.text, password: GoField.secretText("password") })

/** The three versions are alike. */
const ResponseFields = Schema.Struct({
  kind: GoField.text,
  apiVersion: GoField.text,
  cacheKeyType: GoField.text,
  cacheDuration: GoField.duration,
  auth: GoField.orNull(GoField.objectsByKey(Entry, {}), "an object")
})

const decodeFields = StrictDecoding.decode(ResponseFields)

/**
 * Docker configs have emails, the protocol has none (RESP-21). The order of the entries is taken from the document:
 * JavaScript's objects move keys such as `10` to the front.
 */
const toResponse = (
  { auth: entries, cacheDuration, cacheKeyType }: typeof ResponseFields.Type,
  root: TextNode
): PluginResponse => {
  if (entries === undefined) return { cacheKeyType, cacheDuration, auth: undefined }
  const auth = new Map<string, DockerCredential>()
  for (const { key } of membersOf(membersOf(root).find((member) => member.key === "auth")?.value)) {
    const entry = entries[key]
    if (entry !== undefined) auth.set(key, { ...entry, email: "" })
  }
  return { cacheKeyType, cacheDuration, auth }
}

const membersOf = (node: TextNode | undefined): ReadonlyArray<Member> => node?.type === "object" ? node.members : []
