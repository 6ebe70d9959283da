/**
 * Docker configs as an index over their locations: which credentials fit an image, in the order in which to try them.
 * Each location is parsed once, when it is added. Rules: KEY-1…18, RING-1, RING-2, RING-5, RING-6, RING-11.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import type { Credential, Source } from "../credential/Credential.ts"
import type { DockerConfig } from "../credential/DockerConfig.ts"
import * as Location from "../credential/Location.ts"
import * as ImagePattern from "../image/ImagePattern.ts"
import * as ImageReference from "../image/ImageReference.ts"
import * as SchemelessUrl from "../image/SchemelessUrl.ts"
import * as Bytes from "../text/Bytes.ts"

/**
 * A docker config to add to an index, and where it came from.
 *
 * @since 0.1.0
 * @category models
 */
export interface Addition {
  readonly config: DockerConfig
  readonly source: Source
}

/**
 * The credentials of one key, in the order in which they were added (KEY-9). Without a pattern the key matches nothing:
 * it was valid as it was written, but is not when read again (KEY-8).
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry {
  readonly key: string
  readonly pattern: ImagePattern.ImagePattern | undefined
  readonly credentials: ReadonlyArray<Credential>
}

/**
 * A location that is no address, whose credentials are therefore not used (KEY-1). `location` is fit to be shown.
 *
 * @since 0.1.0
 * @category models
 */
export interface SkippedLocation {
  readonly location: string
  readonly source: Source
  readonly reason: SchemelessUrl.SchemelessUrlReason
}

/**
 * Entries have different keys and stand in descending order of the keys' bytes (KEY-10).
 *
 * @since 0.1.0
 * @category models
 */
export interface KeyringIndex {
  readonly entries: ReadonlyArray<Entry>
  readonly skipped: ReadonlyArray<SkippedLocation>
}

/**
 * `hubFallback`: which images get the credentials stored under `index.docker.io` when nothing else matches.
 * `"dockerHubOnly"`, the default: those on Docker Hub. `"anyUndottedName"`, as the kubelet: also `localhost/x` (KEY-14).
 *
 * @since 0.1.0
 * @category models
 */
export interface LookupOptions {
  readonly hubFallback: "anyUndottedName" | "dockerHubOnly"
}

const hubKey = "index.docker.io"

/**
 * Builds an index. What is added first comes first among the credentials of one key (KEY-18).
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (additions: Iterable<Addition>): KeyringIndex => {
  const byKey = new Map<string, Entry & { readonly credentials: Array<Credential> }>()
  const skipped: Array<SkippedLocation> = []
  for (const { config, source } of additions) {
    for (const [location, { email, password, username }] of config) {
      const url = SchemelessUrl.parse(withoutScheme(location))
      if (Result.isFailure(url)) {
        skipped.push({ location: Location.shown(location), source, reason: url.failure.reason })
        continue
      }
      const path = effectivePath(url.success.path)
      const key = url.success.host + path
      let entry = byKey.get(key)
      if (entry === undefined) {
        entry = { key, pattern: patternOf(key, url.success, path), credentials: [] }
        byKey.set(key, entry)
      }
      entry.credentials.push({ username, password, email, location: key, source })
    }
  }
  return { entries: Array.from(byKey.values()).sort((a, b) => Bytes.compare(b.key, a.key)), skipped }
}

/** Schemes are recognised in lower case only (KEY-1, KEY-5). */
const withoutScheme = (location: string): string =>
  location.startsWith("https://") ? location.slice(8) : location.startsWith("http://") ? location.slice(7) : location

/** The path without the API version that Docker's own clients write, and nothing if only a slash is left (KEY-2). */
const effectivePath = (path: string): string => {
  const rest = path.startsWith("/v1/") || path.startsWith("/v2/") ? path.slice(3) : path
  return rest === "/" ? "" : rest
}

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const readsDifferently = /[%?#\u0000-\u001f\u007f]/

/**
 * The kubelet reads a key again at each lookup, though it is decoded already (KEY-8). Only a key with one of these
 * characters changes by that, so for all others the first reading is kept.
 */
const patternOf = (key: string, url: SchemelessUrl.SchemelessUrl, path: string): Entry["pattern"] =>
  readsDifferently.test(key)
    ? Result.getOrUndefined(ImagePattern.parse(key))
    : ImagePattern.fromUrl(path === url.path ? url : { ...url, path })

/**
 * The keys of an index in the order in which they are tried.
 *
 * @since 0.1.0
 * @category accessors
 */
export const keys = (index: KeyringIndex): ReadonlyArray<string> => index.entries.map((entry) => entry.key)

/**
 * The locations that could not be used.
 *
 * @since 0.1.0
 * @category accessors
 */
export const skipped = (index: KeyringIndex): ReadonlyArray<SkippedLocation> => index.skipped

/**
 * What an index has for an image. `isHubFallback`: no key matches, so `index.docker.io` serves (KEY-13).
 *
 * @since 0.1.0
 * @category models
 */
export interface Serving {
  readonly entries: ReadonlyArray<Entry>
  readonly isHubFallback: boolean
}

/**
 * The entries for an image in the order in which to try them: all that match, not just the best (KEY-12). `target` is the
 * parsed `image`; without it, an image that is no address, only the Docker Hub fallback is left.
 *
 * @since 0.1.0
 * @category lookup
 */
export const serving = (
  index: KeyringIndex,
  target: SchemelessUrl.SchemelessUrl | undefined,
  image: string,
  options?: LookupOptions
): Serving => {
  const entries = index.entries.filter(({ pattern }) => target && pattern && ImagePattern.matches(pattern, target))
  if (entries.length > 0 || !isOnHub(image, options?.hubFallback)) return { entries, isHubFallback: false }
  const hub = index.entries.filter((entry) => entry.key === hubKey)
  return { entries: hub, isHubFallback: hub.length > 0 }
}

/**
 * The credentials of the entries for an image.
 *
 * @since 0.1.0
 * @category lookup
 */
export const lookup = (
  index: KeyringIndex,
  target: SchemelessUrl.SchemelessUrl | undefined,
  image: string,
  options?: LookupOptions
): ReadonlyArray<Credential> => serving(index, target, image, options).entries.flatMap((entry) => entry.credentials)

const isOnHub = (image: string, fallback: LookupOptions["hubFallback"] = "dockerHubOnly"): boolean => {
  if (fallback === "anyUndottedName") return ImageReference.isDefaultRegistry(image)
  const registry = ImageReference.registryOf(image)
  return registry === "docker.io" || registry === hubKey
}

/**
 * The credentials that several indexes have for an image, one index after the other, each with its own Docker Hub
 * fallback; nothing is left out because an earlier index had something (RING-1, RING-2, RING-5).
 *
 * @since 0.1.0
 * @category lookup
 */
export const union = (
  indexes: Iterable<KeyringIndex>,
  target: SchemelessUrl.SchemelessUrl | undefined,
  image: string,
  options?: LookupOptions
): ReadonlyArray<Credential> => Array.from(indexes).flatMap((index) => lookup(index, target, image, options))
