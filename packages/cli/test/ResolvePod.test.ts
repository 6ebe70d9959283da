/** `credlet resolve` for a pod, as its users see it: real processes, and an API server over TLS. */
import { FakeApiServer } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import * as Cluster from "./support/cluster.ts"
import { config, credlet, directory, type Files, oneByOne, plugin, provider, script } from "./support/credlet.ts"

const tokenAttributes = {
  serviceAccountTokenAudience: "registry",
  cacheType: "ServiceAccount",
  requireServiceAccount: true,
  requiredServiceAccountAnnotationKeys: ["id.example/role"]
}

/** Keeps what it was asked beside itself. */
const ofAccount = plugin({ "registry.example": { username: "of-account", password: "s3cret-account" } })
  .replace("cat > /dev/null", "cat > \"$0.request\"")

const files: Files = {
  "providers.yaml": config(
    provider("account", ["registry.example"], { tokenAttributes }),
    provider("plain", ["registry.example/team"])
  ),
  "bin/account": ofAccount,
  "bin/plain": plugin({ "registry.example/team": { username: "of-plain", password: "s3cret-plain" } })
}

const always = ["resolve", "registry.example/team/app", "--config", "providers.yaml", "--bin-dir", "bin"]

const setUp = Effect.fnUntraced(
  function*(kubeconfig: (cluster: Cluster.Cluster) => string = (made) => made.kubeconfig) {
    const cluster = yield* Cluster.make
    const dir = yield* directory({ ...files, "cluster.yaml": kubeconfig(cluster) })
    const resolve = (args: ReadonlyArray<string>) => credlet(dir, [...always, "--kubeconfig", "cluster.yaml", ...args])
    const byHand = [
      "--namespace",
      "team",
      "--service-account",
      "builder",
      "--pod-name",
      "web",
      "--pod-uid",
      cluster.podUid
    ]
    const asked = Effect.promise(async () =>
      JSON.parse(await Fs.readFile(Path.join(dir, "bin/account.request"), "utf8"))
    )
    return { ...cluster, dir, resolve, byHand, asked }
  }
)

const claims = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString())

const table = (...rows: ReadonlyArray<string>) => ["registry.example/team/app", ...rows, ""].join("\n")

const onlyPlain = table(
  "  #  LOCATION               USERNAME  SOURCE  PASSWORD",
  "  1  registry.example/team  of-plain  plain   ********"
)

describe("credlet resolve --pod", oneByOne, () => {
  it.live("RING-1, SA-12…19: pull secrets first; the plugin gets the pod's token and the annotations", () =>
    Effect.gen(function*() {
      const { asked, fake, podUid, resolve } = yield* setUp()
      assert.deepStrictEqual(yield* resolve(["--pod", "team/web"]), {
        exitCode: 0,
        stdout: table(
          "  #  LOCATION               USERNAME    SOURCE                   PASSWORD",
          "  1  registry.example       of-secret   secret team/regcred      ********",
          "  2  registry.example/team  of-plain    plain                    ********",
          "  3  registry.example       of-account  account as team/builder  ********"
        ),
        stderr: ""
      })
      const { serviceAccountAnnotations, serviceAccountToken } = yield* asked
      assert.deepStrictEqual(serviceAccountAnnotations, { "id.example/role": "reader" })
      const { aud, sub, "kubernetes.io": of } = claims(serviceAccountToken)
      assert.deepStrictEqual([aud, sub, of.pod], [
        ["registry"],
        "system:serviceaccount:team:builder",
        { name: "web", uid: podUid }
      ])
      assert.deepStrictEqual((yield* fake.requests).map(({ method, path }) => `${method} ${path}`), [
        "GET /api/v1/namespaces/team/pods/web",
        "GET /api/v1/namespaces/team/secrets/regcred",
        "GET /api/v1/namespaces/team/serviceaccounts/builder",
        "POST /api/v1/namespaces/team/serviceaccounts/builder/token"
      ])
    }))

  it.live("SA-3: a static pod has no service account", () =>
    Effect.gen(function*() {
      const { resolve } = yield* setUp()
      assert.deepStrictEqual(yield* resolve(["--pod", "team/static"]), {
        exitCode: 0,
        stdout: onlyPlain,
        stderr:
          "warning: provider \"account\" was not asked: it answers only for a pod's service account, which the pod " +
          "team/static does not have; next: look up for a pod that has a service account, or set " +
          "requireServiceAccount: false in the provider's tokenAttributes\n"
      })
    }))

  it.live("SECRET-1: pull secrets that can't be had are warnings, which tell what a node would do", () =>
    Effect.gen(function*() {
      const { fake, resolve } = yield* setUp()
      yield* fake.setSecret({ namespace: "team", name: "hidden" })
      yield* fake.setPod({ namespace: "team", name: "poor", imagePullSecrets: ["missing", "hidden", "regcred"] })
      yield* fake.setAccount({ namespace: "team", name: "default" })
      const run = yield* resolve(["--pod", "team/poor", "--output", "json", "--show-secrets"])
      assert.strictEqual(run.exitCode, 0)
      const { images: [image], pod } = JSON.parse(run.stdout)
      assert.strictEqual(pod.podName, "poor")
      assert.deepStrictEqual(image.credentials.map(({ password }: { readonly password: string }) => password), [
        "s3cret-secret",
        "s3cret-plain"
      ])
      assert.deepStrictEqual(image.credentials[0].source.type, "pullSecret")
      const [missing, hidden, annotation] = run.stderr.split("\n")
      assert.match(missing ?? "", /^warning: could not get secret team\/missing: .*; a node does without it too$/)
      assert.match(hidden ?? "", /^warning: could not get secret team\/hidden: .* RBAC .*; a node may have credentials/)
      assert.match(
        annotation ?? "",
        /^warning: provider "account" was not asked: it requires the annotation "id.example\/role", which /
      )
    }))

  it.live("SECRET-3: a pull secret that counts but can't be read is a failure, and is not quoted", () =>
    Effect.gen(function*() {
      const { fake, resolve } = yield* setUp()
      const data = { ".dockerconfigjson": "{\"auths\": s3cret" }
      yield* fake.setSecret({ namespace: "team", name: "broken", type: "kubernetes.io/dockerconfigjson", data })
      yield* fake.setPod({ namespace: "team", name: "web", imagePullSecrets: ["regcred", "broken"] })
      const run = yield* resolve(["--pod", "team/web"])
      assert.deepStrictEqual([run.exitCode, run.stdout], [1, ""])
      assert.match(run.stderr, /^error: the pull secret team\/broken, key \.dockerconfigjson: [^\n]*\n$/)
      assert.notInclude(run.stderr, "s3cret")
    }))

  it.live("TR-11, TR-45: a pod that is not there, or must not be read, is a failure", () =>
    Effect.gen(function*() {
      const { fake, resolve } = yield* setUp()
      assert.deepStrictEqual(yield* resolve(["--pod", "team/none"]), {
        exitCode: 1,
        stdout: "",
        stderr: "error: could not get pod team/none: there is no such pod (HTTP status 404): pods \"none\" not found\n"
      })
      yield* fake.setCaller("system:serviceaccount:credlet:agent", [])
      const refused = yield* resolve(["--pod", "team/web"])
      assert.deepStrictEqual([refused.exitCode, refused.stdout], [1, ""])
      assert.match(
        refused.stderr,
        /^error: could not get pod team\/web: [^\n]* RBAC [^\n]*\(HTTP status 403\)[^\n]*\n$/
      )
    }))

  it.live("KUBE-13: what an exec plugin writes to its stderr is shown, and its token never", () =>
    Effect.gen(function*() {
      const { dir, resolve, token } = yield* setUp(({ fake }) =>
        Cluster.kubeconfig(fake.server, {
          exec: { apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never", command: "./bin/login" }
        })
      )
      const status = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential", status: { token } }
      const login = script(`echo "sign in at https://login.example" >&2\necho '${JSON.stringify(status)}'`)
      yield* Effect.promise(() => Fs.writeFile(Path.join(dir, "bin/login"), login, { mode: 0o755 }))
      const run = yield* resolve(["--pod", "team/web", "--log-level", "trace"])
      const lines = run.stderr.trimEnd().split("\n")
      assert.deepStrictEqual(
        [run.exitCode, lines.filter((line) => !/^(debug|trace): /.test(line))],
        [0, ["sign in at https://login.example"]]
      )
      assert.include(run.stdout, "of-account")
      assert.notInclude(run.stdout + run.stderr, token)
    }))

  it.live("a client of API servers is loaded only for a pod", () =>
    Effect.gen(function*() {
      const dir = yield* directory({
        ...files,
        "probe.mjs": `
          import { registerHooks } from "node:module"
          registerHooks({
            load(url, context, next) {
              if (/undici|NodeHttpClient|kubernetes/i.test(url)) console.error("loaded", url)
              return next(url, context)
            }
          })`
      })
      const env = { NODE_OPTIONS: `--import=${Path.join(dir, "probe.mjs")}` }
      const without = yield* credlet(dir, always, env)
      assert.deepStrictEqual([without.exitCode, without.stdout], [0, onlyPlain])
      assert.notInclude(without.stderr, "loaded")
      const withPod = yield* credlet(dir, [...always, "--pod", "team/web", "--kubeconfig", "none.yaml"], env)
      assert.include(withPod.stderr, "loaded")
    }))
})

describe("credlet resolve for a pod given by hand", oneByOne, () => {
  it.live("SA-12…19: only its service account and token are asked for; there are no pull secrets", () =>
    Effect.gen(function*() {
      const { asked, byHand, fake, podUid, resolve } = yield* setUp()
      const run = yield* resolve(byHand)
      assert.deepStrictEqual([run.exitCode, run.stderr], [0, ""])
      assert.deepStrictEqual(run.stdout.match(/of-\w+/g), ["of-plain", "of-account"])
      assert.strictEqual(claims((yield* asked).serviceAccountToken)["kubernetes.io"].pod.uid, podUid)
      assert.deepStrictEqual((yield* fake.requests).map(({ method }) => method), ["GET", "POST"])
    }))

  /** What is wrong, the text of the failure, and whether the server was there to be asked. */
  const bad: ReadonlyArray<readonly [string, (cluster: Cluster.Cluster, gone: string) => string, RegExp]> = [
    [
      "nobody listens",
      ({ token }, gone) => Cluster.kubeconfig(gone, { token }),
      /could not get serviceaccount team\/builder: the API server can't be reached: .*ECONNREFUSED/
    ],
    [
      "the kubeconfig has no current context",
      ({ fake, token }) => Cluster.kubeconfig(fake.server, { token }, { "current-context": "" }),
      /cluster\.yaml: current-context is not set/
    ],
    [
      "the context names a user that is not there",
      ({ fake }) => Cluster.kubeconfig(fake.server, {}, { users: [] }),
      /cluster\.yaml:\d+:\d+: context "test": .* user "test"/
    ],
    [
      "the client certificate has expired",
      ({ fake }) => Cluster.kubeconfig(fake.server, Cluster.certificateUser(FakeApiServer.certificates.expiredClient)),
      /could not get serviceaccount team\/builder: .*certificate/
    ]
  ]

  for (const [what, kubeconfig, text] of bad) {
    it.live(`${what}: a failure of that provider alone; with --pod, of all`, () =>
      Effect.gen(function*() {
        const gone = yield* Cluster.deserted
        const { byHand, resolve, token } = yield* setUp((cluster) => kubeconfig(cluster, gone))
        const alone = yield* resolve(byHand)
        assert.deepStrictEqual([alone.exitCode, alone.stdout], [0, onlyPlain])
        assert.match(alone.stderr, /^warning: provider "account" failed: [^\n]*; next: [^\n]*\n$/)
        assert.match(alone.stderr, text)
        const all = yield* resolve(["--pod", "team/web"])
        assert.deepStrictEqual([all.exitCode, all.stdout], [1, ""])
        assert.match(all.stderr, /^error: [^\n]*\n$/)
        assert.notInclude(alone.stderr + all.stderr, token)
      }))
  }

  it.live("a server that answers HTML: the same, and the page is not shown", () =>
    Effect.gen(function*() {
      const { byHand, fake, resolve } = yield* setUp()
      yield* fake.intercept(FakeApiServer.html())
      const alone = yield* resolve(byHand)
      assert.deepStrictEqual([alone.exitCode, alone.stdout], [0, onlyPlain])
      assert.match(
        alone.stderr,
        /^warning: provider "account" failed: [^\n]*not (?:the|an) API server's[^\n]*; next: check the API server's address[^\n]*\n$/
      )
      assert.notInclude(alone.stderr, "<")
    }))

  it.live("exits with 2 for flags that make no sense together, before anything is run", () =>
    Effect.gen(function*() {
      const dir = yield* directory({})
      const args = [
        "resolve",
        "busybox",
        "--config",
        "none",
        "--bin-dir",
        "none",
        "--pod",
        "team/web",
        "--pod-uid",
        "u"
      ]
      const run = yield* credlet(dir, args)
      assert.deepStrictEqual([run.exitCode, run.stdout], [2, ""])
      assert.match(run.stderr, /^error: --pod and --pod-uid: [^\n]*\n\nUsage: /)
    }))
})
