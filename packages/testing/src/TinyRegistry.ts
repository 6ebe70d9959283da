/**
 * A registry with one image, on loopback and in this process, that wants credentials: so that tests and examples can
 * see a pull being refused and accepted. Real clients (`docker`, `crane`) can pull from it. Rules: REG-1, REG-3…7,
 * REG-9, REG-10, REG-12, REG-16.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import { verifier } from "./internal/registry/Account.ts"
import * as Gate from "./internal/registry/Gate.ts"
import * as Image from "./internal/registry/Image.ts"
import * as Listener from "./internal/registry/Listener.ts"
import * as Routes from "./internal/registry/Routes.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** Who may pull. */
  readonly username: string
  readonly password: Redacted.Redacted
  /**
   * How it asks for credentials. `"basic"`: name and password with every request; `"bearer"`: they are exchanged for a
   * token at `/token`, as the large registries want it. Default `"basic"`.
   */
  readonly challenge?: "basic" | "bearer"
  /** How long a token opens the registry, by Effect's `Clock`. Default 60 seconds. */
  readonly tokenLifetime?: Duration.Input
  /** The image's path. Default `team/app`. */
  readonly repository?: string
  /** The image's tag. Default `1.0`. */
  readonly tag?: string
}

/**
 * A request that the registry got: no query and no credentials.
 *
 * @since 0.1.0
 * @category models
 */
export interface RecordedRequest {
  readonly method: string
  readonly path: string
  /** Whether the credentials or the token that came with it were good enough for what was asked. */
  readonly authorised: boolean
}

/**
 * @since 0.1.0
 * @category services
 */
export class TinyRegistry extends Context.Service<TinyRegistry, {
  /** `127.0.0.1:<port>`; it speaks plain HTTP. */
  readonly host: string
  /** The image with registry and tag: what a user would pull. */
  readonly image: string
  /** The digest of the image's manifest. */
  readonly digest: string
  /** What was asked so far, in order. */
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>
}>()("@credlet/testing/TinyRegistry") {}

/**
 * Listens until the scope closes.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options): Effect.Effect<TinyRegistry["Service"], never, Scope.Scope> =>
  Effect.gen(function*() {
    const { repository = "team/app", tag = "1.0", tokenLifetime = Duration.minutes(1) } = options
    const clock = yield* Clock.Clock
    const { host, serve } = yield* Listener.make
    const isAccount = verifier(options)
    const gate = options.challenge === "bearer"
      ? Gate.bearer({
        isAccount,
        realm: `http://${host}/token`,
        service: host,
        lifetimeMillis: Duration.toMillis(tokenLifetime),
        now: () => clock.currentTimeMillisUnsafe()
      })
      : Gate.basic(isAccount, host)
    const image = Image.make()
    const route = Routes.make({ image, repository, tag, gate, isAccount })
    const records: Array<RecordedRequest> = []
    serve((request) => {
      const { answer, authorised } = route(request)
      records.push({ method: request.method, path: request.path, authorised })
      return answer
    })
    return TinyRegistry.of({
      host,
      image: `${host}/${repository}:${tag}`,
      digest: image.manifest.digest,
      requests: Effect.sync(() => [...records])
    })
  })

/**
 * @example
 * ```ts
 * import { TinyRegistry } from "@credlet/testing"
 * import { Effect, Redacted } from "effect"
 *
 * const RegistryTest = TinyRegistry.layer({ username: "robot", password: Redacted.make("secret"), challenge: "bearer" })
 *
 * const program = Effect.gen(function*() {
 *   const { image } = yield* TinyRegistry.TinyRegistry
 *   yield* Effect.log(`docker pull ${image}`)
 * }).pipe(Effect.provide(RegistryTest))
 * ```
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options): Layer.Layer<TinyRegistry> => Layer.effect(TinyRegistry, make(options))
