/**
 * The command at its most talkative: stdout and stderr of everything that it can do, without `--show-secrets`, and the files
 * that it leaves. Rules: LOG-30…38; FAULT-38, 39, 41, 43.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { canaryOf } from "./slots.ts"
import * as Children from "./support/children.ts"
import { namespace } from "./support/cluster.ts"
import { assertSealed } from "./support/leaks.ts"
import { configOf } from "./support/plugins.ts"
import * as Watch from "./support/watch.ts"
import * as World from "./support/world.ts"

const failing = ["exits", "killed", "echoes", "contains", "unknownField", "wrongType", "truncated", "rubbish"]

const unusable = ["wrongVersion", "duplicate", "duration", "keyType", "tells"]

const imagesOf = (names: ReadonlyArray<string>) => names.map((name) => `${name}.example/team/app:1.0`)

/** Runs the command with everything that it can say about what it does. */
const credlet = Effect.fnUntraced(function*(watch: Watch.Watch, ...args: ReadonlyArray<string>) {
  return yield* Children.run(watch, Children.credlet, [...args, "--log-level", "trace"])
})

const withConfig = (changed?: string) =>
  Effect.map(World.World, ({ binDir, config }) => ["--config", changed ?? config, "--bin-dir", binDir])

const ofWorld = withConfig()

const ofPod = (pod: string) =>
  Effect.map(World.World, ({ kubeconfig }) => ["--pod", `${namespace}/${pod}`, "--kubeconfig", kubeconfig])

describe("the command", { concurrent: false }, () => {
  it.layer(World.layer, { excludeTestServices: true })((it) => {
    for (const output of ["table", "json"]) {
      it.effect(`resolve --output ${output}: usernames, but no passwords`, () =>
        Effect.gen(function*() {
          const watch = Watch.make()
          const args = ["resolve", ...imagesOf(["good", "plain"]), ...yield* ofWorld, ...yield* ofPod("web")]
          const { exitCode, stdout } = yield* credlet(watch, ...args, "--output", output)
          assert.strictEqual(exitCode, 0)
          assert.include(stdout, canaryOf("username").slice(0, 12))
          yield* assertSealed(watch)
        }))
    }

    it.effect("resolve --show-secrets: the password arrives on stdout, and on stdout alone", () =>
      Effect.gen(function*() {
        const watch = Watch.make()
        const shown = yield* credlet(watch, "resolve", ...imagesOf(["plain"]), ...yield* ofWorld, "--show-secrets")
        assert.include(shown.stdout, canaryOf("password"))
        const beside = Watch.make()
        beside.add("stderr", "resolve", `${shown.stderr} `)
        yield* assertSealed(beside)
      }))

    it.effect("resolve: failures and bad answers of plugins, and pull secrets that are missing", () =>
      Effect.gen(function*() {
        const watch = Watch.make()
        const { stderr } = yield* credlet(
          watch,
          "resolve",
          ...imagesOf([...failing, ...unusable]),
          ...yield* ofWorld,
          ...yield* ofPod("web")
        )
        for (const name of [...failing, ...unusable]) {
          if (name !== "contains") assert.include(stderr, `"${name}"`)
        }
        yield* assertSealed(watch)
      }))

    it.effect("resolve: a pull secret, an image's name, a config and a kubeconfig that can't be used", () =>
      Effect.gen(function*() {
        const { write } = yield* World.World
        const watch = Watch.make()
        const world = yield* ofWorld
        const image = `me:${canaryOf("imageUserInfo")}@registry.example/app`
        const [plain = ""] = imagesOf(["plain"])
        const config = write("configs/broken", configOf(["plain"]).replace("\"env\"", "\"evn\""))
        const kubeconfig = write("kube/broken", `users: [{name: a, user: {token: "${canaryOf("kubeBadToken")}`)
        const runs = yield* Effect.all([
          credlet(watch, "resolve", plain, ...world, ...yield* ofPod("broken")),
          credlet(watch, "resolve", image, ...world),
          credlet(watch, "resolve", plain, ...yield* withConfig(config)),
          credlet(watch, "resolve", plain, ...world, "--pod", "team/web", "--kubeconfig", kubeconfig)
        ], { concurrency: 2 })
        assert.deepStrictEqual(runs.map(({ exitCode }) => exitCode), [1, 2, 1, 1])
        yield* assertSealed(watch)
      }))

    for (const output of ["tree", "json"]) {
      it.effect(`explain --output ${output}: FAULT-41`, () =>
        Effect.gen(function*() {
          const watch = Watch.make()
          const images = imagesOf(["good", "plain", "exits", "killed", "echoes", "rubbish", "duplicate"])
          const args = ["explain", ...images, ...yield* ofWorld, ...yield* ofPod("web"), "--output", output]
          const { stdout } = yield* credlet(watch, ...args)
          assert.include(stdout, "exits")
          yield* assertSealed(watch)
        }))
    }

    it.effect("config validate: a config with warnings, and a bad one", () =>
      Effect.gen(function*() {
        const { write } = yield* World.World
        const watch = Watch.make()
        const patterns = ["plain.example", `me:${canaryOf("patternUserInfo")}@registry.example`]
        const warned = write("configs/warned", configOf(["plain"], { matchImages: [...patterns, "https://b.example"] }))
        const env = [{ name: "A", value: [canaryOf("configType")] }]
        const bad = write("configs/bad", configOf(["plain"], { env, matchImages: [`${patterns[1]}:port`] }))
        const runs = yield* Effect.all(
          [warned, bad].map((path) => credlet(watch, "config", "validate", path)),
          { concurrency: 2 }
        )
        assert.deepStrictEqual(runs.map(({ exitCode }) => exitCode), [0, 1])
        yield* assertSealed(watch)
      }))

    it.effect("FAULT-43: resolve --output docker-config --metrics leaves no file but the one that it was asked for", () =>
      Effect.gen(function*() {
        const watch = Watch.make()
        const args = ["resolve", ...imagesOf(["good", "exits"]), ...yield* ofWorld, ...yield* ofPod("web")]
        yield* credlet(watch, ...args, "--output", "docker-config", "--metrics", "metrics.prom")
        assert.deepStrictEqual(yield* Children.leftovers(watch), ["cwd/metrics.prom"])
        yield* assertSealed(watch)
      }))
  })
})
