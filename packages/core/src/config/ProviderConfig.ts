/**
 * The `CredentialProviderConfig` document: its fields in the versions v1alpha1, v1beta1 and v1, and what of it is left
 * once it has been checked. Reading never defaults anything, and null is "not set". Rules: CFG-52…56, CFG-61…74.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import * as Struct from "effect/Struct"
import type { ImagePattern } from "../image/ImagePattern.ts"
import { duration, objects, orNull, orOmitted, secretText, text, textOmittedEmpty, texts } from "../text/GoField.ts"

/**
 * The version of the request that a plugin gets and of the response that it gives (CFG-88).
 *
 * @since 0.1.0
 * @category schemas
 */
export const PluginApiVersion = Schema.Literals([
  "credentialprovider.kubelet.k8s.io/v1",
  "credentialprovider.kubelet.k8s.io/v1alpha1",
  "credentialprovider.kubelet.k8s.io/v1beta1"
])

/**
 * @since 0.1.0
 * @category models
 */
export type PluginApiVersion = typeof PluginApiVersion.Type

/**
 * What a credential may be shared by when it was obtained with a service account's token: all pods of the service
 * account, or all that present the same token (CFG-102).
 *
 * @since 0.1.0
 * @category schemas
 */
export const TokenCacheType = Schema.Literals(["ServiceAccount", "Token"])

/**
 * @since 0.1.0
 * @category models
 */
export type TokenCacheType = typeof TokenCacheType.Type

/**
 * A version of the document itself. It says nothing about the plugins' versions (CFG-55).
 *
 * @since 0.1.0
 * @category schemas
 */
export const ConfigApiVersion = Schema.Literals([
  "kubelet.config.k8s.io/v1",
  "kubelet.config.k8s.io/v1beta1",
  "kubelet.config.k8s.io/v1alpha1"
])

/**
 * @since 0.1.0
 * @category models
 */
export type ConfigApiVersion = typeof ConfigApiVersion.Type

/**
 * The document's kind.
 *
 * @since 0.1.0
 * @category constants
 */
export const kind = "CredentialProviderConfig"

/**
 * An entry of `env`: a variable for the plugin's environment. Nothing about it is validated.
 *
 * @since 0.1.0
 * @category models
 */
export class EnvVar extends Schema.Class<EnvVar>("EnvVar")({
  name: text,
  value: secretText("env")
}) {}

/**
 * `tokenAttributes`: the plugin gets a token of the pod's service account. Only v1 has it (CFG-67).
 *
 * @since 0.1.0
 * @category models
 */
export class TokenAttributes extends Schema.Class<TokenAttributes>("TokenAttributes")({
  serviceAccountTokenAudience: text,
  cacheType: text,
  requireServiceAccount: orNull(Schema.Boolean, "true or false"),
  requiredServiceAccountAnnotationKeys: orOmitted(texts, "a list of texts"),
  optionalServiceAccountAnnotationKeys: orOmitted(texts, "a list of texts")
}) {}

/**
 * An entry of `providers` as it was read. `undefined` is "not set"; an empty list is not the same.
 *
 * @since 0.1.0
 * @category models
 */
export class Provider extends Schema.Class<Provider>("Provider")({
  name: text,
  matchImages: orNull(texts, "a list of texts"),
  defaultCacheDuration: duration,
  apiVersion: text,
  args: orOmitted(texts, "a list of texts"),
  env: orOmitted(
    objects(EnvVar, {}),
    "a list of objects with name and value"
  ),
  tokenAttributes: orOmitted(TokenAttributes, "an object")
}) {}

// The versions before v1 don't know tokenAttributes: there it is an unknown field, and writing drops it (CFG-56).
const ProviderWithoutToken = Schema.Struct(Struct.omit(Provider.fields, ["tokenAttributes"])).pipe(
  Schema.decodeTo(Schema.toType(Provider), {
    decode: SchemaGetter.transform((fields) => new Provider(fields)),
    encode: SchemaGetter.passthroughSupertype()
  })
)

const document = <S extends Schema.Codec<Provider, unknown>>(provider: S) =>
  Schema.Struct({
    kind: textOmittedEmpty,
    apiVersion: textOmittedEmpty,
    providers: orNull(objects(provider, {}), "a list of providers")
  })

const beforeV1 = document(ProviderWithoutToken)

/**
 * The document in each of its versions. Decode with `onExcessProperty: "error"`, as the kubelet is strict; objects to
 * decode must have no prototype, and duplicate fields can't be seen here: `StrictDecoding` takes care of both.
 *
 * @since 0.1.0
 * @category schemas
 */
export const documents = {
  "kubelet.config.k8s.io/v1": document(Provider),
  "kubelet.config.k8s.io/v1beta1": beforeV1,
  "kubelet.config.k8s.io/v1alpha1": beforeV1
} satisfies { readonly [V in ConfigApiVersion]: unknown }

/**
 * The providers as a document in JSON (CFG-74). It holds the values of environment variables in plain text, hence
 * `Redacted`. Versions before v1 drop `tokenAttributes` (CFG-56). Fails only for what has no written form.
 *
 * @since 0.1.0
 * @category encoding
 */
export const encode = (
  providers: ReadonlyArray<Provider>,
  apiVersion: ConfigApiVersion = "kubelet.config.k8s.io/v1"
): Result.Result<Redacted.Redacted, Schema.SchemaError> =>
  Result.map(
    Schema.encodeResult(documents[apiVersion])({ kind, apiVersion, providers }),
    (encoded) => Redacted.make(JSON.stringify(encoded), { label: "config" })
  )

/**
 * A provider that has passed all checks: what may be unset but must not be is set, and patterns are compiled.
 *
 * @since 0.1.0
 * @category models
 */
export interface CheckedProvider {
  readonly name: string
  /** At least one. */
  readonly patterns: ReadonlyArray<ImagePattern>
  /** Used when a response names no duration; zero means "don't keep". */
  readonly defaultCacheDuration: Duration.Duration
  readonly apiVersion: PluginApiVersion
  readonly args: ReadonlyArray<string>
  readonly env: ReadonlyArray<EnvVar>
  readonly tokenAttributes: CheckedTokenAttributes | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface CheckedTokenAttributes {
  readonly serviceAccountTokenAudience: string
  readonly cacheType: TokenCacheType
  readonly requireServiceAccount: boolean
  readonly requiredServiceAccountAnnotationKeys: ReadonlyArray<string>
  readonly optionalServiceAccountAnnotationKeys: ReadonlyArray<string>
}
