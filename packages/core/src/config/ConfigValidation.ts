/**
 * The kubelet's checks of a decoded config. All problems of all providers are found at once, in the kubelet's order, and
 * a config without any becomes providers that can be used. Rules: CFG-80…106.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Duration from "effect/Duration"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Location from "../credential/Location.ts"
import * as ImagePattern from "../image/ImagePattern.ts"
import * as Bytes from "../text/Bytes.ts"
import * as GoDuration from "../text/GoDuration.ts"
import * as GoText from "../text/GoText.ts"
import * as QualifiedName from "../text/QualifiedName.ts"
import { ConfigInvalid } from "./ConfigError.ts"
import type { ConfigPath } from "./ConfigLocation.ts"
import { ConfigProblem } from "./ConfigProblem.ts"
import { type Report, reporter } from "./internal/problemReport.ts"
import { isRead, type LocatedProvider } from "./LocatedProvider.ts"
import {
  type CheckedProvider,
  type CheckedTokenAttributes,
  PluginApiVersion,
  type TokenAttributes,
  TokenCacheType
} from "./ProviderConfig.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /**
   * Whether `tokenAttributes` may be used: the feature gate `KubeletServiceAccountTokenForCredentialProviders`, on by
   * default (CFG-93).
   */
  readonly serviceAccountTokens?: boolean | undefined
}

/**
 * Checks providers, of one config or of several merged ones. Fails with all problems; see `ConfigProblem.kubeletText`
 * for the kubelet's form of each.
 *
 * @example
 * ```ts
 * import * as ConfigValidation from "@credlet/core/config/ConfigValidation"
 * import * as LocatedProvider from "@credlet/core/config/LocatedProvider"
 * import { Provider } from "@credlet/core/config/ProviderConfig"
 *
 * const providers = [new Provider({ name: "a/b", apiVersion: "credentialprovider.kubelet.k8s.io/v1" })]
 * ConfigValidation.validate(LocatedProvider.unlocated(providers)) // a failure with three problems
 * ```
 *
 * @since 0.1.0
 * @category validation
 */
export const validate = (
  providers: ReadonlyArray<LocatedProvider>,
  options?: Options
): Result.Result<ReadonlyArray<CheckedProvider>, ConfigInvalid> => {
  const { checked, problems } = checkAll(providers, options)
  return Arr.isReadonlyArrayNonEmpty(problems) ? Result.fail(new ConfigInvalid({ problems })) : Result.succeed(checked)
}

/**
 * The problems alone, also of providers that could be read only in part: nothing is said about the parts that could not,
 * nor about what depends on them.
 *
 * @since 0.1.0
 * @category validation
 */
export const problems = (
  providers: ReadonlyArray<LocatedProvider>,
  options?: Options
): ReadonlyArray<ConfigProblem> => checkAll(providers, options).problems

const checkAll = (providers: ReadonlyArray<LocatedProvider>, options: Options | undefined) => {
  const problems: Array<ConfigProblem> = []
  if (providers.length === 0) {
    problems.push(
      new ConfigProblem({
        type: "FieldValueRequired",
        field: "providers",
        badValue: "",
        detail: "at least one provider is needed",
        rule: "CFG-80",
        path: ["providers"]
      })
    )
  }
  const serviceAccountTokens = options?.serviceAccountTokens ?? true
  const seen = new Set<string>()
  const checked = providers.flatMap((located, index) => {
    const found: Array<ConfigProblem> = []
    const provider = check(located, seen, serviceAccountTokens, reporter(located, index, found))
    if (isRead(located, ["name"])) seen.add(located.provider.name)
    problems.push(...found)
    return provider === undefined || found.length > 0 ? [] : [provider]
  })
  return { problems, checked }
}

const isPluginApiVersion = Schema.is(PluginApiVersion)
const isTokenCacheType = Schema.is(TokenCacheType)

const supported = (values: ReadonlyArray<string>): string => `supported values: ${values.map(GoText.quote).join(", ")}`

const check = (
  { provider }: LocatedProvider,
  seen: ReadonlySet<string>,
  serviceAccountTokens: boolean,
  report: Report
): CheckedProvider | undefined => {
  checkName(provider.name, seen, report)
  const apiVersion = checkApiVersion(provider.apiVersion, report)
  const patterns = checkPatterns(provider.matchImages ?? [], report)
  const defaultCacheDuration = checkDuration(provider.defaultCacheDuration, report)
  const { args = [], env = [], name } = provider
  const rest = { name, patterns, args, env }
  if (provider.tokenAttributes === undefined) {
    return apiVersion === undefined || defaultCacheDuration === undefined
      ? undefined
      : { ...rest, apiVersion, defaultCacheDuration, tokenAttributes: undefined }
  }
  if (!serviceAccountTokens) {
    report({
      type: "FieldValueForbidden",
      rule: "CFG-93",
      path: ["tokenAttributes"],
      dependsOn: [],
      detail: "service account tokens for credential providers are switched off " +
        "(feature gate KubeletServiceAccountTokenForCredentialProviders)"
    })
  }
  const tokenAttributes = checkTokenAttributes(provider.tokenAttributes, provider.apiVersion, report)
  return apiVersion === undefined || defaultCacheDuration === undefined || tokenAttributes === undefined
    ? undefined
    : { ...rest, apiVersion, defaultCacheDuration, tokenAttributes }
}

const checkName = (name: string, seen: ReadonlySet<string>, report: Report): void => {
  const invalid = (rule: string, detail: string) =>
    report({ type: "FieldValueInvalid", rule, badValue: name, detail, path: ["name"] })
  if (name.includes("/")) invalid("CFG-81", "a provider's name is the name of its plugin's file and cannot contain '/'")
  if (name.includes(" ")) invalid("CFG-82", "a provider's name cannot contain spaces")
  if (name === ".") invalid("CFG-83", "a provider's name cannot be '.'")
  if (name === "..") invalid("CFG-84", "a provider's name cannot be '..'")
  if (seen.has(name)) report({ type: "FieldValueDuplicate", rule: "CFG-85", badValue: name, path: ["name"] })
}

const checkApiVersion = (apiVersion: string, report: Report): PluginApiVersion | undefined => {
  if (isPluginApiVersion(apiVersion)) return apiVersion
  const path = ["apiVersion"]
  const detail = supported(PluginApiVersion.literals)
  if (apiVersion === "") report({ type: "FieldValueRequired", rule: "CFG-87", path, advice: detail })
  else report({ type: "FieldValueNotSupported", rule: "CFG-88", badValue: apiVersion, path, detail })
  return undefined
}

const checkPatterns = (
  matchImages: ReadonlyArray<string>,
  report: Report
): ReadonlyArray<ImagePattern.ImagePattern> => {
  if (matchImages.length === 0) {
    report({
      type: "FieldValueRequired",
      rule: "CFG-89",
      path: ["matchImages"],
      detail: "at least one pattern is needed, such as \"*.registry.example\""
    })
  }
  return matchImages.flatMap((matchImage, index) => {
    const pattern = ImagePattern.parse(matchImage)
    if (Result.isSuccess(pattern)) return [pattern.success]
    const badValue = Location.withoutUserInfo(matchImage)
    report({
      type: "FieldValueInvalid",
      rule: "CFG-90",
      badValue,
      ...(badValue === matchImage ? {} : { exactPattern: Redacted.make(matchImage) }),
      path: ["matchImages", index],
      detail: pattern.failure.message
    })
    return []
  })
}

const checkDuration = (duration: Duration.Duration | undefined, report: Report): Duration.Duration | undefined => {
  const path = ["defaultCacheDuration"]
  if (duration === undefined) {
    const advice = "write a duration such as \"10m\"; \"0s\" keeps nothing"
    report({ type: "FieldValueRequired", rule: "CFG-91", path, advice })
  } else if (Duration.isNegative(duration)) {
    const badValue = GoDuration.format(duration)
    report({ type: "FieldValueInvalid", rule: "CFG-92", badValue, path, detail: "must not be negative" })
  }
  return duration
}

const checkTokenAttributes = (
  attributes: TokenAttributes,
  apiVersion: string,
  report: Report
): CheckedTokenAttributes | undefined => {
  const {
    cacheType,
    optionalServiceAccountAnnotationKeys: optional = [],
    requireServiceAccount,
    requiredServiceAccountAnnotationKeys: required = [],
    serviceAccountTokenAudience
  } = attributes
  const at = (...path: ConfigPath): ConfigPath => ["tokenAttributes", ...path]
  if (serviceAccountTokenAudience === "") {
    const advice = "write the audience that the token is for"
    report({ type: "FieldValueRequired", rule: "CFG-94", path: at("serviceAccountTokenAudience"), advice })
  }
  if (requireServiceAccount === undefined) {
    const advice = "write true or false"
    report({ type: "FieldValueRequired", rule: "CFG-95", path: at("requireServiceAccount"), advice })
  }
  if (apiVersion !== "credentialprovider.kubelet.k8s.io/v1") {
    report({
      type: "FieldValueForbidden",
      rule: "CFG-96",
      path: at(),
      dependsOn: [["apiVersion"]],
      detail: "needs the provider's apiVersion credentialprovider.kubelet.k8s.io/v1"
    })
  }
  if (requireServiceAccount === false && required.length > 0) {
    report({
      type: "FieldValueForbidden",
      rule: "CFG-97",
      path: at("requiredServiceAccountAnnotationKeys"),
      dependsOn: [],
      detail: "annotations can only be required with requireServiceAccount: true"
    })
  }
  checkAnnotationKeys(required, "CFG-98", at("requiredServiceAccountAnnotationKeys"), report)
  checkAnnotationKeys(optional, "CFG-99", at("optionalServiceAccountAnnotationKeys"), report)
  const both = Arr.sort(new Set(required.filter((key) => optional.includes(key))), Bytes.Order)
  if (both.length > 0) {
    const detail = "an annotation key is either required or optional"
    const dependsOn = [at("requiredServiceAccountAnnotationKeys"), at("optionalServiceAccountAnnotationKeys")]
    report({ type: "FieldValueInvalid", rule: "CFG-100", badValue: both, path: at(), dependsOn, detail })
  }
  const known = checkCacheType(cacheType, at("cacheType"), report)
  return known === undefined || requireServiceAccount === undefined ? undefined : {
    serviceAccountTokenAudience,
    cacheType: known,
    requireServiceAccount,
    requiredServiceAccountAnnotationKeys: required,
    optionalServiceAccountAnnotationKeys: optional
  }
}

const checkCacheType = (cacheType: string, path: ConfigPath, report: Report): TokenCacheType | undefined => {
  if (isTokenCacheType(cacheType)) return cacheType
  const detail = supported(TokenCacheType.literals)
  if (cacheType === "") report({ type: "FieldValueRequired", rule: "CFG-101", path, detail })
  else report({ type: "FieldValueNotSupported", rule: "CFG-102", badValue: cacheType, path, detail })
  return undefined
}

const checkAnnotationKeys = (keys: ReadonlyArray<string>, rule: string, path: ConfigPath, report: Report): void => {
  const seen = new Set<string>()
  keys.forEach((badValue, index) => {
    const at = [...path, index]
    for (const detail of QualifiedName.problems(badValue)) {
      report({ type: "FieldValueInvalid", rule, badValue, path: at, detail })
    }
    if (seen.has(badValue)) report({ type: "FieldValueDuplicate", rule, badValue, path: at })
    seen.add(badValue)
  })
}
