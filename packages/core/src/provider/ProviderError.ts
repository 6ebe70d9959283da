/**
 * Why one provider contributed nothing to a lookup. It never fails the lookup (RESP-40): it is returned beside the
 * credentials of the others.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { CacheKeyTooLong } from "../cache/CacheKey.ts"
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
    const actual = this.value === undefined ? "something else" : this.value === "" ? "nothing" : `"${this.value}"`
    return `provider "${this.provider}": the plugin's cacheKeyType must be "Image", "Registry" or "Global", but it is ${actual}; its credentials are not used`
  }
}

/**
 * The image's name is too long for a cache key (CACHE-2); the plugin was not run.
 *
 * @since 0.1.0
 * @category errors
 */
export class UncacheableImage extends Schema.TaggedError<UncacheableImage>()("UncacheableImage", {
  provider: Schema.String,
  reason: CacheKeyTooLong
}) {
  override get message() {
    return `provider "${this.provider}": ${this.reason.message}`
  }
}

/**
 * @since 0.1.0
 * @category errors
 */
export const ProviderError = Schema.Union([PluginError, UnknownCacheKeyType, UncacheableImage])

/**
 * @since 0.1.0
 * @category errors
 */
export type ProviderError = typeof ProviderError.Type
