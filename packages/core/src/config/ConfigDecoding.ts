/**
 * From the bytes of one file to the providers in it, accepting and refusing exactly what the kubelet does: JSON or YAML,
 * kind and apiVersion first, then the fields, strictly. Rules: CFG-30…36, CFG-50…72.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as StrictDecoding from "../text/StrictDecoding.ts"
import type { ObjectNode } from "../text/TextNode.ts"
import { type ConfigDecodeError, ConfigFinding, type DecodeReason } from "./ConfigError.ts"
import { type ConfigPath, display } from "./ConfigLocation.ts"
import { ConfigWarning } from "./ConfigWarning.ts"
import * as DocumentReading from "./internal/documentReading.ts"
import * as FindingText from "./internal/findingText.ts"
import { internalDocument } from "./internal/internalVersion.ts"
import { hidesProviders, unreadOf, withoutFindings } from "./internal/readableDocument.ts"
import * as SourceText from "./internal/sourceText.ts"
import * as KnownKinds from "./KnownKinds.ts"
import type { LocatedProvider } from "./LocatedProvider.ts"
import { ConfigApiVersion, documents, kind as configKind, type Provider } from "./ProviderConfig.ts"
import * as TypeMeta from "./TypeMeta.ts"

/**
 * A decoded file. `providers` is `undefined` where the document has none or null, which is not the same as an empty list.
 *
 * @since 0.1.0
 * @category models
 */
export interface DecodedConfig {
  readonly apiVersion: string
  readonly providers: ReadonlyArray<LocatedProvider> | undefined
  readonly warnings: ReadonlyArray<ConfigWarning>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The file's path, for errors and warnings. The bytes alone decide how they are read (CFG-11, CFG-30). */
  readonly file?: string | undefined
}

/**
 * Decodes one file. Nothing is validated yet: see `ConfigValidation`. Throws nothing, whatever the bytes are.
 *
 * @example
 * ```ts
 * import * as ConfigDecoding from "@credlet/core/config/ConfigDecoding"
 * import * as Result from "effect/Result"
 *
 * const decoded = ConfigDecoding.decode(new TextEncoder().encode("kind: CredentialProviderConfig\n"))
 * if (Result.isFailure(decoded)) console.log(decoded.failure.reason) // missingVersion
 * ```
 *
 * @since 0.1.0
 * @category decoding
 */
export const decode = (bytes: Uint8Array, options?: Options): Result.Result<DecodedConfig, ConfigDecodeError> =>
  Result.mapError(decodePartly(bytes, options), ({ error }) => error)

/**
 * Why a file can't be used, and the providers that could be read nevertheless, so that more can be found out about it.
 * `readable` is `undefined` if not even a list of providers could be; whether it is all, the error's `restWasRead` says.
 *
 * @since 0.1.0
 * @category models
 */
export interface PartlyDecoded {
  readonly error: ConfigDecodeError
  readonly readable: ReadonlyArray<LocatedProvider> | undefined
}

/**
 * As `decode`; where that fails, what else could be read. Only good for telling more: see `LocatedProvider.isRead`.
 *
 * @since 0.1.0
 * @category decoding
 */
export const decodePartly = (bytes: Uint8Array, options?: Options): Result.Result<DecodedConfig, PartlyDecoded> => {
  const document = DocumentReading.read(bytes, options?.file)
  return Result.isFailure(document)
    ? Result.fail({ error: document.failure, readable: undefined })
    : decodeDocument(document.success)
}

const isConfigApiVersion = Schema.is(ConfigApiVersion)

const internalApiVersion = `${KnownKinds.configGroup}/__internal`

/** What is said wherever a document is not the config. */
const expected = `expected kind: ${configKind} and apiVersion: ${ConfigApiVersion.literals[0]}`

const decodeDocument = (document: DocumentReading.Document): Result.Result<DecodedConfig, PartlyDecoded> => {
  const read = TypeMeta.read(document.root)
  if (Result.isFailure(read)) return refuseMeta(document, read.failure)
  const meta = read.success
  const { root } = document
  if (meta.kind === "" || root.type !== "object") {
    const isEmpty = root.type !== "object" || root.members.length === 0
    const what = isEmpty ? "the document is empty" : "kind is missing"
    const more = document.warnings.length > 0 ? " (only the first document of a file is read)" : ""
    return refuse(document, "missingKind", `${what}${more}`, meta.kindOffset)
  }
  if (meta.version === "") return refuse(document, "missingVersion", "apiVersion is missing", meta.apiVersionOffset)
  const apiVersion = TypeMeta.apiVersionText(meta)
  const context = { format: document.format, kind: meta.kind, apiVersion }
  if (meta.kind === configKind && isConfigApiVersion(apiVersion)) {
    return decodeConfig(document, root, apiVersion, context)
  }
  if (meta.kind === configKind && apiVersion === internalApiVersion) {
    const decoded = StrictDecoding.decode(internalDocument)(root)
    return Result.map(
      strict(document, decoded, context),
      ({ Providers }) => located(document, root, apiVersion, "Providers", Providers)
    )
  }
  const other = KnownKinds.find(meta.group, meta.version, meta.kind)
  return other === undefined
    ? refuseUnknown(document, meta)
    : Result.flatMap(
      strict(document, StrictDecoding.decode(other)(root), context),
      () => refuse(document, "wrongKind", `this is a ${display(meta.kind)}`, meta.kindOffset, ["kind"])
    )
}

const decodeConfig = (
  document: DocumentReading.Document,
  root: ObjectNode,
  apiVersion: ConfigApiVersion,
  context: FindingText.Context
): Result.Result<DecodedConfig, PartlyDecoded> => {
  const decodeNode = StrictDecoding.decode(documents[apiVersion])
  const config = (providers: ReadonlyArray<Provider> | undefined) =>
    located(document, root, apiVersion, "providers", providers)
  const readable = (findings: ReadonlyArray<StrictDecoding.Finding>) => {
    const again = decodeNode(withoutFindings(root, findings))
    if (Result.isFailure(again)) return undefined // there are more findings than are kept
    const { providers } = again.success
    if (providers === undefined && hidesProviders(findings)) return undefined
    return (config(providers).providers ?? []).map((located, index) => ({
      ...located,
      unread: unreadOf(findings, index, located.provider)
    }))
  }
  return Result.map(strict(document, decodeNode(root), context, readable), ({ providers }) => config(providers))
}

const refuse = (
  document: DocumentReading.Document,
  reason: DecodeReason,
  what: string,
  offset: number,
  path: ConfigPath = []
): Result.Result<never, PartlyDecoded> => {
  const finding = new ConfigFinding({
    type: "document",
    exactPath: Redacted.make(path),
    detail: `${what}: ${expected}`,
    location: document.source.locate(offset, path)
  })
  return refused(document, reason, [finding])
}

const refused = (
  { source }: DocumentReading.Document,
  reason: DecodeReason,
  findings: ReadonlyArray<ConfigFinding>,
  readable?: ReadonlyArray<LocatedProvider>
): Result.Result<never, PartlyDecoded> => {
  // Of several lists of providers, only the last is read.
  const isTwice = ({ path, type }: ConfigFinding) =>
    path.length === 1 && path[0] === "providers" && (type === "duplicateField" || type === "duplicateKey")
  const restWasRead = readable !== undefined && !findings.some(isTwice)
  return Result.fail({ error: DocumentReading.decodeError(source.file, reason, findings, restWasRead), readable })
}

const refuseMeta = (document: DocumentReading.Document, { findings, reason }: TypeMeta.TypeMetaProblem) => {
  const { source } = document
  return refused(
    document,
    reason === "type" ? "interpret" : reason,
    findings.map((finding) =>
      new ConfigFinding({
        type: "document",
        exactPath: Redacted.make(finding.path),
        detail: `this must be ${finding.expected}: ${expected}`,
        location: source.locate(finding.offset, finding.path)
      })
    )
  )
}

const refuseUnknown = (document: DocumentReading.Document, meta: TypeMeta.TypeMeta) => {
  const version = display(TypeMeta.apiVersionText(meta))
  return meta.kind === configKind
    ? refuse(document, "notRegistered", `the version ${version} is not known`, meta.apiVersionOffset, ["apiVersion"])
    : refuse(
      document,
      "notRegistered",
      `the kind ${display(meta.kind)} of ${version} is not known`,
      meta.kindOffset,
      ["kind"]
    )
}

/** All findings at once, a YAML text's duplicate keys first (CFG-62); the reason is the kubelet's (CFG-63). */
const strict = <A>(
  document: DocumentReading.Document,
  decoded: Result.Result<A, ReadonlyArray<StrictDecoding.Finding>>,
  context: FindingText.Context,
  readable: (findings: ReadonlyArray<StrictDecoding.Finding>) => ReadonlyArray<LocatedProvider> | undefined = () =>
    undefined
): Result.Result<A, PartlyDecoded> => {
  const { duplicateKeys, source } = document
  if (Result.isSuccess(decoded) && duplicateKeys.length === 0) return Result.succeed(decoded.success)
  const findings = Result.isSuccess(decoded) ? [] : decoded.failure
  const described = findings.map((finding) =>
    new ConfigFinding({
      type: finding.type,
      exactPath: Redacted.make(finding.path),
      detail: FindingText.describe(finding, context),
      location: source.locate(finding.offset, finding.path)
    })
  )
  return refused(document, StrictDecoding.verdict(findings), [...duplicateKeys, ...described], readable(findings))
}

const located = (
  { source, warnings }: DocumentReading.Document,
  root: ObjectNode,
  apiVersion: string,
  field: string,
  providers: ReadonlyArray<Provider> | undefined
): DecodedConfig => {
  const locate = (path: ConfigPath) => source.locate(SourceText.offsetOf(root, path), path)
  const versionPath = ["apiVersion"]
  const internal = new ConfigWarning({
    reason: "internalVersion",
    path: versionPath,
    location: locate(versionPath)
  })
  return {
    apiVersion,
    providers: providers?.map((provider, index) => {
      const path = [field, index]
      return { provider, path, locate: (inner) => locate([...path, ...inner]) }
    }),
    warnings: [...warnings, ...apiVersion === internalApiVersion ? [internal] : []]
  }
}
