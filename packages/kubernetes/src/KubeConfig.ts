/**
 * The API server as a kubeconfig names it: files merged, a context chosen, its cluster and user checked, credentials that
 * stay fresh. Agrees with kubectl but where that is silently unsafe. Rules: KUBE-1…15.
 *
 * Stricter than kubectl: a user that is not there, credentials for an `http` server, a `server` without a scheme or with a
 * userinfo, a password without a username, an empty token file, keys that stand twice and `interactiveMode: Always` are
 * errors; an `oidc` token is used while it is valid and never refreshed; a 401 makes a token file be read again at once; an
 * unknown cluster is no reason to take the pod's own connection.
 *
 * @since 0.1.0
 */
import type { PluginProcess } from "@credlet/core/plugin/PluginProcess"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { ApiConnection } from "./ApiConnection.ts"
import * as InCluster from "./InCluster.ts"
import * as ChosenContext from "./internal/chosenContext.ts"
import * as ClusterTls from "./internal/clusterTls.ts"
import { authentication } from "./internal/connection.ts"
import * as Impersonation from "./internal/impersonation.ts"
import { entryError } from "./internal/KubeConfigFile.ts"
import * as KubeConfigFiles from "./internal/kubeConfigFiles.ts"
import * as UserCredentials from "./internal/userCredentials.ts"
import type { KubeConfigError } from "./KubeConfigError.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** One file that must be there. Default: those of `KUBECONFIG`, else `~/.kube/config` (KUBE-1). */
  readonly path?: string
  /** Default: the `current-context` of the files. */
  readonly context?: string
  /**
   * Gets what an exec plugin writes to its stderr, as it comes: a command shows it, since it may ask its user to sign in
   * somewhere. Default: it is thrown away.
   */
  readonly onExecStderr?: (bytes: Uint8Array) => void
}

/**
 * Reads the kubeconfig. Files that are named in it are read now, an exec plugin is run when credentials are asked for; it
 * is stopped when the scope closes.
 *
 * @example
 * ```ts
 * import * as KubeConfig from "@credlet/kubernetes/KubeConfig"
 * import * as Effect from "effect/Effect"
 *
 * export const server = KubeConfig.make({ context: "staging" }).pipe(
 *   Effect.map((connection) => connection.server),
 *   Effect.tapError((error) => Effect.logError(error.message))
 * )
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: (
  options?: Options
) => Effect.Effect<
  ApiConnection,
  KubeConfigError,
  FileSystem.FileSystem | Path.Path | PluginProcess | Scope.Scope
> = Effect.fn("KubeConfig.make")(function*(options: Options = {}) {
  const merged = yield* KubeConfigFiles.load(options.path)
  const chosen = yield* Effect.fromResult(ChosenContext.choose(merged, options.context))
  const { cluster, namespace, server, user } = chosen
  const tls = yield* ClusterTls.make(chosen)
  const credentials = yield* UserCredentials.make(chosen, tls, options.onExecStderr)
  const impersonation = user === undefined ? Result.succeed([]) : Result.mapError(
    Impersonation.headers(user.value),
    (field) => entryError(user, "InvalidToken", `${field} holds control characters, which no header can have`)
  )
  const proxy = ChosenContext.plain(cluster.value["proxy-url"])
  return {
    server: server.base,
    namespace,
    tls,
    proxyUrl: proxy === "" ? undefined : Redacted.make(proxy),
    impersonation: yield* Effect.fromResult(impersonation),
    ...authentication(credentials)
  }
})

/**
 * As `make`; where no file and no context says anything, and this is a pod, the connection of the pod (KUBE-15).
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeOrInCluster = (
  options: Options & { readonly inCluster?: InCluster.Options } = {}
): Effect.Effect<
  ApiConnection,
  KubeConfigError,
  FileSystem.FileSystem | Path.Path | PluginProcess | Scope.Scope
> =>
  Effect.catch(make(options), (error) => {
    const isEmpty = error.reason === "NoConfiguration" || error.reason === "NoCurrentContext"
    return !isEmpty ? error : Effect.flatMap(
      InCluster.isPossible(options.inCluster),
      (possible) => possible ? InCluster.make(options.inCluster) : error
    )
  })
