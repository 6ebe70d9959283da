/**
 * What a configuration gives to somebody who wants to talk to an API server: where it is, whom to trust, and credentials
 * that stay fresh. `KubeConfig` and `InCluster` make it, `ApiServer` uses it. Rules: KUBE-6…14, INC-2…6.
 *
 * @since 0.1.0
 */
import type { IdentityError } from "@credlet/core/identity/IdentityError"
import type * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"

/**
 * @since 0.1.0
 * @category models
 */
export interface ApiConnection {
  /** `https://host:port/prefix` without a slash at its end; no userinfo, query or fragment. A path is appended to it. */
  readonly server: string
  /** The namespace of the context or of this pod; `default` if neither says. */
  readonly namespace: string
  readonly tls: ApiTls
  /** Of the kubeconfig; may hold a password. Without it the proxy environment applies. */
  readonly proxyUrl: Redacted.Redacted | undefined
  /** To be sent with each request, a name may be there more than once; values are fit for a header. */
  readonly impersonation: ReadonlyArray<readonly [name: string, value: string]>
  /** Ask before each request: it is cached, and gives the same object as long as nothing has changed. */
  readonly credentials: Effect.Effect<ApiCredentials, IdentityError>
  /**
   * Tell it when the server answered 401 to a request with these credentials: a token file is read again, an exec plugin is
   * run anew by the next who asks for `credentials`. Of many that are refused with the same credentials, the first counts.
   * True if `credentials` may give others now, so that the request is worth one more try.
   */
  readonly refused: (used: ApiCredentials) => Effect.Effect<boolean>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface ApiTls {
  /**
   * PEM certificates to trust instead of the system's; undefined for the system's. A file is read anew each time (the last
   * that could be read stays): ask when a pool of connections is built, and once more if the server is not trusted.
   */
  readonly authority: Effect.Effect<string | undefined>
  /** The name that the server's certificate must have, if it is not the host of `server`. */
  readonly serverName: string | undefined
  /** The kubeconfig says that any certificate will do. */
  readonly insecureSkipVerify: boolean
}

/**
 * Who asks. With neither, the request is anonymous.
 *
 * @since 0.1.0
 * @category models
 */
export interface ApiCredentials {
  /** The value of the `authorization` header: `Bearer …` or `Basic …`. */
  readonly authorization: Redacted.Redacted | undefined
  /** The same object as long as it is the same certificate: another one needs connections of its own. */
  readonly certificate: ClientCertificate | undefined
}

/**
 * Both PEM.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientCertificate {
  readonly certificate: string
  readonly key: Redacted.Redacted
}
