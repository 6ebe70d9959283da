/**
 * The version `kubelet.config.k8s.io/__internal`, which the kubelet reads by accident: its fields have Go's names, and
 * only those (CFG-54). It is read so that no config is accepted on one side only; it is never written.
 */
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"
import { objects, orNull, text } from "../../text/GoField.ts"
import { EnvVar, Provider, TokenAttributes } from "../ProviderConfig.ts"

const neverWritten = SchemaGetter.forbidden<never, unknown>(() => "the version __internal is never written")

const InternalEnvVar = Schema.Struct({ Name: EnvVar.fields.name, Value: EnvVar.fields.value }).pipe(
  Schema.decodeTo(Schema.toType(EnvVar), {
    decode: SchemaGetter.transform(({ Name, Value }) => new EnvVar({ name: Name, value: Value })),
    encode: neverWritten
  })
)

const InternalTokenAttributes = Schema.Struct({
  ServiceAccountTokenAudience: text,
  CacheType: text,
  RequireServiceAccount: TokenAttributes.fields.requireServiceAccount,
  RequiredServiceAccountAnnotationKeys: TokenAttributes.fields.requiredServiceAccountAnnotationKeys,
  OptionalServiceAccountAnnotationKeys: TokenAttributes.fields.optionalServiceAccountAnnotationKeys
}).pipe(
  Schema.decodeTo(Schema.toType(TokenAttributes), {
    decode: SchemaGetter.transform((fields) =>
      new TokenAttributes({
        serviceAccountTokenAudience: fields.ServiceAccountTokenAudience,
        cacheType: fields.CacheType,
        requireServiceAccount: fields.RequireServiceAccount,
        requiredServiceAccountAnnotationKeys: fields.RequiredServiceAccountAnnotationKeys,
        optionalServiceAccountAnnotationKeys: fields.OptionalServiceAccountAnnotationKeys
      })
    ),
    encode: neverWritten
  })
)

const InternalProvider = Schema.Struct({
  Name: text,
  MatchImages: Provider.fields.matchImages,
  DefaultCacheDuration: Provider.fields.defaultCacheDuration,
  APIVersion: text,
  Args: Provider.fields.args,
  Env: orNull(
    objects(InternalEnvVar, {}),
    "a list of objects with Name and Value"
  ),
  TokenAttributes: orNull(InternalTokenAttributes, "an object")
}).pipe(
  Schema.decodeTo(Schema.toType(Provider), {
    decode: SchemaGetter.transform((fields) =>
      new Provider({
        name: fields.Name,
        matchImages: fields.MatchImages,
        defaultCacheDuration: fields.DefaultCacheDuration,
        apiVersion: fields.APIVersion,
        args: fields.Args,
        env: fields.Env,
        tokenAttributes: fields.TokenAttributes
      })
    ),
    encode: neverWritten
  })
)

/** The type metadata keep their ordinary names. */
export const internalDocument = Schema.Struct({
  kind: text,
  apiVersion: text,
  Providers: orNull(
    objects(InternalProvider, {}),
    "a list of providers"
  )
})
