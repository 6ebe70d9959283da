/** Pull secrets and docker config files, whole and broken, and names of images. */
import { Credential, DockerConfig, KeyringIndex, SchemelessUrl } from "@credlet/core"
import { assert } from "@effect/vitest"
import { Effect, Redacted, Result } from "effect"
import * as Fs from "node:fs"
import { canaryOf, type SlotName } from "../slots.ts"
import { namespace, secrets } from "../support/cluster.ts"
import { lookUp } from "../support/lookups.ts"
import { readApi } from "../support/readApi.ts"
import type { Watch } from "../support/watch.ts"
import { World } from "../support/world.ts"
import * as Scene from "./scene.ts"

/** The line of the secret's text that the error of a lookup for the pod of that name shows. */
const namedLine = Effect.fnUntraced(function*(watch: Watch, pod: "broken" | "badauth") {
  const error = Scene.failureOf(yield* lookUp(watch, ["plain"], { pod }))
  if (error._tag !== "PullSecretError") return assert.fail(`not of a pull secret: ${error}`)
  return Scene.lineOf(secrets[pod].text, error.reason.line)
})

const brokenSecrets = Scene.make(
  "pull secrets that can't be used",
  ["secretSyntax", "secretAuthField"],
  Effect.fnUntraced(function*(watch) {
    return {
      secretSyntax: yield* namedLine(watch, "broken"),
      secretAuthField: yield* namedLine(watch, "badauth")
    }
  })
)

const dockerAuth = (username: string, password: string) => ({
  auth: Buffer.from(`${username}:${password}`).toString("base64")
})

const dockerConfig = JSON.stringify({
  HttpHeaders: { "X-Auth": canaryOf("dockerHeader") },
  auths: {
    "registry.example/a": dockerAuth("robot", canaryOf("dockerAuth")),
    "registry.example/b": {
      username: canaryOf("dockerUsername"),
      password: canaryOf("dockerPassword"),
      email: canaryOf("dockerEmail")
    },
    "registry.example/c": { identitytoken: canaryOf("dockerIdentityToken") }
  }
})

const lookInto = (watch: Watch, index: KeyringIndex.KeyringIndex, repository: string) => {
  const url = Result.getOrThrow(SchemelessUrl.parse(repository))
  const found = KeyringIndex.lookup(index, url, repository)
  watch.show("lookup", repository, found)
  for (const credential of found) watch.show("lookup", "authConfigJson", Credential.authConfigJson(credential))
  return found
}

const dockerConfigs = Scene.make(
  "a node's config.json",
  ["dockerAuth", "dockerUsername", "dockerPassword", "dockerEmail", "dockerIdentityToken", "dockerHeader"],
  Effect.fnUntraced(function*(watch) {
    const { write } = yield* World
    const file = write("config.json.d/config.json", dockerConfig)
    const config = Result.getOrThrow(DockerConfig.parse(Fs.readFileSync(file), "dockerconfigjson"))
    watch.show("lookup", "docker config", config)
    const index = KeyringIndex.make([{ config, source: { _tag: "NodeConfig" } }])
    watch.show("lookup", "index", index)
    const [a, b, c] = ["a", "b", "c"].map((path) => lookInto(watch, index, `registry.example/${path}`)[0])
    assert.strictEqual(c?.username, "", "an identitytoken gives no credential")
    const [ofA, ofB] = [a, b].map((found) => found === undefined ? "" : Redacted.value(found.password))
    return {
      dockerAuth: ofA ?? "",
      dockerUsername: b?.username ?? "",
      dockerPassword: ofB ?? "",
      dockerEmail: b?.email ?? "",
      dockerIdentityToken: dockerConfig,
      dockerHeader: dockerConfig
    }
  })
)

/** Texts with the canary on the line where the mistake is, too. */
const brokenConfigs = {
  dockerSyntax: `{"auths": {\n"a.example": {"password": ${JSON.stringify(canaryOf("dockerSyntax"))} "auth": ""}}}`,
  dockerWrongType: `{"auths": {\n"a.example": {"password": [${JSON.stringify(canaryOf("dockerWrongType"))}]}}}`
} satisfies { readonly [N in SlotName]?: string }

const brokenDockerConfigs = Scene.make(
  "a config.json that can't be used",
  ["dockerSyntax", "dockerWrongType"],
  (watch) =>
    Effect.sync(() => {
      const namedLine = (text: string): string => {
        const parsed = DockerConfig.parse(Buffer.from(text), "dockerconfigjson")
        if (Result.isSuccess(parsed)) return assert.fail("it can be used")
        watch.show("error", "docker config", parsed.failure)
        watch.show("error", "the result of parsing", parsed)
        return Scene.lineOf(text, parsed.failure.line)
      }
      return {
        dockerSyntax: namedLine(brokenConfigs.dockerSyntax),
        dockerWrongType: namedLine(brokenConfigs.dockerWrongType)
      }
    })
)

/** As nobody sends it: the server is made to. */
const notBase64 = (name: string) =>
  JSON.stringify({
    metadata: { namespace, name, uid: "1" },
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": canaryOf("secretData") }
  })

const oddSecret = Scene.make(
  "a secret whose data is not base64",
  ["secretData"],
  Effect.fnUntraced(function*(watch) {
    const { cluster } = yield* World
    yield* cluster.fake.setSecret({ namespace, name: "odd" })
    yield* cluster.fake.setPod({ namespace, name: "odd", serviceAccountName: "builder", imagePullSecrets: ["odd"] })
    yield* cluster.answer(`/api/v1/namespaces/${namespace}/secrets/odd`, notBase64("odd"))
    Scene.valueOf(yield* lookUp(watch, ["plain"], { pod: "odd" }))
    assert.isTrue(watch.outlets.some(({ text }) => text.includes("its data is not base64")))
    return { secretData: yield* readApi(cluster, `namespaces/${namespace}/secrets/odd`) }
  })
)

const images = Scene.make(
  "an image's name with user information",
  ["imageUserInfo"],
  Effect.fnUntraced(function*(watch) {
    const image = `me:${canaryOf("imageUserInfo")}@registry.example/team/app:1.0`
    for (const written of [image, `https://${image}`, `${image}@sha256:00`]) {
      Scene.failureOf(yield* lookUp(watch, ["plain"], { image: written }))
    }
    assert.isTrue(watch.outlets.some(({ text }) => text.includes("…@registry.example/team/app:1.0")))
    return { imageUserInfo: image }
  })
)

export const scenes: ReadonlyArray<Scene.Scene> = [brokenSecrets, dockerConfigs, brokenDockerConfigs, oddSecret, images]
