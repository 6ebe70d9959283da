/**
 * What a provider's `tokenAttributes` decide without asking anybody: whether service accounts count, which annotations the
 * plugin is told, and whether its answer gives the token back. Rules: SA-1, SA-10…16, SA-30…32, CFG-121.
 *
 * @since 0.1.0
 */
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { CheckedProvider, CheckedTokenAttributes } from "../config/ProviderConfig.ts"
import type { PodIdentity } from "../identity/PodIdentity.ts"
import type { PluginResponse } from "../plugin/PluginProtocol.ts"
import * as Base64Piece from "../text/Base64Piece.ts"

/**
 * The attributes if the provider is in service account mode: the gate is on, and it names an audience.
 *
 * @since 0.1.0
 * @category getters
 */
export const attributesOf = (
  { tokenAttributes }: CheckedProvider,
  gate: boolean
): CheckedTokenAttributes | undefined =>
  gate && tokenAttributes !== undefined && tokenAttributes.serviceAccountTokenAudience !== ""
    ? tokenAttributes
    : undefined

/**
 * Static pods have none (SA-3).
 *
 * @since 0.1.0
 * @category guards
 */
export const hasServiceAccount = (pod: PodIdentity | undefined): pod is PodIdentity =>
  pod !== undefined && pod.serviceAccountName !== ""

/**
 * Of the service account's annotations those that are configured and there, whatever their value. Fails with the first
 * required one that is missing.
 *
 * @since 0.1.0
 * @category filtering
 */
export const chooseAnnotations = (
  attributes: CheckedTokenAttributes,
  annotations: ReadonlyMap<string, string>
): Result.Result<ReadonlyMap<string, string>, string> => {
  const { optionalServiceAccountAnnotationKeys: optional, requiredServiceAccountAnnotationKeys: required } = attributes
  const chosen = new Map<string, string>()
  for (const key of required) {
    const value = annotations.get(key)
    if (value === undefined) return Result.fail(key)
    chosen.set(key, value)
  }
  for (const key of optional) {
    const value = annotations.get(key)
    if (value !== undefined) chosen.set(key, value)
  }
  return Result.succeed(chosen)
}

/**
 * The token that must not come back as a password: any but an empty one, unless answers are cached for one token only.
 *
 * @since 0.1.0
 * @category getters
 */
export const guardedToken = (
  { cacheType }: CheckedTokenAttributes,
  token: Redacted.Redacted
): Redacted.Redacted | undefined => cacheType === "Token" || isEmpty(token) ? undefined : token

/**
 * SA-19: no token is as good as an empty one.
 *
 * @since 0.1.0
 * @category guards
 */
export const isEmpty = (token: Redacted.Redacted): boolean => Redacted.value(token) === ""

/**
 * SA-30: whether any whole password is the token.
 *
 * @since 0.1.0
 * @category guards
 */
export const isEchoed = ({ auth }: PluginResponse, token: Redacted.Redacted): boolean => {
  const text = Redacted.value(token)
  for (const { password } of auth?.values() ?? []) if (Redacted.value(password) === text) return true
  return false
}

/**
 * SA-31: whether the token stands anywhere in the answer, as it is or, as in a docker config's `auth`, in base64.
 *
 * @since 0.1.0
 * @category guards
 */
export const isContained = ({ auth }: PluginResponse, token: Redacted.Redacted): boolean => {
  const text = Redacted.value(token)
  if (text === "") return false
  const forms = [text, ...Base64Piece.of(text)]
  for (const [location, { password, username }] of auth ?? []) {
    const parts = [location, username, Redacted.value(password)]
    if (parts.some((part) => forms.some((form) => part.includes(form)))) return true
  }
  return false
}
