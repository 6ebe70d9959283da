/**
 * From a request to its answer: who asks, for what, whether it is allowed, and then the handler. Rules: TR-10, TR-11, TR-15,
 * TR-46, TR-50.
 *
 * @since 0.1.0
 */
import { anonymous, authorise, forbiddenPath } from "./Access.ts"
import type { AccountList } from "./AccountList.ts"
import * as Answer from "./Answer.ts"
import { pod, secret, serviceAccount } from "./Documents.ts"
import type { Incoming } from "./Listener.ts"
import type { Rule } from "./Models.ts"
import { type Cluster, create } from "./TokenEndpoint.ts"

export interface Options {
  readonly cluster: Cluster
  readonly accounts: AccountList
  readonly rulesOf: (caller: string) => ReadonlyArray<Rule>
}

/** Who asks; nothing for credentials that are not good. Any good ones do, whatever the others are. */
export const identify = (
  { tokens }: Cluster,
  { authorization, certificate }: Incoming,
  nowMillis: number
): string | undefined => {
  const token = /^bearer +(\S+)\s*$/i.exec(authorization ?? "")?.[1]
  const byToken = token === undefined ? undefined : tokens.holder(token, nowMillis)
  if (certificate?.trusted === true) return certificate.name
  if (byToken !== undefined) return byToken
  return token === undefined && certificate === undefined ? anonymous : undefined
}

export const route = (
  { accounts, cluster, rulesOf }: Options,
  request: Incoming,
  caller: string,
  nowMillis: number
): Answer.Answer => {
  const { method, query } = request
  const rules = rulesOf(caller)
  const verb = verbs.get(method) ?? method.toLowerCase()
  const segments = normalise(request.path)
  if (segments === undefined) return Answer.text(400, "400 Bad Request")
  const path = `/${segments.join("/")}`
  if (segments[0] === "apis") return Answer.notFaked("API groups")
  if (segments[0] !== "api" || segments[1] !== "v1" || segments[2] === undefined) {
    return isAdministrator(rules) ? Answer.noSuchPage : forbiddenPath(caller, verb, path)
  }
  const [namespace, kind = "", name, subresource, ...rest] = segments[2] === "namespaces" && segments.length > 4
    ? segments.slice(3)
    : [undefined, ...segments.slice(2)]
  const resource = subresource === undefined ? kind : `${kind}/${subresource}`
  const asksForAll = name === undefined && verb === "get"
  const isWatch = asksForAll && ["1", "true"].includes(query.get("watch") ?? "")
  const asked = { verb: isWatch ? "watch" : asksForAll ? "list" : verb, resource, namespace, name }
  const refusal = authorise(cluster.world, caller, rules, asked)
  if (refusal !== undefined) return refusal

  if (rest.length > 0 || !resources.has(resource)) return Answer.noSuchResource
  const accept = negotiate(request.accept)
  if (accept !== undefined) return accept
  const what = `${asked.verb} of ${resource}${namespace === undefined ? " in all namespaces" : ""}`
  if (namespace === undefined) return Answer.notFaked(what)
  if (resource === "serviceaccounts/token") {
    if (name === undefined || method !== "POST") return Answer.methodNotAllowed
    return create(cluster, {
      caller,
      rules,
      namespace,
      account: name,
      contentType: request.contentType,
      fieldValidation: query.get("fieldValidation"),
      body: request.body,
      nowMillis
    })
  }
  if (asked.verb === "list" && resource === "serviceaccounts") {
    const beyond = [...query.keys()].find((key) => !listParameters.has(key))
    return beyond === undefined ? accounts.page(namespace, query) : Answer.notFaked(`${what} by ${beyond}`)
  }
  if (verb !== "get" || name === undefined) return Answer.notFaked(what)
  return read(cluster, resource, namespace, name)
}

const verbs = new Map([
  ["GET", "get"],
  ["HEAD", "get"],
  ["POST", "create"],
  ["PUT", "update"],
  ["PATCH", "patch"],
  ["DELETE", "delete"]
])

const resources = new Set(["serviceaccounts", "serviceaccounts/token", "pods", "secrets"])

const listParameters = new Set(["limit", "continue", "timeout", "pretty"])

const isAdministrator = (rules: ReadonlyArray<Rule>): boolean =>
  rules.some(({ resources, verbs }) => resources.includes("*") && verbs.includes("*"))

/** As Go's server takes a path: unescaped first, then cleaned. So a name with dots or slashes in it is another path. */
const normalise = (path: string): ReadonlyArray<string> | undefined => {
  let decoded: string
  try {
    decoded = decodeURIComponent(path)
  } catch {
    return undefined
  }
  const segments: Array<string> = []
  for (const segment of decoded.split("/")) {
    if (segment === "..") segments.pop()
    else if (segment !== "" && segment !== ".") segments.push(segment)
  }
  return segments
}

/** The complaint about `Accept`, if there is one. */
const negotiate = (accept: string | undefined): Answer.Answer | undefined => {
  const first = (accept ?? "").split(",").map((range) => range.trim().toLowerCase()).find((range) =>
    /^(|\*\/\*|application\/(\*|json|yaml|vnd\.kubernetes\.protobuf))(;.*)?$/.test(range)
  )
  if (first === undefined) return Answer.notAcceptable
  if (/^application\/(yaml|vnd)|;\s*as=/.test(first)) return Answer.notFaked(`answers as ${first}`)
  return undefined
}

const read = ({ world }: Cluster, resource: string, namespace: string, name: string): Answer.Answer => {
  const send = <A>(kind: string, found: A | undefined, write: (found: A) => object) =>
    found === undefined
      ? Answer.notFound(resource, name)
      : Answer.json(200, { kind, apiVersion: "v1", ...write(found) })
  switch (resource) {
    case "serviceaccounts": {
      return send("ServiceAccount", world.accounts.get(namespace, name), serviceAccount)
    }
    case "pods": {
      return send("Pod", world.pods.get(namespace, name), pod)
    }
    default: {
      return send("Secret", world.secrets.get(namespace, name), secret)
    }
  }
}
