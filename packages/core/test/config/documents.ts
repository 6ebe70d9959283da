/** Texts of configs and shorthands to decode them; not a test. */
import { assert } from "@effect/vitest"
import { Result } from "effect"
import * as ConfigDecoding from "../../src/config/ConfigDecoding.ts"
import type { ConfigDecodeError } from "../../src/config/ConfigError.ts"
import { formatPath } from "../../src/config/ConfigLocation.ts"

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

export const v1 = "kubelet.config.k8s.io/v1"

export const pluginV1 = "credentialprovider.kubelet.k8s.io/v1"

/** A document with this text as its `providers`, in YAML. */
export const yaml = (providers: string, apiVersion = v1): string =>
  `kind: CredentialProviderConfig\napiVersion: ${apiVersion}\nproviders:\n${providers}`

/** A document with these providers, in JSON. */
export const json = (providers: unknown, apiVersion = v1): string =>
  JSON.stringify({ kind: "CredentialProviderConfig", apiVersion, providers })

/** A provider that passes all checks. */
export const valid = (
  name: string,
  more: Readonly<Record<string, unknown>> = {}
): Readonly<Record<string, unknown>> => ({
  name,
  matchImages: [`${name}.example`],
  defaultCacheDuration: "10m",
  apiVersion: pluginV1,
  ...more
})

export const decode = (text: string | Uint8Array, file?: string) =>
  ConfigDecoding.decode(typeof text === "string" ? bytes(text) : text, { file })

export const decoded = (text: string | Uint8Array): ConfigDecoding.DecodedConfig => {
  const result = decode(text)
  assert(Result.isSuccess(result), Result.isFailure(result) ? result.failure.message : "")
  return result.success
}

export const failed = (text: string | Uint8Array, file?: string): ConfigDecodeError => {
  const result = decode(text, file)
  assert(Result.isFailure(result), "was accepted")
  return result.failure
}

/** The class of the error, then each finding as `type path`. */
export const findings = (text: string | Uint8Array): ReadonlyArray<string> => {
  const error = failed(text)
  return [error.reason, ...error.findings.map((finding) => `${finding.type} ${formatPath(finding.path)}`)]
}

/** Each finding as `line:column path`. */
export const places = (text: string | Uint8Array): ReadonlyArray<string> =>
  failed(text).findings.map(({ location, path }) => `${location.line}:${location.column} ${formatPath(path)}`)
