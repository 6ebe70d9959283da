/**
 * FAULT-44: parsers and decoders quote what they can't read, and so do Node's complaints about a program. Here each text that
 * Credlet reads is spoilt in many ways around a secret, and what comes of it is printed. Rules: RESP-34, LOG-30…34, LOG-38.
 */
import {
  ConfigDecoding,
  ConfigValidation,
  DockerConfig,
  GoDuration,
  ImagePattern,
  ImageReference,
  PluginProtocol,
  PullSecret,
  StrictJson,
  StrictYaml
} from "@credlet/core"
import { KubeConfig } from "@credlet/kubernetes"
import { NodePluginProcess } from "@credlet/node"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import { canaryOf } from "./slots.ts"
import { kubeconfigOf } from "./support/cluster.ts"
import { leaksOf } from "./support/leaks.ts"
import { configOf, v1 } from "./support/plugins.ts"
import * as Watch from "./support/watch.ts"
import * as World from "./support/world.ts"

const secret = canaryOf("password")
const quoted = JSON.stringify(secret)

/** What is put before or behind the secret, in its quotes or outside of them. */
const intruders = [
  "",
  "\"",
  "'",
  "\\",
  "\\u12",
  "{",
  "}",
  "[",
  "]",
  ":",
  ": ",
  ",",
  "#",
  " #",
  "&a ",
  "*",
  "!",
  "!!binary ",
  "|",
  ">",
  "%",
  "@",
  "`",
  "\n",
  "\n  ",
  "\t",
  "\0",
  "\u0085",
  "\ud800",
  "- ",
  "? ",
  "--- ",
  "<<: "
]

/** A document with the secret at `HERE`, cut at many places, and with intruders on both sides of the secret. */
const spoilt = (document: string): ReadonlyArray<string> => {
  const [before = "", behind = ""] = document.split("\"HERE\"")
  const whole = `${before}${quoted}${behind}`
  const inside = quoted.slice(1, -1)
  const cuts = Array.from({ length: quoted.length + 2 }, (_, at) => whole.slice(0, before.length + at))
  const spoilt = intruders.flatMap((intruder) => [
    `${before}${intruder}${quoted}${behind}`,
    `${before}${quoted}${intruder}${behind}`,
    `${before}"${intruder}${inside}"${behind}`,
    `${before}"${inside}${intruder}"${behind}`,
    `${before}${intruder}${secret}${behind}`,
    `${before}${secret}${intruder}${behind}`
  ])
  const types = [`[${quoted}]`, `{"a": ${quoted}}`, `{${quoted}: "a"}`, `5 ${quoted}`, `null, ${quoted}`]
  return [
    ...cuts,
    ...spoilt,
    ...types.map((type) => `${before}${type}${behind}`),
    `${whole}${quoted}`,
    `${quoted}${whole}`
  ]
}

const config = configOf(["plain"]).replace(JSON.stringify(canaryOf("providerEnv")), "\"HERE\"")

const yamlConfig = `kind: CredentialProviderConfig
apiVersion: kubelet.config.k8s.io/v1
providers:
- name: a
  matchImages: [a.example]
  defaultCacheDuration: 1h
  apiVersion: ${v1}
  env:
  - name: A
    value: "HERE"
  args: []
`

const answer = `{"kind": "CredentialProviderResponse", "apiVersion": "${v1}", "cacheKeyType": "Image",
"cacheDuration": "1h", "auth": {"a.example": {"username": "u", "password": "HERE"}}}`

const dockerConfig = `{"auths": {"a.example": {"username": "u", "password": "HERE", "email": "e"}}}`

const kubeconfig = kubeconfigOf("https://127.0.0.1:1", { token: "HERE" })

/** Fails if anything that can be printed of the failures shows the secret, and if there are no failures. */
const hold = (failures: ReadonlyArray<unknown>, least = 50) => {
  assert.isAtLeast(failures.length, least, "too few of the texts are refused")
  const watch = Watch.make()
  for (const failure of failures) watch.show("error", "failure", failure)
  assert.deepStrictEqual(leaksOf(watch.outlets, []), [])
}

const failuresOf = <E>(
  documents: ReadonlyArray<string>,
  read: (bytes: Uint8Array) => Result.Result<unknown, E>
): ReadonlyArray<E> =>
  documents.flatMap((document) => {
    const result = read(Buffer.from(document))
    return Result.isFailure(result) ? [result.failure] : []
  })

const checked = (bytes: Uint8Array) =>
  Result.flatMap(ConfigDecoding.decode(bytes), ({ providers }) => ConfigValidation.validate(providers ?? []))

describe("FAULT-44: what parsers say", () => {
  it("of a config in JSON", () => hold(failuresOf(spoilt(config), checked)))

  it("of a config in YAML", () => hold(failuresOf(spoilt(yamlConfig), checked)))

  it("of a plugin's answer", () =>
    hold(failuresOf(spoilt(answer), (bytes) => PluginProtocol.decodeResponse(v1, bytes))))

  it("of a docker config", () =>
    hold(failuresOf(spoilt(dockerConfig), (bytes) => DockerConfig.parse(bytes, "dockerconfigjson"))))

  it("of an auth field", () =>
    hold(
      failuresOf(
        intruders.map((intruder) => `${secret}${intruder}`),
        (bytes) => DockerConfig.decodeAuth(Buffer.from(bytes).toString("utf8"))
      ),
      20
    ))

  it("of a pull secret", () =>
    hold(failuresOf(spoilt(dockerConfig), (bytes) =>
      PullSecret.parse({
        type: "kubernetes.io/dockerconfigjson",
        namespace: "team",
        name: "broken",
        uid: "1",
        data: { ".dockerconfigjson": Redacted.make(bytes) }
      }))))

  it("of JSON and YAML that could be anything", () => {
    hold(failuresOf(spoilt(dockerConfig), (bytes) => StrictJson.parse(Buffer.from(bytes).toString("utf8"))))
    hold(failuresOf([config, yamlConfig, kubeconfig].flatMap(spoilt), StrictYaml.parse))
  })

  it("of an image, a pattern and a duration", () => {
    const user = `me:${canaryOf("imageUserInfo")}@`
    const images = ["", "https://", "A/", "x/"].map((before) => `${before}${user}registry.example/app`)
    hold(images.flatMap((image) => failuresIn(ImageReference.parse(image))), 4)
    hold(["%", ":port", ":1:2"].flatMap((end) => failuresIn(ImagePattern.parse(`${user}a.example${end}`))), 3)
    hold(intruders.flatMap((intruder) => failuresIn(GoDuration.parse(`${secret}${intruder}`))), 20)
  })

  it.layer(World.layer, { excludeTestServices: true })((it) => {
    it.effect("of a kubeconfig", () =>
      Effect.gen(function*() {
        const { write } = yield* World.World
        const path = write("kube/spoilt", "")
        const failures = yield* Effect.forEach(spoilt(kubeconfig), (text) => {
          write("kube/spoilt", text)
          return Effect.result(Effect.scoped(KubeConfig.make({ path })))
        })
        hold(failures.flatMap(failuresIn))
      }).pipe(Effect.provide([NodeServices.layer, NodePluginProcess.layer])))
  })
})

const failuresIn = <A, E>(result: Result.Result<A, E>): ReadonlyArray<E> =>
  Result.isFailure(result) ? [result.failure] : []
