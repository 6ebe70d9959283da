/**
 * What a caller may do: rules as in RBAC, and for nodes what the node authorizer adds. Rules: TR-11, NODE-1, NODE-2, NODE-6,
 * NODE-7.
 *
 * @since 0.1.0
 */
import { type Answer, beforeHandlers, status } from "./Answer.ts"
import type { Rule } from "./Models.ts"
import { accountOf, type World } from "./World.ts"

interface Attributes {
  readonly verb: string
  /** With the subresource: `serviceaccounts/token`. */
  readonly resource: string
  readonly namespace: string | undefined
  readonly name: string | undefined
}

export const anonymous = "system:anonymous"

/** The node's name, if the caller is one. */
export const nodeOf = (caller: string): string | undefined => /^system:node:(.+)$/.exec(caller)?.[1]

export const allows = (rules: ReadonlyArray<Rule>, { name, namespace, resource, verb }: Attributes): boolean =>
  rules.some((rule) =>
    has(rule.verbs, verb) && has(rule.resources, resource) &&
    (rule.namespace === undefined || rule.namespace === namespace) &&
    (rule.resourceNames === undefined || (name !== undefined && rule.resourceNames.includes(name)))
  )

/** The refusal, if it is one. */
export const authorise = (
  world: World,
  caller: string,
  rules: ReadonlyArray<Rule>,
  attributes: Attributes
): Answer | undefined => {
  if (allows(rules, attributes)) return undefined
  const node = nodeOf(caller)
  if (node === undefined) return forbidden(caller, attributes, "")
  const why = nodeRefusal(world, node, attributes)
  return why === undefined ? undefined : forbidden(caller, attributes, why === "" ? "" : `: ${why}`)
}

export const forbiddenPath = (caller: string, verb: string, path: string): Answer =>
  beforeHandlers(
    status(403, "Forbidden", `forbidden: User "${caller}" cannot ${verb} path "${path}"`, { details: {} })
  )

const has = (allowed: ReadonlyArray<string>, asked: string): boolean => allowed.includes("*") || allowed.includes(asked)

const forbidden = (caller: string, { name, namespace, resource, verb }: Attributes, why: string): Answer => {
  const kind = resource.split("/", 1)[0] ?? resource
  const subject = name === undefined ? kind : `${kind} "${name}"`
  const scope = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`
  const message = `${subject} is forbidden: User "${caller}" cannot ${verb} resource "${resource}" ` +
    `in API group "" ${scope}${why}`
  return beforeHandlers(
    status(403, "Forbidden", message, { details: name === undefined ? { kind } : { name, kind } })
  )
}

/** Why the node authorizer has no say in it (`""`: it never has), or nothing if it allows it. */
const nodeRefusal = (
  world: World,
  node: string,
  { name, namespace, resource, verb }: Attributes
): string | undefined => {
  const related = (isRelated: boolean) =>
    isRelated ? undefined : `no relationship found between node '${node}' and this object`
  const podsHere = (inNamespace: string) =>
    world.pods.list(inNamespace).flatMap(({ value }) => value.nodeName === node ? [value] : [])
  const one = namespace !== undefined && name !== undefined
  switch (resource) {
    case "serviceaccounts":
    case "serviceaccounts/token": {
      return one && verb === (resource === "serviceaccounts" ? "get" : "create")
        ? related(podsHere(namespace).some((pod) => accountOf(pod) === name))
        : "can only create tokens for individual service accounts"
    }
    case "pods": {
      return one && verb === "get"
        ? related(podsHere(namespace).some((pod) => pod.name === name))
        : "can only list/watch pods with spec.nodeName field selector"
    }
    case "secrets": {
      return one && verb === "get"
        ? related(podsHere(namespace).some((pod) => pod.imagePullSecrets?.includes(name) === true))
        : "can only read individual resources of this type"
    }
    default: {
      return ""
    }
  }
}
