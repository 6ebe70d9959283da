/** Configs with a canary on the line of their mistake, loaded as every host of Credlet does, and secrets that slip past all checks. */
import { Profile } from "@credlet/core"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { canaryOf, type SlotName } from "../slots.ts"
import { explain, lookUp } from "../support/lookups.ts"
import { configOf, v1 } from "../support/plugins.ts"
import type { Watch } from "../support/watch.ts"
import { World } from "../support/world.ts"
import * as Scene from "./scene.ts"

const quoted = (slot: SlotName): string => JSON.stringify(canaryOf(slot))

/** A config as people write it, with some lines in its only entry of `env`. */
const yaml = (...env: ReadonlyArray<string>): string =>
  [
    "kind: CredentialProviderConfig",
    "apiVersion: kubelet.config.k8s.io/v1",
    "providers:",
    "- name: plain",
    "  matchImages: [plain.example]",
    "  defaultCacheDuration: 1h",
    `  apiVersion: ${v1}`,
    "  env:",
    ...env,
    ""
  ].join("\n")

const patterns = (...matchImages: ReadonlyArray<string>): string =>
  configOf(["plain"]).replace(
    "\"plain.example\"",
    ["plain.example", ...matchImages].map((text) => JSON.stringify(text)).join(",\n")
  )

/** By slot; the mistake is on the line that has the canary. */
const broken = {
  configYaml: yaml("  - name: A", `    value: ${quoted("configYaml")} oops`),
  configJson: JSON.stringify({
    kind: "CredentialProviderConfig",
    apiVersion: "kubelet.config.k8s.io/v1",
    providers: [{ env: [{ name: "A", value: "VALUE" }] }]
  }).replace("\"VALUE\"", `\n${quoted("configJson")} oops`),
  configType: yaml("  - name: A", `    value: [${quoted("configType")}]`),
  configField: yaml("  - name: A", `    valueFrom: ${quoted("configField")}`),
  configKey: yaml(`  - {name: A, value:${canaryOf("configKey")}}`),
  configDuplicate: yaml("  - name: A", "    value: a", `    value: ${quoted("configDuplicate")}`),
  patternProblem: patterns(`me:${canaryOf("patternProblem")}@registry.example:port`)
} satisfies { readonly [N in SlotName]?: string }

const errorOf = Effect.fnUntraced(function*(watch: Watch, slot: SlotName, text: string) {
  const { write } = yield* World
  const error = Scene.failureOf(yield* lookUp(watch, ["plain"], { config: write(`configs/${slot}`, text) }))
  if (error._tag !== "ConfigFilesInvalid" && error._tag !== "ConfigInvalid") return assert.fail(`${slot}: ${error}`)
  return error
})

const namedLine = Effect.fnUntraced(function*(watch: Watch, slot: keyof typeof broken) {
  const error = yield* errorOf(watch, slot, broken[slot])
  if (error._tag === "ConfigInvalid") return Scene.lineOf(broken[slot], error.problems[0].location?.line)
  const [first] = error.errors
  return first._tag === "ConfigDecodeError"
    ? Scene.lineOf(broken[slot], first.findings[0]?.location.line)
    : assert.fail(`${slot}: ${first}`)
})

const brokenConfigs = Scene.make(
  "configs that can't be used",
  [
    "configYaml",
    "configJson",
    "configType",
    "configField",
    "configKey",
    "configDuplicate",
    "patternProblem"
  ],
  Effect.fnUntraced(function*(watch) {
    return {
      configYaml: yield* namedLine(watch, "configYaml"),
      configJson: yield* namedLine(watch, "configJson"),
      configType: yield* namedLine(watch, "configType"),
      configField: yield* namedLine(watch, "configField"),
      configKey: yield* namedLine(watch, "configKey"),
      configDuplicate: yield* namedLine(watch, "configDuplicate"),
      patternProblem: yield* namedLine(watch, "patternProblem")
    }
  })
)

const withoutKind = Scene.make(
  "a config without kind, which the kubelet prints whole",
  ["configWithoutKind"],
  Effect.fnUntraced(function*(watch) {
    const text = yaml("  - name: A", `    value: ${quoted("configWithoutKind")}`).replace(/^kind.*\n/, "")
    const error = yield* errorOf(watch, "configWithoutKind", text)
    assert.include(error.message, "kind")
    return { configWithoutKind: text }
  })
)

const warned = Scene.make(
  "a config with a warning",
  ["patternUserInfo"],
  Effect.fnUntraced(function*(watch) {
    const { write } = yield* World
    const user = `me:${canaryOf("patternUserInfo")}@`
    const text = patterns(`https://${user}registry.example`, `${user}REGISTRY.example`, `${user}registry.example/*`)
    const config = write("configs/warned", text)
    Scene.valueOf(yield* lookUp(watch, ["plain"], { config }))
    Scene.valueOf(yield* explain(watch, ["plain"], { config, image: "registry.example/app" }))
    assert.isTrue(
      watch.outlets.some(({ kind, text }) => kind === "log" && text.includes("registry.example")),
      "no warning"
    )
    return { patternUserInfo: text }
  })
)

const withEnv = (name: string, value: string): string => configOf(["plain"], { env: [{ name, value }] })

const notStarted = Scene.make(
  "entries of env with which no plugin is started",
  ["configNul", "envName"],
  Effect.fnUntraced(function*(watch) {
    const { captured, write } = yield* World
    const nul = write("configs/nul", withEnv("A", `${canaryOf("configNul")}\0`))
    const name = write("configs/name", withEnv(`ACME_PASSWORD=${canaryOf("envName")}`, ""))
    const lookups = yield* Effect.all([nul, name].map((config) => lookUp(watch, ["plain"], { config })))
    assert.deepStrictEqual(
      lookups.flatMap(Scene.valueOf).flatMap(({ failures }) => failures).map((error) =>
        error._tag === "PluginError" && error.reason._tag
      ),
      ["NulCharacter", "BadEnvironmentName"]
    )
    // As the kubelet does it, what is in the name is passed on.
    yield* Effect.provideService(lookUp(watch, ["plain"], { config: name }), Profile.Profile, Profile.kubelet)
    return { configNul: withEnv("A", `${canaryOf("configNul")}\0`), envName: captured("plain", "env") }
  })
)

export const scenes: ReadonlyArray<Scene.Scene> = [brokenConfigs, withoutKind, warned, notStarted]
