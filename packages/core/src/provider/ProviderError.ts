/**
 * Why one provider contributed nothing to a lookup. It never fails the lookup (RESP-40): it is returned beside the
 * credentials of the others.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { CacheKeyTooLong } from "../cache/CacheKey.ts"
import { IdentityError } from "../identity/IdentityError.ts"
import { PluginError } from "../plugin/PluginError.ts"

/**
 * The plugin's `cacheKeyType` is none of `Image`, `Registry`, `Global`: its credentials are dropped and nothing is cached
 * (RESP-20).
 *
 * @since 0.1.0
 * @category errors
 */
export class UnknownCacheKeyType extends Schema.TaggedError<UnknownCacheKeyType>()("UnknownCacheKeyType", {
  provider: Schema.String,
  /** As the plugin wrote it if it looks like a word, else `undefined`: it might be a misplaced secret. */
  value: Schema.UndefinedOr(Schema.String)
}) {
  override get message() {
    const actual = this.value === undefined
      ? "something else"
      : this.value === ""
      ? "missing or empty"
      : `"${this.value}"`
    return `provider "${this.provider}": the plugin's cacheKeyType must be "Image", "Registry" or "Global", but it is ${actual}; its credentials are not used`
  }
}

/**
 * The image's name or the service account's annotations are too long for a cache key (CACHE-2, CACHE-10); the plugin was
 * not run.
 *
 * @since 0.1.0
 * @category errors
 */
export class UncacheableAnswer extends Schema.TaggedError<UncacheableAnswer>()("UncacheableAnswer", {
  provider: Schema.String,
  reason: CacheKeyTooLong
}) {
  override get message() {
    return `provider "${this.provider}": ${this.reason.message}`
  }
}

/**
 * The pod's service account could not be read, or there is no token for it (SA-12, SA-18); the plugin was not run.
 *
 * @since 0.1.0
 * @category errors
 */
export class IdentityFailed extends Schema.TaggedError<IdentityFailed>()("IdentityFailed", {
  provider: Schema.String,
  stage: Schema.Literals(["serviceAccount", "token"]),
  reason: IdentityError
}) {
  override get message() {
    return `provider "${this.provider}": the plugin was not run: ${this.reason.message}`
  }
}

/**
 * The plugin gave the service account's token back as a password: its credentials are dropped and nothing is cached
 * (SA-30).
 *
 * @since 0.1.0
 * @category errors
 */
export class TokenEchoed extends Schema.TaggedError<TokenEchoed>()("TokenEchoed", { provider: Schema.String }) {
  override get message() {
    return `provider "${this.provider}": the plugin answered with the service account's token as a password, so its credentials are not used; if the registry takes such tokens, set cacheType: Token in the provider's tokenAttributes`
  }
}

/**
 * @since 0.1.0
 * @category errors
 */
export const ProviderError = Schema.Union([
  PluginError,
  UnknownCacheKeyType,
  UncacheableAnswer,
  IdentityFailed,
  TokenEchoed
])

/**
 * @since 0.1.0
 * @category errors
 */
export type ProviderError = typeof ProviderError.Type
