import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { inspect } from "node:util"
import { ConfigDecodeError, ConfigInvalid } from "../../src/config/ConfigError.ts"
import * as ConfigValidation from "../../src/config/ConfigValidation.ts"
import { decode, decoded, json, pluginV1, v1, yaml } from "./documents.ts"

const canary = "CANARY-hunter2"

/** Everything that a program or a person may see of a value. */
const shown = (value: unknown): string =>
  [
    inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value),
    String(value),
    value instanceof Error ? `${value.message}\n${value.stack}\n${inspect(encode(value), { depth: 20 })}` : ""
  ].join("\n")

const encode = Schema.encodeUnknownExit(Schema.toCodecJson(Schema.Union([ConfigDecodeError, ConfigInvalid])))

const errorOf = (text: string): unknown => {
  const result = Result.flatMap(decode(text), (config) => ConfigValidation.validate(config.providers ?? []))
  assert(Result.isFailure(result), "was accepted")
  return result.failure
}

describe("ConfigError: secrets", () => {
  const env = (rest: string) =>
    yaml(`- name: a\n  apiVersion: ${pluginV1}\n  env:\n  - name: TOKEN\n    value: ${rest}\n`)

  it("values of env, args and unknown fields are in no error", () => {
    const texts = [
      // YAML's syntax, on the same line and around it
      env(`"${canary}`),
      env(`"${canary}" x`),
      env(`[${canary}`),
      env(`*${canary}`),
      env(`&${canary}\n&x`),
      env(`!${canary}! x`),
      env(`!!${canary} x`),
      env(`!!binary ${canary}`),
      env(`"\\x${canary}"`),
      env(`|${canary}`),
      env(`@${canary}`),
      env(`\`${canary}`),
      env(`%${canary}`),
      env(`a: ${canary}: b`),
      env(`${canary}\n\tbad: tab`),
      env(`${canary}\n   bad: indent\n  worse`),
      env(`!!int ${canary}`),
      `%${canary} x\n---\na: b\n`,
      // JSON's
      `{"kind": "${canary}`,
      `{"env": "${canary}" "x"}`,
      `{"env": "${canary}", }`,
      `{"env": "\\x${canary}"}`,
      `{"env": ${canary}}`,
      `{"env": "${canary}"} ${canary}`,
      // wrong types, unknown and duplicate fields
      env(`["${canary}"]`),
      env(`{a: "${canary}"}`),
      env(`${canary}\n    more: "${canary}"`),
      env(`${canary}\n    value: "${canary}"`),
      yaml(`- args: "${canary}"\n`),
      yaml(`- args: ["${canary}", 5]\n`),
      yaml(`- args: [{a: "${canary}"}]\n`),
      yaml(`- defaultCacheDuration: "${canary}"\n`),
      yaml(`- token: "${canary}"\n`),
      json([{ env: [{ name: "A", value: canary, extra: canary }], password: { is: canary }, args: [canary] }]),
      `{"kind": "CredentialProviderConfig", "apiVersion": "${v1}", "providers": [{"env": "${canary}"}], "providers": []}`,
      // a missing space or a stray comma makes a key of it
      yaml(`- env:\n  - {name: A, value:${canary}}\n`),
      yaml(`- env:\n  - {name: A, value:"${canary}"}\n`),
      yaml(`- env:\n  - {name: A, value: ,${canary}}\n`),
      yaml(`- {name: a, token:${canary}}\n`),
      yaml(`- env:\n  - {name: A, value:${canary}, value:${canary}}\n`),
      json([{ [`token:${canary}`]: 1 }]),
      json([{ [`token ${canary}`]: 1 }]),
      // problems of validation
      env(`${canary}\n  args: ["${canary}"]`)
    ]
    for (const text of texts) assert.notInclude(shown(errorOf(text)), "hunter2", text)
  })

  it("a decoded config does not show values of env, nor the text that it came from", () => {
    const config = decoded(`# ${canary}\n${env(canary)}`)
    assert.notInclude(shown(config), "hunter2")
  })
})

describe("ConfigError: messages", () => {
  it("a key that is not shown is known to the program, and its place to everybody", () => {
    const error = errorOf(yaml("- env:\n  - {name: A, value:x}\n"))
    assert(error instanceof ConfigDecodeError)
    assert.deepStrictEqual(error.findings[0]?.path, ["providers", 0, "env", 0, "value:x"])
    assert.match(
      error.message,
      /^config:5:15: providers\[0\]\.env\[0\]\.<hidden>: unknown field: .* colon needs a space/
    )
  })

  it("a key or name can't forge lines, and is cut", () => {
    const forged = "a\nf.yaml:1:1: all is well"
    for (
      const provider of [{ [forged]: 1 }, { name: `${forged}/` }, { apiVersion: forged }, {
        matchImages: [`${forged}%`]
      }]
    ) {
      const error = errorOf(json([provider]))
      assert(error instanceof Error)
      for (const line of error.message.split("\n")) assert.match(line, /^config:\d+:\d+: providers\[0\]/)
    }
    const error = errorOf(
      json([{ name: `/${"x".repeat(5_000)}`, matchImages: ["a"], apiVersion: pluginV1, defaultCacheDuration: "1s" }])
    )
    assert(error instanceof Error)
    assert.isBelow(error.message.length, 300)
  })
})
