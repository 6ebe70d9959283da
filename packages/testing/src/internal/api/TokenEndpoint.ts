/**
 * `serviceaccounts/token`: the checks of the TokenRequest handler in its order, then a token. Rules: TR-1…4, TR-13…30,
 * TR-40, TR-41.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { nodeOf } from "./Access.ts"
import * as Answer from "./Answer.ts"
import { timestamp } from "./Documents.ts"
import type { Refusal, Rule } from "./Models.ts"
import { restrict, uidMismatch } from "./NodeRestriction.ts"
import { type BoundObjectRef, read, type TokenRequestBody } from "./TokenRequestBody.ts"
import { type Minted, objectOf, type Tokens } from "./Tokens.ts"
import { accountOf, type World } from "./World.ts"

export interface Cluster {
  readonly world: World
  readonly tokens: Tokens
  readonly apiAudience: string
  readonly nodeRestriction: boolean
  readonly maxExpirationSeconds: number | undefined
  readonly refusalOf: (namespace: string, account: string) => Refusal | undefined
}

interface Asked {
  readonly caller: string
  readonly rules: ReadonlyArray<Rule>
  readonly namespace: string
  readonly account: string
  readonly contentType: string | undefined
  readonly fieldValidation: string | null
  /** Nothing: it was larger than `maxBody`. */
  readonly body: Uint8Array | undefined
  readonly nowMillis: number
}

/** In bytes. */
export const maxBody = 3 * 1024 * 1024

export const create = (cluster: Cluster, asked: Asked): Answer.Answer => {
  const format = formatOf(asked.contentType)
  if (format === undefined) return Answer.unsupportedMediaType
  if (format === "protobuf") return Answer.notFaked("bodies in protobuf")
  if (asked.body === undefined) return Answer.tooLarge(maxBody)
  const body = read(asked.body, format)
  if (Result.isFailure(body)) return Answer.badRequest(body.failure)
  const { complaints } = body.success
  if (asked.fieldValidation === "Strict" && complaints.length > 0) {
    return Answer.badRequest(
      `TokenRequest in version "v1" cannot be handled as a TokenRequest: strict decoding error: ${
        complaints.join(", ")
      }`
    )
  }
  return Result.merge(
    Result.map(decide(cluster, asked, body.success), (claims) => {
      const seconds = claims.expiresSeconds - claims.issuedSeconds
      const wanted = body.success.expirationSeconds
      return grant(cluster.tokens.mint(claims), claims, body.success, [
        ...(asked.fieldValidation === "Ignore" ? [] : complaints),
        ...(wanted !== undefined && wanted > seconds
          ? [`requested expiration of ${wanted} seconds shortened to ${seconds} seconds`]
          : [])
      ])
    })
  )
}

const formatOf = (contentType: string | undefined): "json" | "yaml" | "protobuf" | undefined => {
  switch ((contentType ?? "").split(";", 1)[0]?.trim().toLowerCase()) {
    case "":
    case "application/json": {
      return "json"
    }
    case "application/yaml": {
      return "yaml"
    }
    case "application/vnd.kubernetes.protobuf": {
      return "protobuf"
    }
    default: {
      return undefined
    }
  }
}

const decide = (cluster: Cluster, asked: Asked, body: TokenRequestBody): Result.Result<Minted, Answer.Answer> => {
  const { apiAudience, maxExpirationSeconds, refusalOf, world } = cluster
  const { account, caller, namespace, nowMillis, rules } = asked
  if (body.namespace !== "" && body.namespace !== namespace) {
    return Result.fail(
      Answer.badRequest("the namespace of the provided object does not match the namespace sent on the request")
    )
  }
  const phase = world.phase(namespace)
  if (phase === undefined) return Result.fail(Answer.notFound("namespaces", namespace))
  if (phase === "Terminating") return Result.fail(terminating(account, namespace))
  const node = nodeOf(caller)
  if (node !== undefined && cluster.nodeRestriction) {
    const refusal = restrict({ world, rules, node, namespace, account, body })
    if (refusal !== undefined) return Result.fail(refusal)
  }
  if (body.name !== "" && body.name !== account) {
    return Result.fail(
      invalid(account, "metadata.name", `"${body.name}"`, "must match the service account name if specified")
    )
  }
  const found = world.accounts.get(namespace, account)
  if (found === undefined) return Result.fail(Answer.notFound("serviceaccounts", account))
  if (body.uid !== "" && body.uid !== found.uid) {
    return Result.fail(conflict(account, "TokenRequest", "authentication.k8s.io", uidsOf(body.uid, found.uid)))
  }
  const requested = body.expirationSeconds ?? 3600n
  const bound = requested < 600n
    ? "may not specify a duration less than 10 minutes"
    : requested > 2n ** 32n
    ? "may not specify a duration larger than 2^32 seconds"
    : undefined
  if (bound !== undefined) return Result.fail(invalid("", "spec.expirationSeconds", `${requested}`, bound))
  const refusal = refusalOf(namespace, account)
  if (refusal !== undefined) return Result.fail(denied(account, refusal))

  return Result.map(bind(world, asked, body.boundObjectRef), (binding) => {
    const issuedSeconds = Math.floor(nowMillis / 1000)
    return {
      namespace,
      account,
      accountUid: found.uid,
      ...binding,
      audiences: body.audiences.length === 0 ? [apiAudience] : body.audiences,
      issuedSeconds,
      expiresSeconds: issuedSeconds + Math.min(Number(requested), maxExpirationSeconds ?? Number.POSITIVE_INFINITY)
    }
  })
}

const bind = (
  world: World,
  { account, namespace }: Asked,
  ref: BoundObjectRef | undefined
): Result.Result<Pick<Minted, "bound" | "nodeName">, Answer.Answer> => {
  if (ref === undefined) return Result.succeed({ bound: undefined, nodeName: undefined })
  const { kind } = ref
  const isCore = ref.apiVersion === "v1" || ref.apiVersion === ""
  if (isCore && kind === "Node") return Result.fail(Answer.notFaked("tokens bound to a node"))
  if (!isCore || (kind !== "Pod" && kind !== "Secret")) {
    const version = ref.apiVersion.includes("/") ? ref.apiVersion : `/${ref.apiVersion}`
    return Result.fail(Answer.badRequest(`cannot bind token to object of type ${version}, Kind=${kind}`))
  }
  const object = objectOf(world, namespace, { kind, name: ref.name })
  if (object === undefined) return Result.fail(Answer.notFound(`${kind.toLowerCase()}s`, ref.name))
  const pod = kind === "Pod" ? world.pods.get(namespace, ref.name)?.value : undefined
  if (pod !== undefined && accountOf(pod) !== account) {
    return Result.fail(
      Answer.badRequest(
        `cannot bind token for serviceaccount "${account}" to pod running with different serviceaccount name.`
      )
    )
  }
  if (ref.uid !== "" && ref.uid !== object.uid) {
    return Result.fail(conflict(ref.name, kind, undefined, uidMismatch(ref.uid)))
  }
  return Result.succeed({ bound: { kind, name: ref.name, uid: object.uid }, nodeName: pod?.nodeName })
}

const grant = (
  token: string,
  claims: Minted,
  { boundObjectRef }: TokenRequestBody,
  warnings: ReadonlyArray<string>
): Answer.Answer =>
  Answer.json(
    201,
    {
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      metadata: {
        name: claims.account,
        namespace: claims.namespace,
        uid: claims.accountUid,
        creationTimestamp: timestamp(claims.issuedSeconds * 1000)
      },
      spec: {
        audiences: claims.audiences,
        expirationSeconds: claims.expiresSeconds - claims.issuedSeconds,
        boundObjectRef: boundObjectRef === undefined
          ? null
          : Object.fromEntries(Object.entries(boundObjectRef).filter(([, text]) => text !== ""))
      },
      status: { token, expirationTimestamp: timestamp(claims.expiresSeconds * 1000) }
    },
    warnings.length === 0 ? {} : { Warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`) }
  )

const terminating = (account: string, namespace: string): Answer.Answer =>
  Answer.refused(account, `unable to create new content in namespace ${namespace} because it is being terminated`, [{
    reason: "NamespaceTerminating",
    message: `namespace ${namespace} is being terminated`,
    field: "metadata.namespace"
  }])

const denied = (account: string, refusal: Refusal): Answer.Answer => {
  if ("policy" in refusal) {
    const { message, policy, reason } = refusal
    const text = `ValidatingAdmissionPolicy '${policy}' with binding '${policy}' denied request: ${message}`
    return Answer.refused(account, text, [{ message: text }], reason !== "Forbidden")
  }
  const text = `failed calling webhook "${refusal.webhook}": failed to call webhook: ${refusal.failure}`
  return Answer.status(500, "InternalError", `Internal error occurred: ${text}`, {
    details: { causes: [{ message: text }] }
  })
}

const uidsOf = (asked: string, actual: string): string =>
  `the UID in the token request (${asked}) does not match the UID of the service account (${actual})`

const conflict = (name: string, kind: string, group: string | undefined, why: string): Answer.Answer => {
  const subject = group === undefined ? kind : `${kind}.${group}`
  return Answer.status(409, "Conflict", `Operation cannot be fulfilled on ${subject} "${name}": ${why}`, {
    details: { name, ...(group === undefined ? {} : { group }), kind }
  })
}

const invalid = (name: string, field: string, value: string, why: string): Answer.Answer => {
  const message = `Invalid value: ${value}: ${why}`
  return Answer.status(
    422,
    "Invalid",
    `TokenRequest.authentication.k8s.io "${name}" is invalid: ${field}: ${message}`,
    {
      details: {
        ...(name === "" ? {} : { name }),
        group: "authentication.k8s.io",
        kind: "TokenRequest",
        causes: [{ reason: "FieldValueInvalid", message, field }]
      }
    }
  )
}
