/**
 * What the admission plugin of that name asks of nodes beyond their permissions: a token for a pod of theirs, for an audience
 * that the pod itself mounts or that a rule grants. Rules: NODE-3…7.
 *
 * @since 0.1.0
 */
import { allows } from "./Access.ts"
import { type Answer, notFound, refused } from "./Answer.ts"
import type { Rule } from "./Models.ts"
import type { TokenRequestBody } from "./TokenRequestBody.ts"
import type { World } from "./World.ts"

interface Asked {
  readonly world: World
  readonly rules: ReadonlyArray<Rule>
  readonly node: string
  readonly namespace: string
  readonly account: string
  readonly body: TokenRequestBody
}

/** The refusal, if it is one. */
export const restrict = ({ account, body, namespace, node, rules, world }: Asked): Answer | undefined => {
  const ref = body.boundObjectRef
  if (ref === undefined || ref.kind !== "Pod" || ref.apiVersion !== "v1" || ref.name === "") {
    return refused(account, "node requested token not bound to a pod")
  }
  if (ref.uid === "") return refused(account, "node requested token with a pod binding without a uid")
  const pod = world.pods.get(namespace, ref.name)
  if (pod === undefined) return notFound("pod", ref.name)
  if (pod.uid !== ref.uid) return refused(account, uidMismatch(ref.uid))
  if (pod.value.nodeName !== node) {
    return refused(account, "node requested token bound to a pod scheduled on a different node")
  }
  if (body.audiences.length > 1) return refused(account, "node may only request 0 or 1 audiences")
  const audience = body.audiences[0] ?? ""
  const mayAsk = pod.value.tokenAudiences?.includes(audience) === true ||
    allows(rules, { verb: "request-serviceaccounts-token-audience", resource: audience, namespace, name: account })
  return mayAsk ? undefined : refused(
    account,
    `audience "${audience}" not found in pod spec volume, system:node:${node} is not authorized to request tokens ` +
      "for this audience"
  )
}

export const uidMismatch = (uid: string): string =>
  `the UID in the bound object reference (${uid}) does not match the UID in record. ` +
  "The object might have been deleted and then recreated"
