/**
 * A provider together with where it stands, so that whatever is found out about it later can name file and line.
 *
 * @since 0.1.0
 */
import type { ConfigLocation, ConfigPath } from "./ConfigLocation.ts"
import type { Provider } from "./ProviderConfig.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface LocatedProvider {
  readonly provider: Provider
  /** The provider's path in its own file: `["providers", 0]`. */
  readonly path: ConfigPath
  /**
   * The place of a value of the provider, say of `["matchImages", 1]`, or of the nearest thing around it that exists.
   * `undefined` if the provider was not read from a text.
   */
  readonly locate: (path: ConfigPath) => ConfigLocation | undefined
  /**
   * What of the provider could not be read, as paths below it: mistakes that are told elsewhere. The value there is a
   * makeshift, so nothing is to be said about it.
   */
  readonly unread?: ReadonlyArray<ConfigPath>
}

/**
 * Whether a value of the provider, say `["matchImages", 1]`, was read with all that is in it.
 *
 * @since 0.1.0
 * @category accessors
 */
export const isRead = ({ unread = [] }: LocatedProvider, path: ConfigPath): boolean =>
  !unread.some((hidden) => {
    const common = Math.min(hidden.length, path.length)
    return path.slice(0, common).every((segment, index) => segment === hidden[index])
  })

/**
 * Providers that were made by a program and stand in no file.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unlocated = (providers: Iterable<Provider>): ReadonlyArray<LocatedProvider> =>
  Array.from(providers, (provider, index) => ({
    provider,
    path: ["providers", index],
    locate: () => undefined
  }))
