/** What an exec plugin is told and what it says. Its output is in no error. Rules: KUBE-12, KUBE-13. */
import * as Bytes from "@credlet/core/text/Bytes"
import * as GoText from "@credlet/core/text/GoText"
import * as StrictJson from "@credlet/core/text/StrictJson"
import * as StrictYaml from "@credlet/core/text/StrictYaml"
import * as TextFormat from "@credlet/core/text/TextFormat"
import type { TextNode } from "@credlet/core/text/TextNode"
import * as Base64 from "effect/encoding/Base64"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { ApiCredentials, ClientCertificate } from "../ApiConnection.ts"
import * as DocumentNodes from "./documentNodes.ts"
import { bearer } from "./header.ts"
import type { Cluster } from "./KubeConfigFile.ts"
import { isPair } from "./pem.ts"

/** The cluster as a plugin with `provideClusterInfo` sees it. */
export interface ClusterInfo {
  readonly server: string
  readonly authority: string | undefined
  readonly cluster: Cluster
}

/** `KUBERNETES_EXEC_INFO`, member by member as the reference writes it. */
export const execInfo = (apiVersion: string, info: ClusterInfo | undefined): string => {
  const cluster = info === undefined ? "" : `"cluster":{${clusterMembers(info)}},`
  return `{"kind":"ExecCredential","apiVersion":${
    GoText.jsonString(apiVersion)
  },"spec":{${cluster}"interactive":false}}\n`
}

const clusterMembers = ({ authority, cluster, server }: ClusterInfo): string => {
  const { "proxy-url": proxy, "tls-server-name": serverName = "" } = cluster
  const proxyUrl = proxy === undefined ? "" : Redacted.value(proxy)
  return [
    `"server":${GoText.jsonString(server)}`,
    ...serverName === "" ? [] : [`"tls-server-name":${GoText.jsonString(serverName)}`],
    ...cluster["insecure-skip-tls-verify"] === true ? [`"insecure-skip-tls-verify":true`] : [],
    ...authority === undefined ? [] : [`"certificate-authority-data":"${Base64.encode(Bytes.encode(authority))}"`],
    ...proxyUrl === "" ? [] : [`"proxy-url":${GoText.jsonString(proxyUrl)}`],
    ...cluster["disable-compression"] === true ? [`"disable-compression":true`] : [],
    `"config":${cluster.execConfig === undefined ? "null" : Redacted.value(cluster.execConfig)}`
  ].join(",")
}

export interface Answer {
  readonly credentials: ApiCredentials
  /** Milliseconds since 1970; none if it is valid for ever. */
  readonly expires: number | undefined
}

const decodeCredential = DocumentNodes.decoder(Schema.Struct({
  kind: Schema.optionalKey(Schema.String),
  apiVersion: Schema.optionalKey(Schema.String),
  status: Schema.optionalKey(Schema.Struct({
    token: Schema.optionalKey(Schema.RedactedFromValue(Schema.String)),
    clientCertificateData: Schema.optionalKey(Schema.String),
    clientKeyData: Schema.optionalKey(Schema.RedactedFromValue(Schema.String)),
    expirationTimestamp: Schema.optionalKey(Schema.String)
  }))
}))

/** Reads stdout; fails with what is wrong, in words that complete "the plugin's answer …". */
export const decode = (stdout: Uint8Array, apiVersion: string): Result.Result<Answer, string> => {
  const root = read(stdout)
  if (root === undefined) return Result.fail("is neither JSON nor YAML")
  if (root.type !== "object") return Result.fail("is no ExecCredential: expected an object")
  const decoded = decodeCredential(root)
  if (Result.isFailure(decoded)) {
    return Result.fail(`has the wrong type at ${decoded.failure.path}: expected ${decoded.failure.expected}`)
  }
  const { kind, status } = decoded.success
  if (kind !== "ExecCredential") return Result.fail("is no ExecCredential: its kind is another one")
  if (decoded.success.apiVersion !== apiVersion) {
    return Result.fail(`has another apiVersion than the kubeconfig asks for: expected ${GoText.quote(apiVersion)}`)
  }
  if (status === undefined) return Result.fail("has no status")
  const key = status.clientKeyData === undefined ? "" : Redacted.value(status.clientKeyData)
  const certificate = status.clientCertificateData ?? ""
  const token = status.token === undefined ? "" : Redacted.value(status.token)
  if (token === "" && certificate === "" && key === "") return Result.fail("has neither a token nor a certificate")
  if ((certificate === "") !== (key === "")) return Result.fail("has only one of certificate and key: it needs both")
  const pair: ClientCertificate | undefined = key === ""
    ? undefined
    : { certificate, key: Redacted.make(key) }
  if (pair !== undefined && !isPair(pair)) return Result.fail("has a certificate and a key that can't be used together")
  const authorization = token === "" ? undefined : bearer(token)
  if (token !== "" && authorization === undefined) return Result.fail("has a token with control characters")
  const expires = status.expirationTimestamp === undefined ? undefined : millisOf(status.expirationTimestamp)
  if (Number.isNaN(expires)) return Result.fail("has an expirationTimestamp that is not RFC 3339")
  return Result.succeed({ credentials: { authorization, certificate: pair }, expires })
}

const read = (stdout: Uint8Array): TextNode | undefined => {
  if (TextFormat.detect(stdout) === "json") {
    return Result.getOrUndefined(StrictJson.parse(Bytes.decodeReplacing(stdout)))
  }
  return Result.getOrUndefined(StrictYaml.parse(stdout))?.root
}

const millisOf = (time: string): number =>
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(time) ? Date.parse(time) : Number.NaN
