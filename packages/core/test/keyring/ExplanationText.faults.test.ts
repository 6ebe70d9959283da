/** The ten mistakes that people make most, each with the tree from which they have to see it. */
import * as PluginProtocol from "@credlet/core/plugin/PluginProtocol"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Result } from "effect"
import { pod, provider, tokenAttributes } from "../provider/providers.ts"
import { explain, failing, gives, inTree } from "./explaining.ts"

const image = "registry.example/team/app:1.0"
const v1 = "credentialprovider.kubelet.k8s.io/v1"

const wrongVersion = {
  _tag: "WrongApiVersion",
  expected: v1,
  actual: "credentialprovider.kubelet.k8s.io/v1beta1",
  stderr: ""
} as const

const team = provider("team", { matchImages: ["registry.example"] })

/** What reading an answer comes to. */
const reading = (text: string) => {
  const read = PluginProtocol.decodeResponse(v1, new TextEncoder().encode(text))
  assert(Result.isFailure(read))
  return read.failure
}

describe("ExplanationText: planted faults", () => {
  it.effect("a wrong port in a pattern", () =>
    Effect.gen(function*() {
      const tree = yield* explain({
        providers: [provider("team", { matchImages: ["*.registry.example", "registry.example:5000"] })]
      }, image)
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "team": not asked, because no pattern matches
        │    registry.example:5000: port 5000 in the pattern, the image has none
        │    *.registry.example: 3 labels in the pattern, the image's host has 2
        └─ no credentials: a node would pull anonymously
             next: if the image needs credentials, mend "registry.example:5000" of provider "team", or add
               "registry.example" to the matchImages of the provider that has them
      `
      )
    }))

  it.effect("a slip of the pen in the image's host, or in the pattern", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* explain(
          { providers: [provider("team", { matchImages: ["registry.example"] })] },
          "regsitry.example/app"
        ),
        inTree`
        regsitry.example/app
        ├─ provider "team": not asked, because its pattern does not match
        │    registry.example: "registry" in the pattern, "regsitry" in the image's host
        └─ no credentials: a node would pull anonymously
             next: is the image's name misspelt: registry.example? If not, mend "registry.example" of
               provider "team", or add "regsitry.example" to the right provider's matchImages
      `
      )
    }))

  it.effect("of a slip in the host and one beside the host, the latter is the one to mend", () =>
    Effect.gen(function*() {
      const tree = yield* explain({
        providers: [
          provider("far", { matchImages: ["regsitry.example"] }),
          provider("team", { matchImages: ["registry.example:5000"] })
        ]
      }, image)
      assert.include(
        tree,
        "next: if the image needs credentials, mend \"registry.example:5000\" of provider \"team\", or"
      )
    }))

  it.effect("a glob in a path", () =>
    Effect.gen(function*() {
      const tree = yield* explain(
        { providers: [provider("team", { matchImages: ["registry.example/team/*"] })] },
        image
      )
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "team": not asked, because its pattern does not match
        │    registry.example/team/*: "*" in a path is no wildcard: the image's path would have to start
        │      with /team/*
        └─ no credentials: a node would pull anonymously
             next: if the image needs credentials, mend "registry.example/team/*" of provider "team", or add
               "registry.example" to the matchImages of the provider that has them
      `
      )
    }))

  it.effect("EXEC-9: the plugin is not there", () =>
    Effect.gen(function*() {
      const path = "/usr/libexec/credential-provider/team"
      const tree = yield* explain({
        providers: [team],
        plugins: { team: failing("team", { _tag: "NotFound", path }) }
      }, image)
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    failed: there is no plugin /usr/libexec/credential-provider/team
        │    next: put an executable named "team" into the directory with the plugins, or mend the
        │      provider's name
        └─ no credentials: a node would pull anonymously
      `
      )
    }))

  it.effect("EXEC-9: the plugin may not be executed", () =>
    Effect.gen(function*() {
      const path = "/usr/libexec/credential-provider/team"
      const tree = yield* explain({
        providers: [team],
        plugins: { team: failing("team", { _tag: "NotExecutable", path }) }
      }, image)
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    failed: the plugin /usr/libexec/credential-provider/team may not be executed
        │    next: run chmod +x on it, and check that its directories may be searched
        └─ no credentials: a node would pull anonymously
      `
      )
    }))

  it.effect("that it was not started is said once; that it was tried for long, too", () =>
    Effect.gen(function*() {
      const cause = "the plugin /bin/team could not be started (EIO)"
      const treeOf = (reason: Parameters<typeof failing>[1]) =>
        explain({
          providers: [team],
          plugins: { team: Effect.delay(failing("team", reason), "3 seconds") }
        }, image)
      const once = yield* treeOf({ _tag: "StartFailed", path: "/bin/team", code: "EIO" })
      assert.include(once, `globally\n│    failed: ${cause}\n`)
      assert.include(
        yield* treeOf({ _tag: "Busy", path: "/bin/team" }),
        "globally\n│    plugin: tried to start it for 3 s\n│    failed: the plugin /bin/team is being written\n"
      )
    }))

  it.effect("EXEC-11: the plugin exits with status 1 and says why", () =>
    Effect.gen(function*() {
      const stderr = "time=06:22 level=debug msg=\"reading identity\"\nerror: no instance role is attached\n"
      const tree = yield* explain({
        providers: [provider("ecr", { matchImages: ["*.dkr.registry.example"] }), team],
        plugins: { team: Effect.delay(failing("team", { _tag: "Exited", code: 1, stderr }), "1.2 seconds") }
      }, image)
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "ecr": not asked, because its pattern does not match
        │    *.dkr.registry.example: 4 labels in the pattern, the image's host has 2
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: ran 1.2 s
        │    failed: the plugin exited with status 1
        │    its stderr:
        │      time=06:22 level=debug msg="reading identity"
        │      error: no instance role is attached
        │    next: see what it wrote, or run it by hand with the same request on stdin
        └─ no credentials: a node would pull anonymously
      `
      )
    }))

  for (
    const [reason, cause] of [
      [{ _tag: "Killed", signal: "SIGKILL", stderr: "" }, "the plugin was killed by SIGKILL"],
      [
        { _tag: "OutputTooLarge", stream: "stdout", limit: 1000, stderr: "" },
        "the plugin wrote more than 1000 bytes to stdout and was stopped"
      ]
    ] as const
  ) {
    it.effect(`how it ended is said once, also by ${reason._tag}`, () =>
      Effect.gen(function*() {
        const tree = yield* explain({
          providers: [team],
          plugins: { team: Effect.delay(failing("team", reason), "1 second") }
        }, image)
        assert.include(tree, `│    plugin: ran 1 s\n│    failed: ${cause}\n│    next: `)
      }))
  }

  it.effect("EXEC-8: the plugin hangs", () =>
    Effect.gen(function*() {
      const deadline = Duration.minutes(1)
      const tree = yield* explain({
        providers: [team],
        plugins: { team: Effect.delay(failing("team", { _tag: "TimedOut", deadline, stderr: "" }), deadline) }
      }, image)
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: ran 1 min
        │    failed: the plugin did not answer within 1m and was stopped
        │    next: run the plugin by hand with the same request on stdin, and see what it waits for, most
        │      often the network
        └─ no credentials: a node would pull anonymously
      `
      )
    }))

  it.effect("RESP-2: the plugin answers in another apiVersion", () =>
    Effect.gen(function*() {
      const tree = yield* explain({
        providers: [team],
        plugins: { team: Effect.delay(failing("team", wrongVersion), "350 millis") }
      }, image)
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: ran 350 ms and answered
        │    failed: the plugin was asked in credentialprovider.kubelet.k8s.io/v1, but its answer is in
        │      credentialprovider.kubelet.k8s.io/v1beta1
        │    next: let the plugin answer in the apiVersion of the request, or set the provider's apiVersion
        │      to the one it answers in
        └─ no credentials: a node would pull anonymously
      `
      )
    }))

  it.effect("RESP-1: the plugin answers with rubbish", () =>
    Effect.gen(function*() {
      const response = reading("Warning: token is old\n{\"kind\": …")
      const tree = yield* explain({
        providers: [team],
        plugins: { team: Effect.delay(failing("team", { _tag: "BadOutput", response, stderr: "" }), "350 millis") }
      }, image)
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "team": asked, because registry.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: ran 350 ms and answered
        │    failed: the plugin's answer can't be used: it is not one JSON object: line 1, column 1:
        │      expected "{", but the output begins with something else, such as logs
        │    next: let the plugin write one JSON object to stdout and nothing else; logs belong on stderr
        └─ no credentials: a node would pull anonymously
      `
      )
    }))

  it.effect("SA-13: a required annotation is missing", () =>
    Effect.gen(function*() {
      const attributes = tokenAttributes({
        requiredServiceAccountAnnotationKeys: ["identity.example/tenant", "identity.example/role"]
      })
      const tree = yield* explain(
        {
          providers: [provider("team", { matchImages: ["registry.example"], tokenAttributes: attributes })],
          identity: {
            accounts: [{ namespace: "team", name: "builder", annotations: { "identity.example/tenant": "canary" } }]
          }
        },
        image,
        { pod: pod("team", "builder", "app-7c9f") }
      )
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ for the pod team/app-7c9f, service account builder
        ├─ provider "team": passed over, though registry.example matches
        │    service account: team/builder read
        │    annotations: found identity.example/tenant; required, but not there: identity.example/role
        │    because it requires the annotation identity.example/role, which the service account
        │      team/builder does not have
        │    next: annotate the service account with identity.example/role, or make it one of
        │      optionalServiceAccountAnnotationKeys
        └─ no credentials: a node would pull anonymously
      `
      )
    }))

  it.effect("KEY-12: credentials for another registry", () =>
    Effect.gen(function*() {
      const tree = yield* explain({
        providers: [provider("team", { matchImages: ["*.example"] })],
        plugins: { team: gives("robot", "registry.example:443", "mirror.example", "https://registry.example/v2/other") }
      }, image)
      assert.strictEqual(
        tree,
        inTree`
        registry.example/team/app:1.0 → registry.example/team/app
        ├─ provider "team": asked, because *.example matches
        │    cache: nothing for this image, its registry or globally
        │    plugin: answered at once
        │    cache: keeps the answer for its registry for 10 min, the provider's default
        │    gave: credentials for 3 registry locations
        ├─ keyring: 3 keys, none of which is for this image
        │    registry.example:443: port 443 in the key, the image has none
        │    registry.example/other: the image's path does not start with /other
        │    mirror.example: "mirror" in the key, "registry" in the image's host
        └─ no credentials: a node would pull anonymously
             next: let the plugin answer with a key of "auth" that matches, such as "registry.example"
      `
      )
    }))
})
