import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Effect, Redacted, Result, Schema } from "effect"
import { Base64 } from "effect/encoding"
import * as DockerConfig from "../../src/credential/DockerConfig.ts"
import * as Bytes from "../../src/text/Bytes.ts"
import { assertHides, canary } from "./canary.ts"

const read = (text: string, kind: DockerConfig.DockerConfigKind = "dockerconfigjson") =>
  DockerConfig.parseEntries(new TextEncoder().encode(text), kind)

type Plain = Readonly<Record<string, readonly [username: string, password: string, email: string]>>

const entriesOf = (text: string, kind?: DockerConfig.DockerConfigKind): Plain | undefined => {
  const entries = Result.getOrThrow(read(text, kind))
  return entries && Object.fromEntries(
    Array.from(entries, ([location, { email, password, username }]) => [
      location,
      [username, Redacted.value(password), email] as const
    ])
  )
}

const faultOf = (text: string, kind?: DockerConfig.DockerConfigKind) => {
  const read_ = read(text, kind)
  assert(Result.isFailure(read_), `${text} was read`)
  return read_.failure
}

const reasonOf = (text: string, kind?: DockerConfig.DockerConfigKind) => faultOf(text, kind).reason

const authOf = (field: string) => {
  const decoded = DockerConfig.decodeAuth(field)
  return Result.isSuccess(decoded)
    ? [decoded.success.username, Redacted.value(decoded.success.password)]
    : decoded.failure.reason
}

describe("DockerConfig", () => {
  it("DOCKER-1: only auths of a config.json count", () => {
    assert.deepStrictEqual(
      entriesOf(
        `{"auths": {"r.example": {"auth": "dTpw"}}, "credHelpers": {"r.example": "y"}, "HttpHeaders": {"A": "b"}}`
      ),
      { "r.example": ["u", "p", ""] }
    )
  })

  it("DOCKER-1: HttpHeaders are read, so they must be texts", () => {
    for (const headers of ["5", "[]", "\"x\"", "{\"a\": 1}", "{\"a\": \"b\", \"c\": {}}"]) {
      assert.strictEqual(reasonOf(`{"auths": {}, "httpheaders": ${headers}}`), "type", headers)
    }
    assert.deepStrictEqual(entriesOf(`{"auths": {}, "HttpHeaders": {"a": null}}`), {})
    assert.deepStrictEqual(entriesOf(`{"auths": {}, "HttpHeaders": null}`), {})
  })

  it("DOCKER-2: a .dockercfg has the locations at the top, whatever they are called", () => {
    assert.deepStrictEqual(entriesOf(`{"r.example": {"auth": "dTpw"}, "auths": {}}`, "dockercfg"), {
      "r.example": ["u", "p", ""],
      "auths": ["", "", ""]
    })
  })

  it("DOCKER-3: other fields of an entry are ignored, whatever they hold", () => {
    assert.deepStrictEqual(
      entriesOf(`{"auths": {"r.example": {"identitytoken": "it", "registrytoken": 5, "serveraddress": {}}}}`),
      { "r.example": ["", "", ""] }
    )
  })

  it("DOCKER-4: names match without regard to case, folded as Go folds them", () => {
    assert.deepStrictEqual(entriesOf(`{"AUTHS": {"r.example": {"Auth": "dTpw", "EMAIL": "e"}}}`), {
      "r.example": ["u", "p", "e"]
    })
    assert.deepStrictEqual(entriesOf(`{"auth\u017f": {"r.example": {"u\u017fername": "u", "pa\u017fsword": "p"}}}`), {
      "r.example": ["u", "p", ""]
    })
    assert.deepStrictEqual(entriesOf(`{"auths ": {"r.example": {}}}`), undefined)
    assert.deepStrictEqual(entriesOf(`{"auths": {"r.example": {"ema\u0131l": 5, "ema\u0130l": 5}}}`), {
      "r.example": ["", "", ""]
    })
  })

  it("DOCKER-4: the last entry for a location wins whole, and bad earlier ones still count", () => {
    assert.deepStrictEqual(
      entriesOf(`{"auths": {"a": {"username": "1", "email": "e"}, "b": {}, "a": {"password": "2"}}}`),
      { a: ["", "2", ""], b: ["", "", ""] }
    )
    assert.strictEqual(reasonOf(`{"auths": {"a": {"auth": "!"}, "a": {}}}`), "base64")
    assert.strictEqual(reasonOf(`{"auths": {"a": 1, "a": {}}}`), "type")
  })

  it("DOCKER-4: the last value of a field that is not null wins, and all must be texts", () => {
    assert.deepStrictEqual(
      entriesOf(`{"auths": {"a": {"username": "1", "Username": "2", "USERNAME": null}}}`),
      { a: ["2", "", ""] }
    )
    assert.deepStrictEqual(entriesOf(`{"auths": {"a": {"auth": "!", "Auth": ""}}}`), { a: ["", "", ""] })
    assert.strictEqual(reasonOf(`{"auths": {"a": {"username": 1, "username": "2"}}}`), "type")
  })

  it("DOCKER-4: repeated auths add up, and null starts anew", () => {
    assert.deepStrictEqual(
      entriesOf(`{"auths": {"a": {"username": "1"}, "b": {"username": "1"}}, "Auths": {"b": {"password": "2"}}}`),
      { a: ["1", "", ""], b: ["", "2", ""] }
    )
    assert.deepStrictEqual(entriesOf(`{"auths": {"a": {}}, "auths": null}`), undefined)
    assert.deepStrictEqual(entriesOf(`{"auths": {"a": {}}, "auths": null, "auths": {"b": {}}}`), { b: ["", "", ""] })
  })

  it("DOCKER-5: what is not JSON, or of a wrong type, fails the whole document", () => {
    for (const text of ["", " ", "{", `{"auths": {}} x`, "\ufeff{}", "{'a': 1}", `{"auths": {},}`, "x"]) {
      assert.strictEqual(reasonOf(text), "syntax", text)
      assert.strictEqual(reasonOf(text, "dockercfg"), "syntax", text)
    }
    for (const text of ["[]", "1", "\"x\"", "true"]) {
      assert.strictEqual(reasonOf(text), "type", text)
      assert.strictEqual(reasonOf(text, "dockercfg"), "type", text)
    }
    for (const entry of ["1", "\"x\"", "[]", "true", `{"username": 1}`, `{"email": {}}`, `{"auth": []}`]) {
      assert.strictEqual(reasonOf(`{"auths": {"a": ${entry}}}`), "type", entry)
      assert.strictEqual(reasonOf(`{"a": ${entry}}`, "dockercfg"), "type", entry)
    }
    assert.strictEqual(reasonOf(`{"auths": []}`), "type")
  })

  it("DOCKER-5: of several mistakes the first bad entry counts, as Go stops there", () => {
    const bad = `{"a": {"auth": "!"}}`
    assert.strictEqual(reasonOf(`{"HttpHeaders": 5, "auths": ${bad}}`), "base64")
    assert.strictEqual(reasonOf(`{"auths": 5, "auths": ${bad}}`), "base64")
    assert.strictEqual(reasonOf(`{"auths": {"x": {"auth": "YQ"}, "a": {"auth": "!"}}}`), "notUserColonPassword")
    assert.strictEqual(reasonOf(`{"auths": {"x": {"auth": "!", "username": 1}}}`), "type")
  })

  it("DOCKER-6: auth overrides username and password, unless it is empty", () => {
    assert.deepStrictEqual(
      entriesOf(`{"auths": {"a": {"auth": "dTpw", "username": "x", "password": "y", "email": "e"}}}`),
      { a: ["u", "p", "e"] }
    )
    assert.deepStrictEqual(
      entriesOf(`{"auths": {"a": {"auth": "", "username": "x", "password": "y"}}}`),
      { a: ["x", "y", ""] }
    )
  })

  it("DOCKER-7: base64 is padded if it ends in =, else unpadded; line breaks in it are skipped", () => {
    for (const field of ["Zm9vOmJhcg==", "Zm9vOmJhcg", "Zm9vOm\nJhcg==\n", "\r\nZm9vOmJhcg=\r\n=", "Zm9v\nOmJhcg"]) {
      assert.deepStrictEqual(authOf(field), ["foo", "bar"], field)
    }
    for (
      const field of [
        "Zm9vOmJhcg== ",
        " Zm9vOmJhcg",
        "Zm9vOmJhcg=",
        "Zm9v=OmJhcg==",
        "dTr-_w==",
        "dTr_",
        "Y",
        "=",
        "===="
      ]
    ) {
      assert.strictEqual(authOf(field), "base64", field)
    }
    for (const field of ["Zm9vOmJhcg\t", "Zm9vOmJhcg==\u00a0", "Zm9v\u{10330}OmJhcg", "\u0141Tpi"]) {
      assert.strictEqual(authOf(field), "base64", field)
    }
    assert.deepStrictEqual(authOf("dTpwcB=="), ["u", "pp"]) // trailing bits need not be zero
  })

  it("DOCKER-8: the decoded text splits at the first colon, and nothing is trimmed", () => {
    assert.deepStrictEqual(authOf("dTpwOnE="), ["u", "p:q"])
    assert.deepStrictEqual(authOf("Og=="), ["", ""])
    assert.deepStrictEqual(authOf("dTpwAAA="), ["u", "p\0\0"])
    assert.strictEqual(authOf("cGFudHM="), "notUserColonPassword")
    assert.strictEqual(authOf(""), "notUserColonPassword")
  })

  it("DOCKER-8: bytes that are not UTF-8 are kept", () => {
    assert.deepStrictEqual(authOf("qTqpYWOp"), ["\udca9", "\udca9ac\udca9"])
  })

  it.effect.prop("DOCKER-7, DOCKER-8: what was encoded is found again, padded and unpadded", {
    username: Arbitrary.map(Arbitrary.schema(Schema.String), (text) => text.toWellFormed().replaceAll(":", "")),
    password: Arbitrary.map(Arbitrary.schema(Schema.String), (text) => text.toWellFormed())
  }, ({ password, username }) =>
    Effect.sync(() => {
      const padded = Base64.encode(new TextEncoder().encode(`${username}:${password}`))
      assert.deepStrictEqual(authOf(padded), [username, password])
      assert.deepStrictEqual(authOf(padded.replace(/=+$/, "")), [username, password])
    }))

  it("DOCKER-9: one bad entry fails the whole document", () => {
    assert.strictEqual(reasonOf(`{"auths": {"good": {"auth": "dTpw"}, "bad": {"auth": "!!"}}}`), "base64")
  })

  it("DOCKER-10: a null or empty entry is one with empty credentials", () => {
    assert.deepStrictEqual(entriesOf(`{"auths": {"a": null, "b": {}}}`), { a: ["", "", ""], b: ["", "", ""] })
  })

  it("DOCKER-11: auths may be absent or null", () => {
    for (const text of ["{}", `{"auths": null}`, "null"]) {
      assert.strictEqual(entriesOf(text), undefined, text)
      assert.strictEqual(
        Result.getOrThrow(DockerConfig.parse(new TextEncoder().encode(text), "dockerconfigjson")).size,
        0
      )
    }
    assert.deepStrictEqual(entriesOf(`{"auths": {}}`), {})
    assert.strictEqual(entriesOf("null", "dockercfg"), undefined)
    assert.deepStrictEqual(entriesOf("{}", "dockercfg"), {})
  })

  it("KEY-9: entries keep the order of the document", () => {
    const config = Result.getOrThrow(read(`{"auths": {"b": {}, "10": {}, "a": {}, "9": {}, "__proto__": {}}}`))
    assert.deepStrictEqual([...config?.keys() ?? []], ["b", "10", "a", "9", "__proto__"])
  })

  it("CFG-47: bytes that are not UTF-8 become U+FFFD, one each", () => {
    const bytes = Bytes.encode(`{"auths": {"a": {"username": "\udce2\udc82"}}}`)
    const config = Result.getOrThrow(DockerConfig.parse(bytes, "dockerconfigjson"))
    assert.strictEqual(config.get("a")?.username, "\ufffd\ufffd")
  })

  it("DOCKER-13: an error says where the mistake is", () => {
    const fault = faultOf(`{\n  "auths": {\n    "https://r.example/v1/": { "auth": "!!" }\n  }\n}`)
    assert.strictEqual(fault.pointer, "/auths/https:~1~1r.example~1v1~1/auth")
    assert.deepStrictEqual([fault.line, fault.column], [3, 40])
    assert.include(fault.message, "/auths/https:~1~1r.example~1v1~1/auth (line 3, column 40) is not base64")
    assert.include(faultOf("").message, "there is nothing")
  })

  it("DOCKER-13: neither errors nor configs show a secret", () => {
    const texts = [
      `{"auths": {"a": {"auth": "${canary}"`,
      `{"auths": {"a": {"auth": "${canary}"}}}`,
      `{"auths": {"a": {"auth": "${Base64.encode(new TextEncoder().encode(canary))}"}}}`,
      `{"auths": {"a": "${canary}"}}`,
      `{"auths": {"me:${canary}@r.example": 5}}`,
      `{"auths": {"a": {"username": 5, "password": "${canary}"}}}`,
      `{"auths": "${canary}"}`,
      `"${canary}"`,
      `${canary}`,
      `{"auths": {}} ${canary}`
    ]
    for (const text of texts) assertHides(faultOf(text))
    assertHides(Result.getOrThrow(read(`{"auths": {"a": {"password": "${canary}"}}}`)))
    assertHides(Result.getOrThrow(DockerConfig.decodeAuth(Base64.encode(new TextEncoder().encode(`u:${canary}`)))))
  })

  const token = Arbitrary.schema(
    Schema.Literals([
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      `"auths"`,
      `"Auth"`,
      `"auth"`,
      `"username"`,
      `"dTpw"`,
      `"!"`,
      "null",
      "5",
      " ",
      "\ufeff"
    ])
  )

  it.effect.prop("no bytes make it throw", { tokens: Arbitrary.array(token) }, ({ tokens }) =>
    Effect.sync(() => {
      for (const kind of ["dockerconfigjson", "dockercfg"] as const) {
        assert.isTrue(Result.isResult(read(tokens.join(""), kind)))
        assert.isTrue(Result.isResult(read(`{"auths": {"a": ${tokens.join("")}}}`, kind)))
      }
    }))
})
