import { assert, describe, it } from "@effect/vitest"
import * as ConfigWarning from "../../src/config/ConfigWarning.ts"
import { assertHides } from "../credential/canary.ts"
import { decoded, json, valid, yaml } from "./documents.ts"

const warnings = (providers: unknown) => ConfigWarning.ofProviders(decoded(json(providers)).providers ?? [])

const ofName = (name: string) => warnings([{ name }]).map((warning) => warning.reason)

const ofPattern = (pattern: string) =>
  warnings([valid("a", { matchImages: [pattern] })]).map((warning) => warning.reason)

describe("ConfigWarning", () => {
  it("CFG-86, CFG-114: names that no plugin's file can have", () => {
    assert.deepStrictEqual(ofName(""), ["emptyName"])
    assert.deepStrictEqual(ofName("a\0b"), ["nulInName"])
    assert.deepStrictEqual(ofName("a\tb"), ["controlCharacterInName"])
    assert.deepStrictEqual(ofName("a\n"), ["controlCharacterInName"])
    assert.deepStrictEqual(ofName("a\\b.exe"), [])
  })

  it("URL-11, URL-12, URL-24, URL-28, URL-30: patterns that match no image", () => {
    assert.deepStrictEqual(ofPattern("https://gcr.example"), ["schemeInPattern"])
    assert.deepStrictEqual(ofPattern("oci://gcr.example/x"), ["schemeInPattern"])
    for (const pattern of ["", "/x", "?a"]) assert.deepStrictEqual(ofPattern(pattern), ["emptyPattern"])
    assert.deepStrictEqual(ofPattern("*.example/*"), ["starInPath"])
    for (const pattern of ["[::1]", "[::1]/x", "[::1]:"]) {
      assert.deepStrictEqual(ofPattern(pattern), ["bracketsWithoutPort"])
    }
    assert.deepStrictEqual(ofPattern("index.docker.io"), ["indexDockerIo"])
  })

  it("URL-8: a host in upper case matches only the same", () => {
    assert.deepStrictEqual(ofPattern("GCR.example/x"), ["upperCaseHost"])
  })

  it("patterns that can match, and those that are refused anyway, are not warned of", () => {
    for (const pattern of ["*.example", "a.example:5000/x", "[::1]:5000", "[FE80::1]:5000", "docker.io", "%", "a b"]) {
      assert.deepStrictEqual(ofPattern(pattern), [], pattern)
    }
  })

  it("shows no user information of a pattern, which may be a password", () => {
    const [warning] = warnings([valid("a", { matchImages: ["https://me:c4nary-8f3a@gcr.example"] })])
    assert.strictEqual(warning?.value, "…@gcr.example")
    assertHides(warning)
  })

  it("says where", () => {
    const config = decoded(yaml("- name: ok\n- name: a\n  matchImages:\n  - \"b.example/*\"\n"))
    const [warning] = ConfigWarning.ofProviders(config.providers ?? [])
    assert.deepStrictEqual([warning?.index, warning?.provider, warning?.value], [1, "a", "b.example/*"])
    assert.match(warning?.message ?? "", /^config:7:5: providers\[1\]\.matchImages\[0\]: "b\.example\/\*": ./)
  })
})
