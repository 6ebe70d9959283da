/**
 * Everything wired for Node: one layer from a config and a directory of plugins to a `Keyring`.
 *
 * @since 0.1.0
 */
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import * as ServiceAccounts from "@credlet/core/identity/ServiceAccounts"
import * as ServiceAccountTokens from "@credlet/core/identity/ServiceAccountTokens"
import * as Keyring from "@credlet/core/keyring/Keyring"
import type * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NodePluginProcess from "./NodePluginProcess.ts"

/**
 * `config` and `binDir` are what the kubelet's `--image-credential-provider-config` and
 * `--image-credential-provider-bin-dir` point to.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options<out E = never, out R = never> extends ProviderRegistry.Options {
  /** Limits for the plugins; by default a deadline of one minute and the caps of `ExecutionPolicy`. */
  readonly execution?: Partial<ExecutionPolicy.ExecutionPolicy>
  /**
   * Whom to ask about the service accounts of pods. By default there is no API server: providers in service account mode
   * fail for pods that have one, with `NotConfigured` (CFG-124).
   */
  readonly identity?: Layer.Layer<Identity, E, R>
}

/**
 * Building it reads and checks the config and looks at each plugin; it fails with everything that is wrong. Each call makes
 * a layer with a cache of its own; give the same layer to all who shall share it.
 *
 * @example
 * ```ts
 * import { Keyring } from "@credlet/core"
 * import { Credlet } from "@credlet/node"
 * import { Effect } from "effect"
 *
 * const CredletLive = Credlet.layer({
 *   config: "/etc/kubernetes/credential-providers.yaml",
 *   binDir: "/usr/libexec/kubernetes/kubelet-plugins/credential-provider/exec"
 * })
 *
 * const program = Effect.gen(function*() {
 *   const keyring = yield* Keyring.Keyring
 *   return yield* keyring.lookup("registry.example/team/app:1.0")
 * }).pipe(Effect.provide(CredletLive))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = <E = never, R = never>(options: Options<E, R>): Layer.Layer<
  Keyring.Keyring | ProviderRegistry.ProviderRegistry,
  ProviderRegistry.RegistrationError | E,
  R
> =>
  Layer.unwrap(Effect.succeed(
    Keyring.layer.pipe(
      Layer.provideMerge(ProviderRegistry.layer(options)),
      Layer.provide([CredentialCache.layerMemory, PluginRunner.layerExec(options.execution)]),
      Layer.provide([NodePluginProcess.layer, NodeFileSystem.layer, NodePath.layer, Digest.layerWebCrypto]),
      // Layers are built once a program, by reference: a second config would get the first one's keyring and cache.
      Layer.fresh
    )
  )).pipe(Layer.provide(identityOf(options)))

type Identity = ServiceAccounts.ServiceAccounts | ServiceAccountTokens.ServiceAccountTokens

const identityOf = <E, R>({ identity }: Options<E, R>): Layer.Layer<Identity, E, R> => identity ?? withoutApiServer

const withoutApiServer = Layer.merge(ServiceAccounts.layerNone, ServiceAccountTokens.layerNone)
