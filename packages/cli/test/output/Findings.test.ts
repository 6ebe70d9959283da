import { PluginError, PodIdentity } from "@credlet/core"
import type { Lookup } from "@credlet/core/keyring/Keyring"
import { assert, describe, it } from "@effect/vitest"
import * as Findings from "../../src/output/Findings.ts"
import { answer, credential } from "../support/answers.ts"

const failure = (provider: string) =>
  new PluginError.PluginError({ provider, reason: { _tag: "Exited", code: 2, stderr: "" } })

const failed = (provider: string, about = "") =>
  `provider "${provider}" failed${about}: the plugin exited with status 2; next: run it by hand with the same request on stdin`

const see = "; see credlet explain r.example/a"

const required = (provider: string) => ({ provider, reason: "ServiceAccountRequired" }) as const

const of = (...answers: Parameters<typeof Findings.of>[0]) => ({
  ...Findings.of(answers, "/etc/cp.yaml"),
  exitCode: Findings.exitCode(answers)
})

describe("Findings", () => {
  it("has nothing to say if every image has credentials", () => {
    const found = of(answer("r.example/a", "r.example/a", { credentials: [credential("r.example", "u", "p")] }))
    assert.deepStrictEqual(found, { warnings: [], errors: [], exitCode: 0 })
  })

  it("RING-7: a failure is a warning as long as another provider has credentials", () => {
    const found = of(answer("r.example/a", "r.example/a", {
      credentials: [credential("r.example", "u", "p")],
      providers: ["ecr", "bad"],
      failures: [failure("bad")]
    }))
    assert.deepStrictEqual(found, { warnings: [`${failed("bad")}${see}`], errors: [], exitCode: 0 })
  })

  it("is a failure if a provider failed and nobody else has credentials", () => {
    const one = of(answer("r.example/a", "r.example/a", { providers: ["bad"], failures: [failure("bad")] }))
    assert.deepStrictEqual(one, {
      warnings: [`${failed("bad")}${see}`],
      errors: ["no credentials for r.example/a: provider \"bad\" failed"],
      exitCode: 1
    })
    const several = of(answer("r.example/a", "r.example/a", {
      providers: ["bad", "empty", "worse"],
      failures: [failure("bad"), failure("worse")]
    }))
    assert.deepStrictEqual(several.warnings, [failed("bad"), `${failed("worse")}${see}`])
    assert.deepStrictEqual(several.errors, [
      "no credentials for r.example/a: providers \"bad\", \"worse\" failed; no other provider has any"
    ])
  })

  it("URL-27: names the pattern to add if no provider matches", () => {
    const found = of(answer("busybox:1", "docker.io/library/busybox", { providers: [] }))
    assert.deepStrictEqual(found, {
      warnings: [],
      errors: [
        "no credentials for busybox:1: no provider's matchImages matches docker.io/library/busybox, so a node would pull it " +
        "anonymously; next: if it needs credentials, add \"docker.io\" to the matchImages of a provider in /etc/cp.yaml; " +
        "see credlet explain busybox:1"
      ],
      exitCode: 3
    })
  })

  it("SA-10: says why a provider was not asked", () => {
    const found = of(answer("r.example/a", "r.example/a", { providers: ["sa"], skipped: [required("sa")] }))
    assert.deepStrictEqual(found, {
      warnings: [
        "provider \"sa\" was not asked: it answers only for a pod's service account, and no pod was given; " +
        "next: give --pod NAMESPACE/NAME"
      ],
      errors: [`no credentials for r.example/a: no provider was asked that matches it${see}`],
      exitCode: 3
    })
  })

  it("SA-10: of several images, says why no provider was asked", () => {
    const skipped = { providers: ["sa"], skipped: [required("sa")] }
    const found = of(answer("r.example/a", "r.example/a", skipped), answer("r.example/b", "r.example/b", skipped))
    assert.deepStrictEqual(found.errors.map((line) => line.split("; see")[0]), [
      "no credentials for r.example/a, r.example/b: no provider was asked that matches them"
    ])
  })

  it("of several images, says what to look for in an answer without credentials", () => {
    const found = of(
      answer("r.example/a", "r.example/a", { providers: ["acme"] }),
      answer("r.example/b", "r.example/b", { providers: ["acme"] })
    )
    assert.match(
      found.errors[0] ?? "",
      /^no credentials for r.example\/a, r.example\/b: provider "acme" answered, .* for them; .* in the answer matches them,/
    )
  })

  it("SA-10: a pod without a service account is named", () => {
    const one = answer("r.example/a", "r.example/a", { providers: ["sa"], skipped: [required("sa")] })
    const pod = new PodIdentity.PodIdentity({
      namespace: "team",
      podName: "static",
      podUid: "u",
      serviceAccountName: ""
    })
    assert.match(
      Findings.of([one], "/etc/cp.yaml", pod).warnings[0] ?? "",
      /, which the pod team\/static does not have; next: look up for a pod that has a service account/
    )
  })

  it("SA-13: names the annotation that a provider was not asked for", () => {
    const found = of(answer("r.example/a", "r.example/a", {
      providers: ["sa"],
      skipped: [{ provider: "sa", reason: "AnnotationMissing", annotation: "id.example/role" }]
    }))
    assert.deepStrictEqual(found.warnings, [
      "provider \"sa\" was not asked: it requires the annotation \"id.example/role\", which the service account does " +
      "not have; next: annotate the service account with id.example/role, or make it one of " +
      "optionalServiceAccountAnnotationKeys"
    ])
    assert.strictEqual(found.exitCode, 3)
  })

  it("RESP-51: tells an answer without credentials from none", () => {
    const found = of(answer("r.example/a", "r.example/a", { providers: ["ecr", "sa"], skipped: [required("sa")] }))
    assert.deepStrictEqual(found.errors, [
      "no credentials for r.example/a: provider \"ecr\" answered, but with no credentials for r.example/a; next: check " +
      `that a key of "auth" in the answer matches it, and what the plugin may read${see}`
    ])
    assert.strictEqual(found.exitCode, 3)
  })

  it("says once what happens for several images; a failure outweighs an image without credentials", () => {
    const found = of(
      answer("r.example/a", "r.example/a", { providers: ["bad"], failures: [failure("bad")] }),
      answer("r.example/b", "r.example/b", { providers: ["bad"], failures: [failure("bad")] }),
      answer("busybox", "docker.io/library/busybox", { providers: [] })
    )
    assert.deepStrictEqual(found.warnings, [`${failed("bad", " for r.example/a, r.example/b")}${see}`])
    assert.deepStrictEqual(found.errors.map((text) => text.slice(0, 60)), [
      "no credentials for r.example/a, r.example/b: provider \"bad\" failed".slice(0, 60),
      "no credentials for busybox: no provider's matchImages matches".slice(0, 60)
    ])
    assert.strictEqual(found.exitCode, 1)
  })

  it("says in a few short lines what happens for hundreds of images", () => {
    const images = Array.from({ length: 400 }, (_, at) => `r.example/${at}`)
    const some = "r.example/0, r.example/1, r.example/2, r.example/3, r.example/4 and 395 more"
    const all = (lookup: Partial<Lookup>) => of(...images.map((image) => answer(image, image, lookup)))

    const failing = all({ providers: ["bad"], failures: [failure("bad")] })
    assert.deepStrictEqual(failing.warnings, [
      `${failed("bad", ` for ${some}`)}; see credlet explain r.example/0`
    ])
    assert.deepStrictEqual(failing.errors, [`no credentials for ${some}: provider "bad" failed`])

    assert.deepStrictEqual(all({ providers: [] }).errors, [
      `no credentials for ${some}: no provider's matchImages matches any of them, so a node would pull them anonymously; ` +
      "next: if they need credentials, add \"r.example\" to the matchImages of a provider in /etc/cp.yaml; " +
      "see credlet explain r.example/0"
    ])

    const empty = all({ providers: ["sa", "empty"], skipped: [required("sa")] })
    assert.match(empty.warnings.join("\n"), /^provider "sa" was not asked for r\.example\/0, .* and 395 more: .*$/)
    assert.match(empty.errors.join("\n"), /^no credentials for .* and 395 more: .* with no credentials for them; .*$/)
  })

  it("a plugin that fails in another way for each image is told of three times, and once of the rest", () => {
    const found = of(
      ...Array.from({ length: 12 }, (_, at) =>
        answer(`r.example/${at}`, `r.example/${at}`, {
          failures: [
            new PluginError.PluginError({ provider: "7", reason: { _tag: "Exited", code: at, stderr: "" } }),
            failure("6")
          ]
        }))
    )
    assert.deepStrictEqual(found.warnings.map((text) => text.replace(/(?<=: ).*next: .*(?=$|; see)/, "…")), [
      "provider \"7\" failed for r.example/0: …",
      "provider \"7\" failed for r.example/1: …",
      "provider \"7\" failed for r.example/2: …",
      "provider \"7\" failed in other ways for r.example/3, r.example/4, r.example/5, r.example/6, r.example/7 and 4 more",
      "provider \"6\" failed for r.example/0, r.example/1, r.example/2, r.example/3, r.example/4 and 7 more: …"
    ])
  })

  it("KEY-1: a location that is no address is a warning that names it, the provider and the mistake", () => {
    const found = of(answer("r.example/a", "r.example/a", {
      credentials: [credential("r.example", "u", "p")],
      unusable: [{
        location: "r.example:x",
        reason: "port",
        source: { _tag: "Provider", provider: "ecr", coordinates: undefined }
      }]
    }))
    assert.strictEqual(found.exitCode, 0)
    assert.match(
      found.warnings[0] ?? "",
      /^provider "ecr": the key "r.example:x" in "auth" is not an address .* digits/
    )
  })

  it("KEY-1: the same in a pull secret names the secret", () => {
    const found = of(answer("r.example/a", "r.example/a", {
      credentials: [credential("r.example", "u", "p")],
      unusable: [{
        location: "r.example:x",
        reason: "port",
        source: { _tag: "PullSecret", namespace: "team", name: "regcred", uid: "u" }
      }]
    }))
    assert.match(found.warnings[0] ?? "", /^secret team\/regcred: the key "r.example:x" in it is not an address /)
  })
})
