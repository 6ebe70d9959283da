/**
 * What tests say to the fake API server, and hear from it: the public words of `FakeApiServer`, which exports them.
 *
 * @since 0.1.0
 */

/**
 * What a caller may do, as in RBAC; `"*"` stands for all. Without `namespace` it counts in all of them. Nodes, which are
 * callers named `system:node:<name>`, may besides do what the node authorizer grants.
 *
 * @since 0.1.0
 * @category models
 */
export interface Rule {
  readonly verbs: ReadonlyArray<string>
  /** `serviceaccounts`, `serviceaccounts/token`, `pods`, `secrets`, or, for a node, the audience that it may ask for. */
  readonly resources: ReadonlyArray<string>
  readonly resourceNames?: ReadonlyArray<string>
  readonly namespace?: string
}

/**
 * Without `uid`, a new object gets a random one and a changed object keeps its own. Another `uid` makes it another object,
 * as if it had been deleted and made anew.
 *
 * @since 0.1.0
 * @category models
 */
export interface Named {
  readonly namespace: string
  readonly name: string
  readonly uid?: string
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Account extends Named {
  readonly annotations?: Readonly<Record<string, string>>
  readonly imagePullSecrets?: ReadonlyArray<string>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Pod extends Named {
  /** Default `default`; a static pod has `""`. */
  readonly serviceAccountName?: string
  /** Without it the pod is not scheduled. */
  readonly nodeName?: string
  readonly image?: string
  readonly imagePullSecrets?: ReadonlyArray<string>
  /** The audiences of the tokens that it mounts; `""` is the API server's own. */
  readonly tokenAudiences?: ReadonlyArray<string>
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Secret extends Named {
  /** Default `Opaque`. */
  readonly type?: string
  /** The values as they are, before base64. */
  readonly data?: Readonly<Record<string, string>>
}

/**
 * Why tokens of an account are refused though the caller may ask for them: a policy denies them (without `reason` with 422),
 * or a webhook can't be asked.
 *
 * @since 0.1.0
 * @category models
 */
export type Refusal =
  | { readonly policy: string; readonly message: string; readonly reason?: "Invalid" | "Forbidden" }
  | { readonly webhook: string; readonly failure: string }

/**
 * A request that the server got, without body and credentials.
 *
 * @since 0.1.0
 * @category models
 */
export interface RecordedRequest {
  readonly method: string
  /** As it was sent, with its escapes. */
  readonly path: string
  /** As it was sent, without the question mark. */
  readonly query: string
  /** Whose credentials came with it: `system:anonymous` without any, nothing if they were not good. */
  readonly caller: string | undefined
}

/**
 * @since 0.1.0
 * @category models
 */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly body: string
}
