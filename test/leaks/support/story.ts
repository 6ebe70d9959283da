/**
 * All that can go wrong in a lookup, one after the other, in one watch: every class of failure of a plugin, of a provider, of
 * the pod's identity, of a pull secret, an image's name and a config; and the echo of a token.
 */
import {
  IdentityError,
  type Keyring,
  PluginError,
  PluginProcess,
  PluginRunner,
  Profile,
  ProviderConfig,
  ProviderError
} from "@credlet/core"
import { Cause, Context, Duration, Effect, Exit, Layer, Redacted } from "effect"
import { canaryOf } from "../slots.ts"
import { namespace } from "./cluster.ts"
import { explain, lookUp, short, tight } from "./lookups.ts"
import { isProviderName, type ProviderName, providers, v1 } from "./plugins.ts"
import * as Watch from "./watch.ts"
import { World } from "./world.ts"

export class Story extends Context.Service<Story, {
  readonly watch: Watch.Watch
  /** The most specific names of the failures that were seen. */
  readonly failures: ReadonlySet<string>
}>()("test/leaks/Story") {}

/** Those that neither hang nor flood; and what `repeats` and `traces` do is a story of its own. */
const quick = Object.keys(providers).filter(isProviderName).filter((name) =>
  !["hangs", "floods", "complains", "repeats", "traces"].includes(name)
)

const env = (name: string) => [
  new ProviderConfig.EnvVar({ name, value: Redacted.make(canaryOf("providerEnv"), { label: "env" }) })
]

const plugin = {
  provider: "acme",
  path: "/nowhere/acme",
  apiVersion: v1,
  args: ["--password", canaryOf("providerArgs")],
  env: env("ACME_SETTING")
}

/** A platform on which no plugin can be started, for one reason after the other. */
const failingPlatform = (failure: PluginProcess.StartError["failure"]) =>
  Layer.succeed(PluginProcess.PluginProcess, {
    inspect: () => Effect.void,
    environment: Effect.succeed([`LEAKS_TOKEN=${canaryOf("inheritedEnv")}`]),
    start: () => new PluginProcess.StartError({ failure, code: "EX" })
  })

const run = (watch: Watch.Watch, failure: PluginProcess.StartError["failure"], changed: Partial<typeof plugin> = {}) =>
  watch.run(
    `a plugin that can't be started: ${failure}`,
    Effect.flatMap(
      PluginRunner.PluginRunner,
      (runner) => runner.run({ ...plugin, ...changed }, { image: "registry.example/app" })
    ).pipe(
      Effect.provide(
        PluginRunner.layerExec({ startRetry: Duration.zero }).pipe(Layer.provide(failingPlatform(failure)))
      )
    )
  )

const nameOf = (error: unknown): ReadonlyArray<string> => {
  if (error instanceof PluginError.PluginError) return [error.reason._tag]
  if (error instanceof ProviderError.IdentityFailed) return [error._tag, error.reason.failure]
  if (error instanceof IdentityError.IdentityError) return [error.failure]
  return typeof error === "object" && error !== null && "_tag" in error ? [String(error._tag)] : []
}

const play = Effect.gen(function*() {
  const { cluster } = yield* World
  const { fake } = cluster
  const watch = Watch.make()
  const failures = new Set<string>()
  const saw = (errors: Iterable<unknown>) => {
    for (const error of errors) nameOf(error).forEach((name) => failures.add(name))
  }
  const sawIn = <E>(exit: Exit.Exit<ReadonlyArray<Keyring.Lookup>, E>) => {
    if (Exit.isSuccess(exit)) saw(exit.value.flatMap((found) => found.failures))
    else saw(exit.cause.reasons.flatMap((reason) => Cause.isFailReason(reason) ? [reason.error] : []))
  }
  const look = (names: ReadonlyArray<ProviderName>, options?: Parameters<typeof lookUp>[2]) =>
    Effect.map(lookUp(watch, names, options), sawIn)

  yield* look(quick)
  yield* look(["floods", "complains"], { execution: tight })
  yield* look(["hangs"], { execution: short })
  yield* look(["hangs", "exits", "killed"], {
    execution: { ...short, maxConcurrent: 1, maxWait: Duration.millis(100) }
  })
  yield* Effect.provideService(look(["exits", "rubbish"]), Profile.Profile, {
    ...Profile.recommended,
    providerFailures: "error"
  })
  yield* explain(watch, ["good", "exits", "rubbish", "echoes", "keyType", "plain"])

  for (const failure of PluginProcess.StartFailure.literals) saw(yield* Effect.map(run(watch, failure), errorsOf))
  saw(errorsOf(yield* run(watch, "Unknown", { apiVersion: "v9" })))
  saw(errorsOf(yield* run(watch, "Unknown", { env: env(`A=${canaryOf("envName")}`) })))

  yield* look(["plain"], { pod: "broken" })
  yield* look(["plain"], { image: `me:${canaryOf("imageUserInfo")}@registry.example/x` })
  yield* look(["plain"], { config: "/nowhere/config.yaml" })

  const accounts = ["gone", "refused", "long", "bare"] as const
  for (const name of accounts) yield* fake.setPod({ namespace, name, serviceAccountName: name })
  yield* fake.setPod({ namespace, name: "static", serviceAccountName: "" })
  const annotations = { "id.example/role": canaryOf("annotationValue") }
  yield* fake.setAccount({ namespace, name: "refused", annotations })
  yield* fake.refuseTokens(namespace, "refused", {
    webhook: "hook.example",
    failure: `no token for ${Object.keys(annotations).join()}`
  })
  const long = `${annotations["id.example/role"]}${"x".repeat(70_000)}`
  yield* fake.setAccount({ namespace, name: "long", annotations: { "id.example/role": long } })
  yield* fake.setAccount({ namespace, name: "bare", annotations: { other: canaryOf("otherAnnotation") } })
  for (const pod of [...accounts, "static"]) {
    yield* look(["good"], { pod })
    yield* explain(watch, ["good"], { pod })
  }
  return Story.of({ watch, failures })
})

const errorsOf = <A, E>(exit: Exit.Exit<A, E>): ReadonlyArray<unknown> =>
  Exit.isFailure(exit) ? exit.cause.reasons.flatMap((one) => Cause.isFailReason(one) ? [one.error] : []) : []

export const layer: Layer.Layer<Story, never, World> = Layer.effect(Story, play)
