/**
 * What a lookup needs to know of an image, computed once an image: the parsed name that patterns are held against, and
 * the keys under which an answer may be cached where no service account counts. Rules: IMG-1, CACHE-9.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as CacheKey from "../cache/CacheKey.ts"
import * as SchemelessUrl from "../image/SchemelessUrl.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface LookupTarget {
  /** The normalised name without tag and digest: what plugins and patterns see. */
  readonly repository: string
  /** `undefined` if the repository can't be parsed, which no pattern matches (URL-20). */
  readonly url: SchemelessUrl.SchemelessUrl | undefined
  readonly keys: Result.Result<CacheKey.Keys, CacheKey.CacheKeyTooLong>
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = (repository: string): LookupTarget => ({
  repository,
  url: Result.getOrUndefined(SchemelessUrl.parse(repository)),
  keys: CacheKey.plainKeys(repository)
})
