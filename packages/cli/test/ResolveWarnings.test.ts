/** What `credlet resolve` says of providers that gave nothing: a line each on stderr. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { config, credlet, directory, oneByOne, plugin, provider, script } from "./support/credlet.ts"

const resolve = (dir: string, args: ReadonlyArray<string>) =>
  credlet(dir, ["resolve", "--config", "providers.yaml", "--bin-dir", "bin", ...args])

describe("credlet resolve, where providers fail", oneByOne, () => {
  it.live("RESP-40: plugins that fail are warnings, whatever they do, if another one has credentials", () =>
    Effect.gen(function*() {
      const names = ["exits", "rubbish", "silent", "dies", "leaks", "static"]
      const dir = yield* directory({
        "providers.yaml": config(
          ...names.map((name) =>
            provider(name, ["registry.example"], { env: [{ name: "API_KEY", value: "hunter2-hunter2" }] })
          )
        ),
        "bin/exits": script("echo \"no route to the registry\" >&2; echo \"key: $API_KEY\" >&2; exit 7"),
        "bin/rubbish": script("echo '<html>hunter2-hunter2</html>'"),
        "bin/silent": script(":"),
        "bin/dies": script("kill -KILL $$"),
        "bin/leaks": script(
          `echo '{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1",` +
            `"cacheKeyType":"Image","auth":{"registry.example":{"username":"u","password":["hunter2-hunter2"]}}}'`
        ),
        "bin/static": plugin({ "registry.example": { username: "robot", password: "s3cret" } })
      })
      const run = yield* resolve(dir, ["registry.example/app"])
      assert.deepStrictEqual([run.exitCode, run.stdout], [
        0,
        `\
registry.example/app
  #  LOCATION          USERNAME  SOURCE  PASSWORD
  1  registry.example  robot     static  ********
`
      ])
      const lines = run.stderr.trimEnd().split("\n")
      assert.deepStrictEqual(lines.map((line) => line.replace(/(can't be used): .*/, "$1")), [
        "warning: provider \"exits\" failed: the plugin exited with status 7; the last that it wrote is \"key: <redacted>\"; " +
        "next: see what it wrote, or run it by hand with the same request on stdin",
        "warning: provider \"rubbish\" failed: the plugin's answer can't be used",
        "warning: provider \"silent\" failed: the plugin's answer can't be used",
        "warning: provider \"dies\" failed: the plugin was killed by SIGKILL; next: see whether the system ran out of " +
        "memory (dmesg), or who else stopped it",
        "warning: provider \"leaks\" failed: the plugin's answer can't be used"
      ])
      assert.match(lines.at(-1) ?? "", /; next: .*; see credlet explain registry\.example\/app$/)
      assert.strictEqual(run.stderr.split("see credlet explain").length, 2)
      assert.notInclude(run.stderr, "hunter2")
    }))

  it.live("is a failure if nobody has credentials because a plugin failed", () =>
    Effect.gen(function*() {
      const dir = yield* directory({
        "providers.yaml": config(provider("bad", ["registry.example"]), provider("empty", ["registry.example"])),
        "bin/bad": script("echo oops >&2; exit 1"),
        "bin/empty": plugin({})
      })
      assert.deepStrictEqual(yield* resolve(dir, ["registry.example/app"]), {
        exitCode: 1,
        stdout: "",
        stderr: `\
warning: provider "bad" failed: the plugin exited with status 1; it wrote "oops"; next: see what it wrote, or run it by \
hand with the same request on stdin; see credlet explain registry.example/app
error: no credentials for registry.example/app: provider "bad" failed; no other provider has any
`
      })
      const quieter = yield* resolve(dir, ["registry.example/app", "--log-level", "error"])
      assert.strictEqual(
        quieter.stderr,
        "error: no credentials for registry.example/app: provider \"bad\" failed; no other provider has any\n"
      )
    }))

  it.live("SA-10: exits with 3 if an image has no credentials, and says why; JSON is complete all the same", () =>
    Effect.gen(function*() {
      const tokenAttributes = {
        serviceAccountTokenAudience: "registry",
        cacheType: "ServiceAccount",
        requireServiceAccount: true
      }
      const dir = yield* directory({
        "providers.yaml": config(provider("sa", ["registry.example"], { tokenAttributes })),
        "bin/sa": script("echo 'must not run' >&2; exit 1")
      })
      const run = yield* resolve(dir, ["registry.example/app", "alpine", "--output", "json"])
      assert.deepStrictEqual({ ...run, stdout: JSON.parse(run.stdout) }, {
        exitCode: 3,
        stdout: {
          images: [
            {
              image: "registry.example/app",
              repository: "registry.example/app",
              credentials: [],
              providers: {
                matched: ["sa"],
                skipped: [{ provider: "sa", reason: "ServiceAccountRequired" }],
                failed: [],
                unusable: []
              }
            },
            {
              image: "alpine",
              repository: "docker.io/library/alpine",
              credentials: [],
              providers: { matched: [], skipped: [], failed: [], unusable: [] }
            }
          ]
        },
        stderr: `\
warning: provider "sa" was not asked for registry.example/app: it answers only for a pod's service account, and no pod \
was given; next: give --pod NAMESPACE/NAME
error: no credentials for registry.example/app: no provider was asked that matches it
error: no credentials for alpine: no provider's matchImages matches docker.io/library/alpine, so a node would \
pull it anonymously; next: if it needs credentials, add "docker.io" to the matchImages of a provider in providers.yaml; \
see credlet explain alpine
`
      })
    }))

  it.live("LOG-2: a failure is said once at every level; the library's other lines have their fields in one line", () =>
    Effect.gen(function*() {
      const dir = yield* directory({
        "providers.yaml": config(provider("bad", ["registry.example"])),
        "bin/bad": script("printf 'odd \\033[2Jwords\\nerror: forged\\n' >&2; exit 1")
      })
      const { stderr } = yield* resolve(dir, ["registry.example/app", "--log-level", "trace"])
      assert.deepStrictEqual(stderr.split("\n"), [
        "debug: a credential provider is registered provider=bad",
        "trace: a credential provider plugin is about to be run pluginName=bad image=registry.example/app",
        "warning: provider \"bad\" failed: the plugin exited with status 1; the last that it wrote is \"error: forged\"; " +
        "next: see what it wrote, or run it by hand with the same request on stdin; " +
        "see credlet explain registry.example/app",
        "error: no credentials for registry.example/app: provider \"bad\" failed",
        ""
      ])
    }))
})
