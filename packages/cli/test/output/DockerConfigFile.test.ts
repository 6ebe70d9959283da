import { DockerConfig } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Redacted, Result } from "effect"
import * as DockerConfigFile from "../../src/output/DockerConfigFile.ts"
import { answer, credential } from "../support/answers.ts"

const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64")

const auths = (file: DockerConfigFile.DockerConfigFile) => JSON.parse(file.text).auths

describe("DockerConfigFile", () => {
  it("keys an image's first credential by the registry that docker looks up, whatever location matched", () => {
    const file = DockerConfigFile.render([
      answer("a.r.example:5000/team/app", "a.r.example:5000/team/app", {
        credentials: [credential("*.r.example:5000/team", "first", "1"), credential("a.r.example:5000", "second", "2")]
      }),
      answer("busybox", "docker.io/library/busybox", { credentials: [credential("index.docker.io", "hub", "3")] }),
      answer("quiet.example/x", "quiet.example/x", {})
    ], "shown")
    assert.deepStrictEqual(auths(file), {
      "a.r.example:5000": { auth: base64("first:1") },
      "https://index.docker.io/v1/": { auth: base64("hub:3") }
    })
    assert.deepStrictEqual([file.warnings, file.errors], [[], []])
  })

  it("is empty if there is nothing to put into it", () => {
    const file = DockerConfigFile.render([answer("r.example/a", "r.example/a", {})], "masked")
    assert.deepStrictEqual(file, { text: "", warnings: [], errors: [] })
  })

  it("puts a second login of one registry under its repository, and says what docker will do", () => {
    const file = DockerConfigFile.render([
      answer("r.example/a:1", "r.example/a", { credentials: [credential("r.example/a", "ua", "1")] }),
      answer("r.example/a:2", "r.example/a", { credentials: [credential("r.example/a", "ua", "1")] }),
      answer("r.example/b:1", "r.example/b", { credentials: [credential("r.example/b", "ub", "2")] })
    ], "shown")
    assert.deepStrictEqual(auths(file), {
      "r.example": { auth: base64("ua:1") },
      "r.example/b": { auth: base64("ub:2") }
    })
    assert.deepStrictEqual(file.warnings, [
      "r.example/b:1: Docker knows one login a registry and will use the one for r.example/a:1; the other one is in the " +
      "file under \"r.example/b\", where podman, skopeo and the kubelet look first"
    ])
  })

  it("DOCKER-7: masked, no client takes it for a login", () => {
    const file = DockerConfigFile.render([
      answer("r.example/a", "r.example/a", { credentials: [credential("r.example", "robot", "s3cret")] })
    ], "masked")
    assert.deepStrictEqual(auths(file), { "r.example": { username: "robot", auth: "********" } })
    assert.isTrue(Result.isFailure(DockerConfig.parse(new TextEncoder().encode(file.text), "dockerconfigjson")))
    assert.deepStrictEqual(file.warnings, [
      "the passwords are masked, so this file is not usable: --show-secrets writes a usable one"
    ])
  })

  it("DOCKER-8: what the kubelet reads back is what was written, bytes that are no text included", () => {
    const file = DockerConfigFile.render([
      answer("r.example/a", "r.example/a", { credentials: [credential("r.example", "u", "p:\udcff:ü")] })
    ], "shown")
    const read = Result.getOrThrow(DockerConfig.parse(new TextEncoder().encode(file.text), "dockerconfigjson"))
    const entry = read.get("r.example")
    assert.strictEqual(entry?.username, "u")
    assert.strictEqual(entry && Redacted.value(entry.password), "p:\udcff:ü")
  })

  it("leaves out what docker would refuse the whole file for", () => {
    const file = DockerConfigFile.render([
      answer("r.example/a", "r.example/a", { credentials: [credential("r.example", "", "token")] }),
      answer("q.example/a", "q.example/a", {
        credentials: [credential("q.example/a", "", ""), credential("q.example", "u", "p")]
      })
    ], "shown")
    assert.deepStrictEqual(auths(file), { "q.example": { auth: base64("u:p") } })
    assert.deepStrictEqual(file.errors, [
      "r.example/a: not in the config.json: Docker refuses a login without a username"
    ])
  })

  it("DOCKER-8: leaves out a username with a colon, of which clients would take the beginning", () => {
    for (const secrets of ["shown", "masked"] as const) {
      const file = DockerConfigFile.render([
        ...["r.example/a", "r.example/b"].map((image) =>
          answer(image, image, {
            credentials: [credential("r.example", "a:b", "pw"), credential("r.example", "", "t")]
          })
        ),
        answer("q.example/a", "q.example/a", {
          credentials: [credential("q.example/a", ":", "pw"), credential("q.example", "u", "p:w")]
        })
      ], secrets)
      assert.deepStrictEqual(Object.keys(auths(file)), ["q.example"])
      assert.deepStrictEqual(file.errors, [
        "r.example/a, r.example/b: not in the config.json: Docker takes a username to end at its first colon"
      ])
    }
  })
})
