/**
 * The answers as a docker `config.json`. Docker looks a login up by the registry's host and knows one a host, while a
 * node tries several, found by patterns and paths: so an image's first credential goes under its registry's host, and
 * where images of one registry differ also under the image's repository, which podman, skopeo and the kubelet
 * find. Rules: DOCKER-6…8, DOCKER-12, KEY-13.
 *
 * @since 0.1.0
 */
import type { Credential } from "@credlet/core/credential/Credential"
import * as ImageReference from "@credlet/core/image/ImageReference"
import * as Bytes from "@credlet/core/text/Bytes"
import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"
import { type Answer, hasUsername, mask, type Secrets } from "./Answer.ts"
import * as ImageList from "./ImageList.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface DockerConfigFile {
  /** Empty if there is nothing to put into it: a file without logins would look like an answer. */
  readonly text: string
  readonly warnings: ReadonlyArray<string>
  /** Images that have credentials, but none for docker. */
  readonly errors: ReadonlyArray<string>
}

interface Entry {
  readonly image: string
  readonly credential: Credential
}

/**
 * A masked file is refused by every client: its `auth` fields are no base64.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (answers: ReadonlyArray<Answer>, secrets: Secrets): DockerConfigFile => {
  const entries = new Map<string, Entry>()
  const warnings: Array<string> = []
  const leftOut = new Map<string, Array<string>>()
  for (const { image, lookup: { credentials, repository } } of answers) {
    const credential = credentials.find((credential) => hasUsername(credential) && !credential.username.includes(":"))
    if (credential === undefined) {
      if (credentials.length > 0) {
        const reason = credentials.some(hasUsername)
          ? "Docker takes a username to end at its first colon"
          : "Docker refuses a login without a username"
        leftOut.set(reason, [...leftOut.get(reason) ?? [], image])
      }
      continue
    }
    const registry = registryKey(repository)
    const first = entries.get(registry)
    if (first === undefined) entries.set(registry, { image, credential })
    else if (!isSameLogin(first.credential, credential)) {
      entries.set(repository, { image, credential })
      warnings.push(
        `${image}: Docker knows one login a registry and will use the one for ${first.image}; ` +
          `the other one is in the file under "${repository}", where podman, skopeo and the kubelet look first`
      )
    }
  }
  const errors = Array.from(
    leftOut,
    ([reason, images]) => `${ImageList.text(images)}: not in the config.json: ${reason}`
  )
  if (entries.size === 0) return { text: "", warnings, errors }
  if (secrets === "masked") {
    warnings.push("the passwords are masked, so this file is not usable: --show-secrets writes a usable one")
  }
  const auths = Object.fromEntries(Array.from(entries, ([key, { credential }]) => [key, login(credential, secrets)]))
  return { text: JSON.stringify({ auths }, undefined, 2), warnings, errors }
}

/** Docker stores its own registry's login under the address of the registry's first API. */
const registryKey = (repository: string): string => {
  const registry = ImageReference.registryOf(repository)
  return registry === "docker.io" ? "https://index.docker.io/v1/" : registry
}

const login = (credential: Credential, secrets: Secrets) =>
  secrets === "masked"
    ? { username: credential.username, auth: mask }
    : { auth: Base64.encode(Bytes.encode(`${credential.username}:${Redacted.value(credential.password)}`)) }

const isSameLogin = (a: Credential, b: Credential): boolean =>
  a.username === b.username && Redacted.value(a.password) === Redacted.value(b.password)
