/** The documents that are decoded, by their grammars: mostly right, with a secret wherever a secret stands. */
import type { Random } from "../driver/random.ts"
import { authField, passwords } from "../secrecy.ts"
import * as Names from "./names.ts"
import { list, number, object, spoiled, thinned, type Tree } from "./tree.ts"

export const configVersions = [
  "kubelet.config.k8s.io/v1",
  "kubelet.config.k8s.io/v1beta1",
  "kubelet.config.k8s.io/v1alpha1"
] as const

export const pluginVersions = [
  "credentialprovider.kubelet.k8s.io/v1",
  "credentialprovider.kubelet.k8s.io/v1beta1",
  "credentialprovider.kubelet.k8s.io/v1alpha1"
] as const

/** Mostly as it is. */
const sometimesSpoiled = (random: Random, tree: Tree): Tree => {
  let spoilt = tree
  for (let left = random.pick([0, 0, 0, 1, 1, 2, 5]); left > 0; left--) spoilt = spoiled(random, spoilt)
  return spoilt
}

export const config = (random: Random): Tree =>
  sometimesSpoiled(
    random,
    object({
      kind: "CredentialProviderConfig",
      apiVersion: random.pick([...configVersions, configVersions[0], "kubelet.config.k8s.io/__internal"]),
      providers: list(...random.list(5, () => provider(random)), provider(random))
    })
  )

const provider = (random: Random): Tree =>
  thinned(
    random,
    object({
      name: random.oneIn(8) ? random.pick(["..", "a/b", "", "tab\t", "nul\0", "ecr"]) : `plugin-${random.below(1000)}`,
      matchImages: list(
        "*.registry.example",
        ...random.list(4, () => random.oneIn(6) ? Names.pattern(random) : Names.goodPattern(random))
      ),
      defaultCacheDuration: random.oneIn(6) ? random.pick([null, Names.duration(random)]) : "10m",
      apiVersion: random.pick([...pluginVersions, pluginVersions[0]]),
      args: list("get", `--password=${random.pick(passwords)}`, random.pick(passwords)),
      env: list(
        thinned(random, object({ name: "TOKEN", value: random.pick(passwords) })),
        object({ name: "AUTH", value: authField(random.pick(passwords)) })
      ),
      ...(random.oneIn(4) ? { tokenAttributes: tokenAttributes(random) } : {})
    })
  )

const tokenAttributes = (random: Random): Tree =>
  thinned(
    random,
    object({
      serviceAccountTokenAudience: "registry.example",
      cacheType: random.pick(["ServiceAccount", "Token", "token"]),
      requireServiceAccount: random.pick([true, false, null]),
      requiredServiceAccountAnnotationKeys: annotationKeys(random),
      optionalServiceAccountAnnotationKeys: annotationKeys(random)
    })
  )

const annotationKeys = (random: Random): Tree =>
  list(
    ...random.list(
      4,
      () => random.pick(["registry.example/role", "role", "Role", "a//b", "-", "", "é", "x".repeat(64)])
    )
  )

export const response = (random: Random, apiVersion: string): Tree =>
  sometimesSpoiled(
    random,
    thinned(
      random,
      object({
        kind: "CredentialProviderResponse",
        apiVersion,
        cacheKeyType: random.pick(["Image", "Registry", "Global", "image"]),
        cacheDuration: random.pick(["5m", "0s", "-1m", null, Names.duration(random)]),
        auth: {
          members: random.list(6, () => [
            Names.location(random),
            thinned(random, object({ username: "ann", password: random.pick(passwords) }))
          ])
        }
      })
    )
  )

export type DockerKind = "dockerconfigjson" | "dockercfg"

export const dockerConfig = (random: Random, kind: DockerKind): Tree => {
  const entries = { members: random.list(6, () => [Names.location(random), dockerEntry(random)] as const) }
  const whole = object({
    auths: entries,
    HttpHeaders: object({ "User-Agent": "Docker-Client" }),
    credsStore: "pass",
    credHelpers: object({ "registry.example": "helper" })
  })
  return sometimesSpoiled(random, kind === "dockercfg" ? entries : thinned(random, whole))
}

const dockerEntry = (random: Random): Tree =>
  thinned(
    random,
    object({
      ...(random.oneIn(2) ? { username: "ann", password: random.pick(passwords) } : {}),
      ...(random.oneIn(2) ? { auth: anyAuthField(random) } : {}),
      email: random.pick(["ann@registry.example", "", null]),
      ...(random.oneIn(8) ? { identitytoken: random.pick(passwords), port: number("5000") } : {})
    })
  )

const anyAuthField = (random: Random): string => {
  const field = authField(random.pick(passwords))
  const at = random.below(field.length + 1)
  return random.pick([
    field,
    field,
    field.replace(/=+$/, ""),
    `${field.slice(0, at)}${random.pick(["\n", "\r\n", "=", " ", "-", "_", "!", "é"])}${field.slice(at)}`,
    Buffer.from(random.pick(passwords)).toString("base64")
  ])
}
