/**
 * Every knowing difference from the kubelet is a switch here, with two presets: `kubelet` differs in nothing that can be
 * seen in the answers or in the number of plugin runs; `recommended`, the default, is what Credlet's makers would run.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"

/**
 * @since 0.1.0
 * @category models
 */
export interface Switches {
  /**
   * What concurrent lookups share a plugin run. `"image"`: those of one image, as the kubelet (FLIGHT-2, FLIGHT-6).
   * `"scope"`: once a provider has answered for a registry or globally, also those of other images in that scope; they
   * wait for the first answer instead of running the plugin for each image. Only `"image"` lets service accounts with an
   * empty token and equal annotations share a run (FLIGHT-5).
   */
  readonly flights: "image" | "scope"
  /**
   * How many entries a provider's cache holds; the least recently used goes first. `Infinity`: no bound (CACHE-26).
   */
  readonly cacheCapacity: number
  /**
   * Which images get the credentials stored under `index.docker.io` when nothing else matches: `"anyUndottedName"`
   * means also `localhost/x` (KEY-14); `"dockerHubOnly"` only names on Docker Hub.
   */
  readonly hubFallback: "anyUndottedName" | "dockerHubOnly"
  /**
   * The feature gate `KubeletServiceAccountTokenForCredentialProviders`, on by default in Kubernetes 1.34 and later. Off:
   * a config with `tokenAttributes` is refused (CFG-93), and the pod that a lookup is for makes no difference (CFG-123).
   */
  readonly serviceAccountTokens: boolean
  /**
   * An answer in which a whole password is the service account's token is refused (SA-30). `"warn"` writes a warning to
   * the log if the token stands anywhere else in it; for `"accept"`, as for the kubelet, that is nothing (SA-31).
   */
  readonly containedToken: "accept" | "warn"
  /**
   * Which names of a provider's `env` its plugin may be started with. `"any"`: all, as the kubelet, so that `A=B: x` sets
   * `A` to `B=x` and an empty name writes `=x` (EXEC-3). `"checked"`: a name that is empty or contains `=` is most likely
   * a slip, and the plugin is not started.
   */
  readonly environmentNames: "any" | "checked"
  /**
   * What becomes of a lookup in which a matching provider failed. `"value"`: it returns the other credentials, with the
   * failures beside them (RESP-40). `"error"`: it fails with `ProvidersFailed`, which holds both.
   */
  readonly providerFailures: "value" | "error"
}

/**
 * @since 0.1.0
 * @category presets
 */
export const kubelet: Switches = {
  flights: "image",
  cacheCapacity: Infinity,
  hubFallback: "anyUndottedName",
  serviceAccountTokens: true,
  containedToken: "accept",
  environmentNames: "any",
  providerFailures: "value"
}

/**
 * @since 0.1.0
 * @category presets
 */
export const recommended: Switches = {
  flights: "scope",
  cacheCapacity: 10_000,
  hubFallback: "dockerHubOnly",
  serviceAccountTokens: true,
  containedToken: "warn",
  environmentNames: "checked",
  providerFailures: "value"
}

/**
 * The switches in force; `recommended` unless provided. Layers read it when they are built.
 *
 * @example
 * ```ts
 * import { Profile } from "@credlet/core"
 * import { Layer } from "effect"
 *
 * const AsTheKubelet = Layer.succeed(Profile.Profile, Profile.kubelet)
 * ```
 *
 * @since 0.1.0
 * @category services
 */
export const Profile = Context.Reference<Switches>("@credlet/core/Profile", { defaultValue: () => recommended })
