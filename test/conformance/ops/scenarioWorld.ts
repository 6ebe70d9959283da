/** What the plugins and the API server of a scenario do, and what was asked of them since the last step. */
import * as IdentityError from "@credlet/core/identity/IdentityError"
import { type ServiceAccount, ServiceAccounts } from "@credlet/core/identity/ServiceAccounts"
import { ServiceAccountTokens, type TokenRequest } from "@credlet/core/identity/ServiceAccountTokens"
import { PluginError } from "@credlet/core/plugin/PluginError"
import type { PluginRequest, PluginResponse } from "@credlet/core/plugin/PluginProtocol"
import { PluginRunner } from "@credlet/core/plugin/PluginRunner"
import { Effect, Latch, Layer, Redacted } from "effect"
import { type Json, written } from "../expand.ts"
import type { Response } from "./scenarioSteps.ts"

export class World {
  readonly responses = new Map<string, typeof Response.Type>()
  readonly pluginErrors = new Set<string>()
  /** Closed while plugins are to block. */
  readonly gate = Latch.makeUnsafe(true)
  readonly accounts = new Map<string, ServiceAccount>()
  hasAccountError = false
  hasTokenError = false
  tokenTemplate = "tok"
  readonly names: ReadonlyArray<string>
  #pluginCalls: Array<Json> = []
  #accountGets: Array<Json> = []
  #tokenRequests: Array<Json> = []

  constructor(names: ReadonlyArray<string>) {
    this.names = names
  }

  readonly layer = Layer.mergeAll(
    Layer.succeed(PluginRunner, { run: ({ provider }, request) => Effect.suspend(() => this.#run(provider, request)) }),
    Layer.succeed(ServiceAccounts, {
      get: (namespace, name) => Effect.suspend(() => this.#getAccount(namespace, name))
    }),
    Layer.succeed(ServiceAccountTokens, { get: (request) => Effect.suspend(() => this.#makeToken(request)) })
  )

  /** What was asked since it was last taken. */
  take() {
    const asked = {
      pluginCalls: this.#pluginCalls,
      serviceAccountGets: this.#accountGets,
      tokenRequests: this.#tokenRequests
    }
    this.#pluginCalls = []
    this.#accountGets = []
    this.#tokenRequests = []
    return asked
  }

  #run(name: string, request: PluginRequest): Effect.Effect<PluginResponse, PluginError> {
    const { image, serviceAccountAnnotations: annotations, serviceAccountToken } = request
    const token = serviceAccountToken === undefined ? "" : Redacted.value(serviceAccountToken)
    this.#pluginCalls.push({
      provider: this.names.indexOf(name),
      image: written(image),
      serviceAccountToken: written(token),
      serviceAccountAnnotations: annotations === undefined ? null : Object.fromEntries(
        Object.entries(annotations).map(([key, value]) => [key, written(value)])
      )
    })
    return Effect.andThen(
      this.gate.await,
      Effect.suspend(() => {
        const response = this.pluginErrors.has(name) ? undefined : this.responses.get(name)
        return response === undefined
          ? new PluginError({ provider: name, reason: { _tag: "Exited", code: 1, stderr: "" } })
          : Effect.succeed(responseOf(response, { token, image }))
      })
    )
  }

  #getAccount(namespace: string, name: string): Effect.Effect<ServiceAccount, IdentityError.IdentityError> {
    this.#accountGets.push({ namespace: written(namespace), name: written(name) })
    const account = this.hasAccountError ? undefined : this.accounts.get(accountKey(namespace, name))
    return account === undefined
      ? failed(
        `get serviceaccount ${namespace}/${name}`,
        this.hasAccountError ? "Unreachable" : "ServiceAccountNotFound"
      )
      : Effect.succeed(account)
  }

  #makeToken({ audience, pod, serviceAccount }: TokenRequest) {
    const { name, namespace, uid } = serviceAccount
    this.#tokenRequests.push({
      namespace: written(namespace),
      name: written(name),
      uid: written(uid),
      audiences: [written(audience)],
      boundObjectRef: { apiVersion: "v1", kind: "Pod", name: written(pod.name), uid: written(pod.uid) },
      expirationSeconds: null
    })
    const words = { namespace, name, uid, audience, podName: pod.name, podUID: pod.uid }
    return this.hasTokenError
      ? failed(`create token for serviceaccount ${namespace}/${name}`, "Forbidden")
      : Effect.succeed(Redacted.make(fill(this.tokenTemplate, words)))
  }
}

export const accountKey = (namespace: string, name: string): string => JSON.stringify([namespace, name])

const failed = (operation: string, failure: IdentityError.IdentityFailure) =>
  new IdentityError.IdentityError({ operation, failure, detail: "" })

/** `{word}` becomes what the word stands for. */
const fill = (template: string, words: Readonly<Record<string, string>>): string =>
  template.replaceAll(/\{(\w+)\}/g, (form, word: string) => words[word] ?? form)

const responseOf = (
  { auth, cacheDuration, cacheKeyType }: typeof Response.Type,
  words: { readonly token: string; readonly image: string }
): PluginResponse => ({
  cacheKeyType: cacheKeyType ?? "",
  cacheDuration: cacheDuration ?? undefined,
  auth: auth == null ? undefined : new Map(
    Object.entries(auth).map(([location, entry]) => [
      fill(location, words),
      {
        username: fill(entry?.username ?? "", words),
        password: Redacted.make(fill(entry?.password ?? "", words)),
        email: ""
      }
    ])
  )
})
