/**
 * Secrets that somebody else writes where Credlet reads: a plugin to its stderr, a server into its answer, a user into a
 * pattern; and the credentials beside a failure that is an error.
 */
import { Profile } from "@credlet/core"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { ask } from "./scenes/kubeconfigs.ts"
import { canaryOf } from "./slots.ts"
import * as Children from "./support/children.ts"
import { kubeconfigOf } from "./support/cluster.ts"
import * as KubeServer from "./support/kubeServer.ts"
import { basic } from "./support/kubeUsers.ts"
import { assertSealed } from "./support/leaks.ts"
import { lookUp } from "./support/lookups.ts"
import { configOf } from "./support/plugins.ts"
import * as Watch from "./support/watch.ts"
import * as World from "./support/world.ts"

describe("what others write of our secrets", () => {
  it.layer(World.layer, { excludeTestServices: true })((it) => {
    it.effect("LOG-35: annotation values in the stderr of a plugin that writes its request there", () =>
      Effect.gen(function*() {
        const watch = Watch.make()
        yield* lookUp(watch, ["repeats"])
        yield* assertSealed(watch)
      }))

    it.effect("LOG-31: a token in base64 in the stderr of a plugin that writes its HTTP headers there", () =>
      Effect.gen(function*() {
        const watch = Watch.make()
        yield* lookUp(watch, ["traces"])
        yield* assertSealed(watch)
      }))

    for (const args of [[`-p${canaryOf("providerArgs")}`], [`password=${canaryOf("providerArgs")}`]]) {
      it.effect(`LOG-34: the argument ${args[0]?.slice(0, 10)}… in the stderr of a plugin that writes what follows -p or =`, () =>
        Effect.gen(function*() {
          const { write } = yield* World.World
          const watch = Watch.make()
          const config = write(`configs/args-${args[0]?.slice(0, 2)}`, configOf(["cuts"], { args }))
          yield* lookUp(watch, ["cuts"], { config })
          yield* assertSealed(watch)
        }))
    }

    it.effect("LOG-34: a value in the name of an entry of env, passed on as the kubelet does, in stderr", () =>
      Effect.gen(function*() {
        const { write } = yield* World.World
        const watch = Watch.make()
        const env = [{ name: `ACME_SETTING=${canaryOf("envName")}`, value: "" }]
        const config = write("configs/env-name", configOf(["tells"], { env }))
        yield* Effect.provideService(lookUp(watch, ["tells"], { config }), Profile.Profile, Profile.kubelet)
        yield* assertSealed(watch)
      }))

    for (const answer of ["quotes-password", "quotes-url"] as const) {
      it.effect(`a kubeconfig's username and password that a server says back: ${answer}`, () =>
        Effect.gen(function*() {
          const { write } = yield* World.World
          const watch = Watch.make()
          const { server } = yield* KubeServer.make
          const kubeconfig = kubeconfigOf(`${server}/${answer}`, basic, KubeServer.unchecked)
          yield* ask(watch, answer, { kubeconfig: write(`kube/open-${answer}`, kubeconfig) })
          yield* assertSealed(watch)
        }))
    }

    it.effect("a password in a pattern with a scheme, in what config validate prints", () =>
      Effect.gen(function*() {
        const { write } = yield* World.World
        const watch = Watch.make()
        const matchImages = [`https://me:${canaryOf("patternUserInfo")}@registry.example`]
        const path = write("configs/scheme", configOf(["plain"], { matchImages }))
        yield* Children.run(watch, Children.credlet, ["config", "validate", path])
        yield* assertSealed(watch)
      }))

    it.effect("LOG-30: usernames of the other providers in ProvidersFailed", () =>
      Effect.gen(function*() {
        const watch = Watch.make()
        const strict = { ...Profile.recommended, providerFailures: "error" } as const
        yield* Effect.provideService(lookUp(watch, ["exits"]), Profile.Profile, strict)
        yield* assertSealed(watch)
      }))
  })
})
