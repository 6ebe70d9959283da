/** What a scenario is made of: its providers and its steps, as the vectors write them. */
import { type CheckedProvider, PluginApiVersion } from "@credlet/core/config/ProviderConfig"
import * as ImagePattern from "@credlet/core/image/ImagePattern"
import * as GoDuration from "@credlet/core/text/GoDuration"
import { Array as Arr, Duration, Schema } from "effect"
import { maybe, Text } from "../expand.ts"

const TokenAttributes = Schema.Struct({
  serviceAccountTokenAudience: maybe(Schema.String),
  cacheType: maybe(Schema.String),
  requireServiceAccount: maybe(Schema.Boolean),
  requiredServiceAccountAnnotationKeys: maybe(Schema.Array(Schema.String)),
  optionalServiceAccountAnnotationKeys: maybe(Schema.Array(Schema.String))
})

export const Provider = Schema.Struct({
  name: Schema.String,
  apiVersion: PluginApiVersion,
  matchImages: maybe(Schema.Array(Text)),
  defaultCacheDuration: maybe(GoDuration.GoDuration),
  tokenAttributes: maybe(TokenAttributes)
})

export const Response = Schema.Struct({
  cacheKeyType: maybe(Schema.String),
  cacheDuration: maybe(GoDuration.GoDuration),
  auth: maybe(
    Schema.Record(Schema.String, Schema.NullOr(Schema.Struct({ username: maybe(Text), password: maybe(Text) })))
  )
})

const callFields = {
  image: Text,
  namespace: maybe(Text),
  podName: maybe(Text),
  podUID: maybe(Text),
  serviceAccountName: maybe(Text),
  provider: maybe(Schema.Int)
}

/** Somebody asks for an image, for a pod. */
export const Call = Schema.Struct(callFields)

const step = <const Do extends string, const Fields extends Schema.Struct.Fields>(name: Do, fields: Fields) =>
  Schema.Struct({ do: Schema.Literal(name), ...fields })

const accountFields = { namespace: maybe(Text), name: maybe(Text) }

export const Step = Schema.Union([
  step("provide", callFields),
  step("lookup", callFields),
  step("concurrent", { calls: Schema.Array(Call) }),
  step("advance", { by: GoDuration.GoDuration }),
  step("setResponse", { provider: maybe(Schema.Int), response: maybe(Response) }),
  step("setPluginError", { provider: maybe(Schema.Int), error: maybe(Schema.String) }),
  step("setServiceAccount", {
    ...accountFields,
    uid: maybe(Text),
    annotations: maybe(Schema.Record(Schema.String, Text))
  }),
  step("deleteServiceAccount", accountFields),
  step("setServiceAccountError", { error: maybe(Schema.String) }),
  step("setToken", { template: maybe(Text) }),
  step("setTokenError", { error: maybe(Schema.String) })
])

export interface Scenario {
  readonly providers: ReadonlyArray<typeof Provider.Type>
  readonly saTokenFeature?: boolean | null
  readonly steps: ReadonlyArray<typeof Step.Type>
}

/** The providers as they are after validation; patterns that can't be parsed never match (URL-20). */
export const checkedProviders = ({ providers }: Scenario): ReadonlyArray<CheckedProvider> =>
  providers.map((provider) => {
    const { apiVersion, defaultCacheDuration, matchImages, name, tokenAttributes } = provider
    return {
      name,
      apiVersion,
      patterns: Arr.filterMap(matchImages ?? [], ImagePattern.parse),
      defaultCacheDuration: defaultCacheDuration ?? Duration.zero,
      args: [],
      env: [],
      tokenAttributes: tokenAttributes == null ? undefined : {
        serviceAccountTokenAudience: tokenAttributes.serviceAccountTokenAudience ?? "",
        cacheType: tokenAttributes.cacheType === "Token" ? "Token" : "ServiceAccount",
        requireServiceAccount: tokenAttributes.requireServiceAccount ?? false,
        requiredServiceAccountAnnotationKeys: tokenAttributes.requiredServiceAccountAnnotationKeys ?? [],
        optionalServiceAccountAnnotationKeys: tokenAttributes.optionalServiceAccountAnnotationKeys ?? []
      }
    }
  })
