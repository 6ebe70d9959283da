/** Kubeconfigs with a canary on the line of their mistake. */
import type { Kubernetes } from "@credlet/node"
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { canaryOf, type SlotName } from "../slots.ts"
import type { Watch } from "../support/watch.ts"
import { World } from "../support/world.ts"
import { ask } from "./kubeconfigs.ts"
import * as Scene from "./scene.ts"

const quoted = (slot: SlotName): string => JSON.stringify(canaryOf(slot))

/** Whole entries stand on one line, as errors are about entries. */
const kubeconfig = (user: string, server = "https://127.0.0.1:1"): string =>
  [
    "apiVersion: v1",
    "kind: Config",
    "current-context: leaks",
    "contexts:",
    "- {name: leaks, context: {cluster: leaks, user: leaks}}",
    "clusters:",
    `- {name: leaks, cluster: {server: "${server}"}}`,
    "users:",
    `- {name: leaks, user: {${user}}}`,
    ""
  ].join("\n")

const broken = {
  kubeYaml: kubeconfig(`token: ${quoted("kubeYaml")} oops`),
  kubeType: kubeconfig(`token: [${quoted("kubeType")}]`),
  kubeDuplicate: kubeconfig(`token: a, token: ${quoted("kubeDuplicate")}`),
  kubeBadToken: kubeconfig(`token: ${JSON.stringify(`${canaryOf("kubeBadToken")}\n`)}`),
  kubeBadKey: kubeconfig(
    `client-certificate-data: eA==, client-key-data: ${Buffer.from(canaryOf("kubeBadKey")).toString("base64")}`
  ),
  kubeServer: kubeconfig("token: a", `https://me:${canaryOf("kubeServer")}@127.0.0.1:1`)
} satisfies { readonly [N in SlotName]?: string }

const namedLine = Effect.fnUntraced(function*(watch: Watch, slot: keyof typeof broken) {
  const { write } = yield* World
  const options: Kubernetes.Options = { kubeconfig: write(`kube/${slot}`, broken[slot]) }
  const error = Scene.failureOf(yield* ask(watch, slot, options))
  if (error._tag !== "KubeConfigError") return assert.fail(`${slot}: ${error}`)
  return Scene.lineOf(broken[slot], error.line)
})

export const scenes: ReadonlyArray<Scene.Scene> = [
  Scene.make(
    "kubeconfigs that can't be used",
    ["kubeYaml", "kubeType", "kubeDuplicate", "kubeBadToken", "kubeBadKey", "kubeServer"],
    Effect.fnUntraced(function*(watch) {
      return {
        kubeYaml: yield* namedLine(watch, "kubeYaml"),
        kubeType: yield* namedLine(watch, "kubeType"),
        kubeDuplicate: yield* namedLine(watch, "kubeDuplicate"),
        kubeBadToken: yield* namedLine(watch, "kubeBadToken"),
        kubeBadKey: yield* namedLine(watch, "kubeBadKey"),
        kubeServer: yield* namedLine(watch, "kubeServer")
      }
    })
  )
]
