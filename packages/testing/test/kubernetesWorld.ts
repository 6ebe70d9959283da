import type { FakeApiServer } from "@credlet/testing"
import { Effect, Redacted } from "effect"
import * as Http from "node:http"
import * as Https from "node:https"

type Api = FakeApiServer.FakeApiServer["Service"]

export const namespace = "credlet-fx"
export const nobody = `system:serviceaccount:${namespace}:nobody`
export const node = "system:node:node-1"

/** The recordings replace each UID by one of these. */
export const uid = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`

const accounts = { agent: 4, app: 1, denied: 5, lister: 14, nobody: 15, other: 16, throttled: 17, unused: 18 }

const pods = [
  ["web", 2, "app", "node-1", []],
  ["unscheduled", 6, "app", undefined, []],
  ["nodeless", 7, "app", "node-missing", []],
  ["elsewhere", 8, "app", "node-2", []],
  ["as-other", 10, "other", "node-1", []],
  ["vol", 11, "app", "node-1", ["volume-audience"]],
  ["vol-default", 12, "app", "node-1", [""]],
  ["web-2", 13, "app", "node-1", []]
] as const

/** The cluster that the recordings were made in. */
export const populate = Effect.fnUntraced(function*(api: Api) {
  for (const [name, number] of Object.entries(accounts)) {
    yield* api.setAccount({
      namespace,
      name,
      uid: uid(number),
      ...(name === "app"
        ? { annotations: { "example.com/role": "reader", "example.com/empty": "" }, imagePullSecrets: ["regcred"] }
        : {})
    })
  }
  for (const [name, number, serviceAccountName, nodeName, tokenAudiences] of pods) {
    yield* api.setPod({
      namespace,
      name,
      uid: uid(number),
      serviceAccountName,
      ...(nodeName === undefined ? {} : { nodeName }),
      imagePullSecrets: ["regcred"],
      tokenAudiences
    })
  }
  yield* api.setSecret({
    namespace,
    name: "regcred",
    uid: uid(3),
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": `{"auths":{"registry.example.com":{"auth":"dXNlcjpleGFtcGxlLXBhc3N3b3Jk"}}}` }
  })
})

export interface Sent {
  readonly method?: string
  /** As it goes on the wire: neither escaped nor cleaned. */
  readonly path: string
  readonly token?: Redacted.Redacted | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly agent?: Http.Agent
  /** For `https`. */
  readonly tls?: Pick<Https.RequestOptions, "ca" | "cert" | "key">
}

export interface Received {
  readonly status: number
  readonly headers: Http.IncomingHttpHeaders
  readonly text: string
}

export class Lost extends Error {
  override readonly name = "Lost"
}

const codeOf = (error: Error): string => "code" in error ? String(error.code) : error.message

/** One request; `Lost`, with the system's code, if no answer comes. */
export const send = (server: string, { agent, body, headers, method = "GET", path, tls, token }: Sent) =>
  Effect.callback<Received, Lost>((resume) => {
    const { hostname, port, protocol } = new URL(server)
    const request = (protocol === "https:" ? Https : Http).request({
      ...tls,
      hostname,
      port,
      path,
      method,
      ...(agent === undefined ? {} : { agent }),
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
        ...(token === undefined ? {} : { authorization: `Bearer ${Redacted.value(token)}` })
      }
    }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString()
        resume(Effect.succeed({ status: response.statusCode ?? 0, headers: response.headers, text }))
      })
    })
    request.on("error", (error) => resume(Effect.fail(new Lost(codeOf(error)))))
    request.end(body)
    return Effect.sync(() => request.destroy())
  })
