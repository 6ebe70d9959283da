/** Kubeconfigs with each kind of credentials, before servers that say them back. */
import { ServiceAccounts, ServiceAccountTokens } from "@credlet/core"
import { Kubernetes } from "@credlet/node"
import { FakeApiServer } from "@credlet/testing"
import { assert } from "@effect/vitest"
import { ConfigProvider, Effect, Result } from "effect"
import * as Path from "node:path"
import { canaryOf } from "../slots.ts"
import { client, clientCertificate, clientKey, kubeconfigOf, namespace, podAgent } from "../support/cluster.ts"
import * as KubeServer from "../support/kubeServer.ts"
import { basic, exec, idTokenUser } from "../support/kubeUsers.ts"
import type { Watch } from "../support/watch.ts"
import { World } from "../support/world.ts"
import * as Scene from "./scene.ts"

/** Asks for a service account and for a token of it, as a lookup does, with all that both say. */
export const ask = (watch: Watch, where: string, options: Kubernetes.Options, name = "builder") =>
  watch.run(
    where,
    Effect.gen(function*() {
      const accounts = yield* ServiceAccounts.ServiceAccounts
      const tokens = yield* ServiceAccountTokens.ServiceAccountTokens
      const serviceAccount = { namespace, name, uid: "1" }
      const pod = { name: "web", uid: "1" }
      const results = yield* Effect.all([
        Effect.result(Effect.asVoid(accounts.get(namespace, name))),
        Effect.result(Effect.asVoid(tokens.get({ serviceAccount, pod, audience: "registry.example" })))
      ])
      const failures = results.flatMap((result) => Result.isFailure(result) ? [result.failure] : [])
      for (const failure of failures) watch.show("error", where, failure)
      return failures
    }).pipe(Effect.provide(Kubernetes.layer(options)))
  )

const readers = ["missing", "quotes"] as const

const callersOf = ({ fake }: World["Service"]["cluster"]) =>
  Effect.map(fake.requests, (requests) => requests.map(({ caller }) => caller))

const headers = Scene.make(
  "servers that say back what stands in the Authorization header",
  ["kubeToken", "kubeTokenFile", "kubePassword", "kubeUsername", "kubeIdToken", "kubeRefreshToken"],
  Effect.fnUntraced(function*(watch) {
    const { cluster, write } = yield* World
    const server = yield* KubeServer.make
    const tokenFile = write("kube/token", canaryOf("kubeTokenFile"))
    const users: ReadonlyArray<readonly [object, ReadonlyArray<KubeServer.AnswerName>]> = [
      [{ token: cluster.token }, KubeServer.answerNames],
      [basic, KubeServer.answerNames],
      [{ tokenFile }, readers],
      [idTokenUser, readers]
    ]
    for (const [at, [user, answers]] of users.entries()) {
      yield* Effect.forEach(answers, (answer) => {
        const text = kubeconfigOf(`${server.server}/${answer}`, user, KubeServer.unchecked)
        return ask(watch, answer, { kubeconfig: write(`kube/headers-${at}-${answer}`, text) })
      }, { concurrency: 3 })
    }
    const shown = server.authorizations()
    return {
      kubeToken: shown,
      kubeTokenFile: shown,
      kubePassword: shown,
      kubeUsername: shown,
      kubeIdToken: shown,
      kubeRefreshToken: JSON.stringify(idTokenUser)
    }
  })
)

const execs = Scene.make(
  "an exec plugin",
  ["kubeExecToken", "kubeExecEnv", "kubeExecArgs", "kubeExecConfig", "kubeExecStderr"],
  Effect.fnUntraced(function*(watch) {
    const { write } = yield* World
    const server = yield* KubeServer.make
    const plugin = exec(write, "good-exec", "answer; echo \"$stderr\" >&2")
    const stderr: Array<string> = []
    for (const answer of readers) {
      const kubeconfig = kubeconfigOf(`${server.server}/${answer}`, plugin.user, {
        ...KubeServer.unchecked,
        ...plugin.cluster
      })
      yield* ask(watch, answer, {
        kubeconfig: write(`kube/exec-${answer}`, kubeconfig),
        onExecStderr: (bytes) => stderr.push(Buffer.from(bytes).toString("utf8"))
      })
    }
    return {
      kubeExecToken: server.authorizations(),
      kubeExecEnv: plugin.captured("env"),
      kubeExecArgs: plugin.captured("args"),
      kubeExecConfig: plugin.captured("env"),
      kubeExecStderr: stderr.join("")
    }
  })
)

const answerOf = (status: object): string =>
  JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1", status })

const badExecs = Scene.make(
  "exec plugins that fail or answer wrongly",
  ["kubeExecStdout", "kubeExecAnswer", "kubeExecKey"],
  Effect.fnUntraced(function*(watch) {
    const { write } = yield* World
    const server = yield* KubeServer.make
    const fails = exec(write, "fails", "answer; env >&2; exit 1", canaryOf("kubeExecStdout"))
    const lies = exec(write, "lies", "answer", answerOf({ token: [canaryOf("kubeExecAnswer")] }))
    const key = { clientCertificateData: "x", clientKeyData: canaryOf("kubeExecKey") }
    const hasKey = exec(write, "has-key", "answer", answerOf(key))
    for (const { cluster, name, user } of [fails, lies, hasKey]) {
      const kubeconfig = kubeconfigOf(server.server, user, { ...KubeServer.unchecked, ...cluster })
      const failures = Scene.valueOf(yield* ask(watch, name, { kubeconfig: write(`kube/${name}`, kubeconfig) }))
      assert.lengthOf(failures, 2)
    }
    return {
      kubeExecStdout: fails.captured("stdout"),
      kubeExecAnswer: lies.captured("stdout"),
      kubeExecKey: hasKey.captured("stdout")
    }
  })
)

const proxies = Scene.make(
  "a proxy that wants a password",
  ["kubeProxy", "proxyVariable"],
  Effect.fnUntraced(function*(watch) {
    const { write } = yield* World
    const server = yield* KubeServer.make
    const configured = { ...KubeServer.unchecked, "proxy-url": server.proxy(canaryOf("kubeProxy")) }
    const kubeconfig = write("kube/proxy", kubeconfigOf(server.server, basic, configured))
    assert.lengthOf(Scene.valueOf(yield* ask(watch, "proxy-url", { kubeconfig })), 2)

    // Loopback needs no proxy; of this host only the proxy would hear.
    const far = write("kube/far", kubeconfigOf("https://kubernetes.example", basic, KubeServer.unchecked))
    const environment = { HTTPS_PROXY: server.proxy(canaryOf("proxyVariable")) }
    const asked = ask(watch, "HTTPS_PROXY", { kubeconfig: far }).pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(environment))
    )
    assert.lengthOf(Scene.valueOf(yield* asked), 2)
    const shown = server.proxyAuthorizations()
    return { kubeProxy: shown, proxyVariable: shown }
  })
)

/** What is not sent as it is can't be seen to arrive; but the server knows who has it. */
const identities = Scene.make(
  "a client certificate, and a token that is mounted into a pod",
  ["kubeClientKey", "inClusterToken"],
  Effect.fnUntraced(function*(watch) {
    const { cluster, write } = yield* World
    const { cert, key } = FakeApiServer.certificates.client
    const files = { "client-certificate": write("kube/cert.pem", cert), "client-key": write("kube/key.pem", key) }
    for (const [name, user] of Object.entries({ data: clientCertificate, files })) {
      const kubeconfig = write(`kube/certificate-${name}`, kubeconfigOf(cluster.fake.server, user))
      yield* ask(watch, name, { kubeconfig })
    }

    const mounted = write("pod/token", cluster.mountedToken)
    write("pod/ca.crt", FakeApiServer.certificates.ca)
    const { hostname, port } = new URL(cluster.fake.server)
    const environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port }
    yield* ask(watch, "pod", { inCluster: { directory: Path.dirname(mounted) } }).pipe(
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(environment))
    )
    const callers = yield* callersOf(cluster)
    return {
      kubeClientKey: callers.includes(client) ? clientKey : "",
      inClusterToken: callers.includes(podAgent) ? cluster.mountedToken : ""
    }
  })
)

const oddTokens = Scene.make(
  "an answer to a request for a token that can't be read",
  ["tokenAnswer"],
  Effect.fnUntraced(function*(watch) {
    const { cluster, kubeconfig } = yield* World
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/odd/token`
    const canary = canaryOf("tokenAnswer")
    const bodies = [
      JSON.stringify({ status: { token: [canary] } }),
      JSON.stringify({ status: { token: canary, expirationTimestamp: canary } }),
      JSON.stringify({ status: { token: canary } }).slice(0, -3),
      canary
    ]
    for (const body of bodies) {
      yield* cluster.answer(path, body)
      assert.lengthOf(Scene.valueOf(yield* ask(watch, "odd token", { kubeconfig }, "odd")), 2)
    }
    return { tokenAnswer: bodies.join("\n") }
  })
)

export const scenes: ReadonlyArray<Scene.Scene> = [headers, execs, badExecs, proxies, identities, oddTokens]
