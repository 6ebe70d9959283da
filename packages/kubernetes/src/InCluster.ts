/**
 * The API server as a pod finds it: by the environment, with the token and the authority that are mounted into every
 * container. The token is read again as it rotates. Rules: INC-1…6.
 *
 * @since 0.1.0
 */
import * as Bytes from "@credlet/core/text/Bytes"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Result from "effect/Result"
import type { ApiConnection } from "./ApiConnection.ts"
import * as Authority from "./internal/authority.ts"
import { authentication, combine } from "./internal/connection.ts"
import { environment } from "./internal/environment.ts"
import { readFile } from "./internal/readFile.ts"
import { fixed } from "./internal/Renewable.ts"
import { parseServer } from "./internal/serverUrl.ts"
import * as TokenFile from "./internal/tokenFile.ts"
import { KubeConfigError } from "./KubeConfigError.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Where `token`, `ca.crt` and `namespace` are. Default `/var/run/secrets/kubernetes.io/serviceaccount`. */
  readonly directory?: string
}

const mounted = "/var/run/secrets/kubernetes.io/serviceaccount"

/**
 * Whether this looks like a pod: the environment names the API server, and there is a token.
 *
 * @since 0.1.0
 * @category predicates
 */
export const isPossible: (
  options?: Options
) => Effect.Effect<boolean, never, FileSystem.FileSystem> = Effect.fnUntraced(
  function*({ directory = mounted }: Options = {}) {
    const files = yield* FileSystem.FileSystem
    const hasToken = Effect.match(files.stat(`${directory}/token`), {
      onSuccess: ({ type }) => type !== "Directory",
      onFailure: () => false
    })
    return (yield* address) !== undefined && (yield* hasToken)
  }
)

/**
 * The connection of this pod. Fails with `NotInCluster`, with `InvalidServer` if the environment's host and port are
 * no address, or if the token can't be read now; an authority that can't be used is logged, and the system's are trusted
 * (INC-3).
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: (
  options?: Options
) => Effect.Effect<ApiConnection, KubeConfigError, FileSystem.FileSystem> = Effect.fn("InCluster.make")(
  function*({ directory = mounted }: Options = {}) {
    const server = yield* address
    if (server === undefined) {
      return yield* new KubeConfigError({
        reason: "NotInCluster",
        detail: "this is not a pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not both set"
      })
    }
    if (!isAddress(server)) {
      return yield* new KubeConfigError({
        reason: "InvalidServer",
        detail: "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are no address: " +
          "expected a host name or an IP address without brackets, and a port such as 443"
      })
    }
    const token = yield* TokenFile.make(`${directory}/token`)
    const authority = yield* Authority.fromFile(`${directory}/ca.crt`).pipe(
      Effect.catch((error) =>
        Effect.as(
          Effect.logError(`the system's certificate authorities are trusted: ${error.message}`),
          Effect.succeed<string | undefined>(undefined)
        )
      )
    )
    const namespace = yield* Effect.map(
      Effect.option(readFile(`${directory}/namespace`)),
      (bytes) => bytes._tag === "Some" ? Bytes.decode(bytes.value).trim() : ""
    )
    return {
      server,
      namespace: namespace === "" ? "default" : namespace,
      tls: { authority, serverName: undefined, insecureSkipVerify: false },
      proxyUrl: undefined,
      impersonation: [],
      ...authentication(combine(token, fixed(undefined)))
    }
  }
)

/** INC-1, INC-2. */
const address = Effect.gen(function*() {
  const host = yield* environment("KUBERNETES_SERVICE_HOST")
  const port = yield* environment("KUBERNETES_SERVICE_PORT")
  if (host === "" || port === "") return undefined
  return `https://${host.includes(":") ? `[${host}]` : host}:${port}`
})

/** A host and a port, without a path or what else may follow them. */
const isAddress = (server: string): boolean =>
  /^https:\/\/[^/?#]+$/.test(server) && Result.isSuccess(parseServer(server))
