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

const Call = {
  image: Text,
  serviceAccountName: maybe(Schema.String),
  provider: maybe(Schema.Int)
}

const step = <const Do extends string, const Fields extends Schema.Struct.Fields>(name: Do, fields: Fields) =>
  Schema.Struct({ do: Schema.Literal(name), ...fields })

export const Step = Schema.Union([
  step("provide", Call),
  step("lookup", Call),
  step("concurrent", { calls: Schema.Array(Schema.Struct(Call)) }),
  step("advance", { by: GoDuration.GoDuration }),
  step("setResponse", { provider: maybe(Schema.Int), response: maybe(Response) }),
  step("setPluginError", { provider: maybe(Schema.Int), error: maybe(Schema.String) }),
  step("setServiceAccount", {}),
  step("deleteServiceAccount", {}),
  step("setServiceAccountError", {}),
  step("setToken", {}),
  step("setTokenError", {})
])

export interface Scenario {
  readonly providers: ReadonlyArray<typeof Provider.Type>
  readonly saTokenFeature?: boolean | null
  readonly steps: ReadonlyArray<typeof Step.Type>
}

/** A provider is in service account mode if the gate is on and it names an audience (CFG-121). */
const serviceAccountMode = (provider: typeof Provider.Type, gate: boolean): boolean =>
  gate && (provider.tokenAttributes?.serviceAccountTokenAudience ?? "") !== ""

/** The providers as they are after validation; patterns that can't be parsed never match (URL-20). */
export const checkedProviders = ({ providers, saTokenFeature }: Scenario): ReadonlyArray<CheckedProvider> =>
  providers.map((provider) => {
    const { apiVersion, defaultCacheDuration, matchImages, name, tokenAttributes } = provider
    return {
      name,
      apiVersion,
      patterns: Arr.filterMap(matchImages ?? [], ImagePattern.parse),
      defaultCacheDuration: defaultCacheDuration ?? Duration.zero,
      args: [],
      env: [],
      tokenAttributes: serviceAccountMode(provider, saTokenFeature !== false)
        ? {
          serviceAccountTokenAudience: tokenAttributes?.serviceAccountTokenAudience ?? "",
          cacheType: tokenAttributes?.cacheType === "Token" ? "Token" : "ServiceAccount",
          requireServiceAccount: tokenAttributes?.requireServiceAccount ?? false,
          requiredServiceAccountAnnotationKeys: tokenAttributes?.requiredServiceAccountAnnotationKeys ?? [],
          optionalServiceAccountAnnotationKeys: tokenAttributes?.optionalServiceAccountAnnotationKeys ?? []
        }
        : undefined
    }
  })

/** Whether a pod's service account matters: a provider wants one, and a step names one. */
export const needsServiceAccounts = ({ providers, saTokenFeature, steps }: Scenario): boolean =>
  providers.some((provider) => serviceAccountMode(provider, saTokenFeature !== false)) && steps.some(namesOne)

const namesOne = (one: typeof Step.Type | Schema.Schema.Type<Schema.Struct<typeof Call>>): boolean =>
  "calls" in one ? one.calls.some(namesOne) : "serviceAccountName" in one && (one.serviceAccountName ?? "") !== ""
