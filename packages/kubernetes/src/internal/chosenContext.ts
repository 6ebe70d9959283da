/** The context that counts, with its cluster and user, checked: pure. What is not chosen is not looked at. Rules: KUBE-5…12. */
import * as GoText from "@credlet/core/text/GoText"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { KubeConfigError, type KubeConfigReason } from "../KubeConfigError.ts"
import * as KubeConfigFile from "./KubeConfigFile.ts"
import type { Merged } from "./kubeConfigFiles.ts"
import * as ServerUrl from "./serverUrl.ts"

export interface Chosen {
  readonly namespace: string
  readonly server: ServerUrl.ServerUrl
  readonly cluster: KubeConfigFile.Entry<KubeConfigFile.Cluster>
  /** None if the context names no user: requests are anonymous. */
  readonly user: KubeConfigFile.Entry<KubeConfigFile.User> | undefined
}

export const choose = (config: Merged, wanted: string | undefined): Result.Result<Chosen, KubeConfigError> => {
  const name = wanted ?? config.currentContext
  const context = config.contexts.get(name)
  if (context === undefined) return Result.fail(noContext(config, name, wanted))
  const { cluster: clusterName = "", namespace = "", user: userName = "" } = context.value
  const cluster = config.clusters.get(clusterName)
  const user = config.users.get(userName)
  if (cluster === undefined) {
    return fail(context, "UnknownCluster", `names the cluster ${GoText.quote(clusterName)}, which is in no file`)
  }
  if (user === undefined && userName !== "") {
    return fail(context, "UnknownUser", `names the user ${GoText.quote(userName)}, which is in no file`)
  }
  const problem = clusterProblem(cluster) ?? (user && userProblem(user))
  if (problem !== undefined) return Result.fail(problem)
  const server = ServerUrl.parseServer(plain(cluster.value.server))
  if (Result.isFailure(server)) return fail(cluster, "InvalidServer", server.failure)
  if (!server.success.isSecure && user !== undefined && hasCredentials(user.value)) {
    return fail(
      user,
      "InsecureCredentials",
      `has credentials, but the server of cluster ${
        GoText.quote(clusterName)
      } is http: use https, or a user without credentials`
    )
  }
  return Result.succeed({ namespace: namespace === "" ? "default" : namespace, server: server.success, cluster, user })
}

/** What is in a secret; nothing is the same as an empty text. */
export const plain = (secret: Redacted.Redacted | undefined): string =>
  secret === undefined ? "" : Redacted.value(secret)

const fail = (entry: KubeConfigFile.Entry<unknown>, reason: KubeConfigReason, detail: string) =>
  Result.fail(KubeConfigFile.entryError(entry, reason, detail))

const noContext = (config: Merged, name: string, wanted: string | undefined): KubeConfigError => {
  const [file] = config.files
  const at = file === undefined ? {} : { file }
  const names = [...config.contexts.keys()].slice(0, 10).map((context) => GoText.quote(context)).join(", ")
  if (config.contexts.size === 0 && name === "") {
    const detail = file === undefined
      ? "there is no kubeconfig: set KUBECONFIG or write ~/.kube/config"
      : "this kubeconfig has no contexts"
    return new KubeConfigError({ reason: "NoConfiguration", ...at, detail })
  }
  if (name === "") {
    return new KubeConfigError({
      reason: "NoCurrentContext",
      ...at,
      detail: `current-context is not set: choose one of ${names}`
    })
  }
  const there = names === "" ? "there are no contexts" : `there are ${names}`
  return new KubeConfigError({
    reason: "UnknownContext",
    ...at,
    entry: { kind: "context", name },
    detail: `${wanted === undefined ? "current-context names it, but" : "it was asked for, but"} ${there}`
  })
}

const clusterProblem = (entry: KubeConfigFile.Entry<KubeConfigFile.Cluster>): KubeConfigError | undefined => {
  const cluster = entry.value
  const hasFile = isSet(cluster["certificate-authority"])
  const hasData = isSet(cluster["certificate-authority-data"])
  const problem = (reason: KubeConfigReason, detail: string) => KubeConfigFile.entryError(entry, reason, detail)
  if (hasFile && hasData) {
    return problem("Conflict", "certificate-authority and certificate-authority-data are both set: remove one")
  }
  if ((hasFile || hasData) && cluster["insecure-skip-tls-verify"] === true) {
    return problem("Conflict", "insecure-skip-tls-verify is set together with a certificate authority: remove one")
  }
  const proxy = plain(cluster["proxy-url"])
  return proxy === "" || ServerUrl.isProxy(proxy)
    ? undefined
    : problem("InvalidProxy", "proxy-url must be a URL with http://, https:// or socks5://")
}

const userProblem = (entry: KubeConfigFile.Entry<KubeConfigFile.User>): KubeConfigError | undefined => {
  const user = entry.value
  const problem = (reason: KubeConfigReason, detail: string) => KubeConfigFile.entryError(entry, reason, detail)
  const hasToken = plain(user.token) !== ""
  const hasName = isSet(user.username)
  const hasPassword = plain(user.password) !== ""
  if (hasToken && (hasName || hasPassword) || isSet(user.tokenFile) && hasName) {
    return problem("Conflict", "a token and username or password are both set: remove one")
  }
  if (hasPassword && !hasName) return problem("Incomplete", "password is set without username")
  const certificate = isSet(user["client-certificate"])
  const certificateData = isSet(user["client-certificate-data"])
  const key = isSet(user["client-key"])
  const keyData = plain(user["client-key-data"]) !== ""
  if (certificate && certificateData) {
    return problem("Conflict", "client-certificate and client-certificate-data are both set: remove one")
  }
  if ((certificate || certificateData) && key && keyData) {
    return problem("Conflict", "client-key and client-key-data are both set: remove one")
  }
  if ((certificate || certificateData) && !key && !keyData) {
    return problem("Incomplete", "a client certificate is set without client-key or client-key-data")
  }
  const acts = isSet(user["as-uid"]) || (user["as-groups"] ?? []).length > 0 ||
    Object.keys(user["as-user-extra"] ?? {}).length > 0
  if (acts && !isSet(user.as)) return problem("Incomplete", "as-uid, as-groups or as-user-extra is set without as")
  return pluginProblem(user, problem)
}

const pluginProblem = (
  user: KubeConfigFile.User,
  problem: (reason: KubeConfigReason, detail: string) => KubeConfigError
): KubeConfigError | undefined => {
  const { "auth-provider": provider, exec } = user
  if (exec !== undefined && provider !== undefined) {
    return problem("Conflict", "exec and auth-provider are both set: remove one")
  }
  if (provider !== undefined) {
    return provider.name === "oidc" ? oidcProblem(provider.config ?? {}, problem) : problem(
      "UnsupportedAuthProvider",
      `the auth-provider ${
        GoText.quote((provider.name ?? "").slice(0, 64))
      } is not supported: use an exec plugin for it`
    )
  }
  if (exec === undefined) return undefined
  if (!isSet(exec.command)) return problem("InvalidExec", "exec needs a command")
  if (!isSet(exec.apiVersion) || !apiVersions.includes(exec.apiVersion)) {
    return problem("InvalidExec", `exec needs apiVersion: ${apiVersions.join(" or ")}`)
  }
  if ((exec.env ?? []).some((entry) => !isSet(entry?.name))) {
    return problem("InvalidExec", "an entry of exec.env has no name")
  }
  if (!isSet(exec.interactiveMode) && exec.apiVersion === apiVersions[0]) {
    return problem("InvalidExec", `exec of ${apiVersions[0]} needs interactiveMode: Never or IfAvailable`)
  }
  return !isSet(exec.interactiveMode) || ["Never", "IfAvailable", "Always"].includes(exec.interactiveMode)
    ? undefined
    : problem("InvalidExec", "exec.interactiveMode must be Never, IfAvailable or Always")
}

const apiVersions: ReadonlyArray<string> = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

const oidcProblem = (
  config: Readonly<Record<string, Redacted.Redacted>>,
  problem: (reason: KubeConfigReason, detail: string) => KubeConfigError
): KubeConfigError | undefined => {
  const missing = ["idp-issuer-url", "client-id"].find((key) => plain(config[key]) === "")
  return missing === undefined
    ? undefined
    : problem("UnsupportedAuthProvider", `the auth-provider oidc needs ${missing}`)
}

const hasCredentials = (user: KubeConfigFile.User): boolean =>
  [user.token, user.password, user["client-key-data"]].some((secret) => plain(secret) !== "") ||
  [user.tokenFile, user.username, user["client-certificate"], user["client-certificate-data"], user["client-key"]].some(
    isSet
  ) ||
  user.exec !== undefined || user["auth-provider"] !== undefined

export const isSet = (text: string | undefined): text is string => text !== undefined && text !== ""
