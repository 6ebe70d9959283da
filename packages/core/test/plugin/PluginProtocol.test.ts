import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Duration, Effect, Redacted, Result, Schema } from "effect"
import * as PluginProtocol from "../../src/plugin/PluginProtocol.ts"
import * as Bytes from "../../src/text/Bytes.ts"
import * as GoDuration from "../../src/text/GoDuration.ts"
import * as NodePath from "../../src/text/NodePath.ts"
import { assertHides, canary } from "../credential/canary.ts"

const v1 = "credentialprovider.kubelet.k8s.io/v1"
const v1beta1 = "credentialprovider.kubelet.k8s.io/v1beta1"
const v1alpha1 = "credentialprovider.kubelet.k8s.io/v1alpha1"
const versions = [v1, v1beta1, v1alpha1] as const

const request = (apiVersion: string, request: PluginProtocol.PluginRequest) =>
  Bytes.decode(Result.getOrThrow(PluginProtocol.encodeRequest(apiVersion, request)))

const decode = (text: string, apiVersion: string = v1) => PluginProtocol.decodeResponse(apiVersion, Bytes.encode(text))

const head = (apiVersion: string = v1) => `"kind":"CredentialProviderResponse","apiVersion":"${apiVersion}"`

/** A response with these members behind kind and version. */
const withMembers = (members: string) => decode(`{${head()}${members === "" ? "" : ","}${members}}`)

const answer = (members: string) => Result.getOrThrow(withMembers(members))

const authOf = (members: string) => {
  const { auth } = answer(members)
  return auth &&
    Array.from(
      auth,
      ([location, { email, password, username }]) => [location, username, Redacted.value(password), email]
    )
}

const failureOf = (result: ReturnType<typeof decode>) => {
  assert(Result.isFailure(result), "it was read")
  return result.failure
}

const verdict = (result: ReturnType<typeof decode>) => {
  const { class: class_, stage } = failureOf(result)
  return `${stage} ${class_}`
}

const findingsOf = (result: ReturnType<typeof decode>) =>
  failureOf(result).findings.map(({ column, kind, line, pointer }) => `${kind} ${pointer} ${line}:${column}`)

describe("PluginProtocol requests", () => {
  it("REQ-1, REQ-2: one line of JSON, in a fixed order", () => {
    for (const version of versions) {
      assert.strictEqual(
        request(version, { image: "test.r.example/foobar" }),
        `{"kind":"CredentialProviderRequest","apiVersion":"${version}","image":"test.r.example/foobar"}\n`
      )
    }
  })

  it("REQ-3: image is there even if it is empty", () => {
    assert.include(request(v1, { image: "" }), `,"image":""}`)
  })

  it("REQ-4, REQ-5: token and sorted annotations, each left out if empty", () => {
    const annotations = { "b/x": "1", a: "é", "10": "2", "9": "3", "ｆ": "4", "😀": "5" }
    const token = Redacted.make("tok")
    assert.include(
      request(v1, { image: "i", serviceAccountToken: token, serviceAccountAnnotations: annotations }),
      `"image":"i","serviceAccountToken":"tok","serviceAccountAnnotations":{"10":"2","9":"3","a":"é","b/x":"1","ｆ":"4","😀":"5"}}`
    )
    assert.include(
      request(v1, { image: "i", serviceAccountToken: Redacted.make(""), serviceAccountAnnotations: {} }),
      `,"image":"i"}`
    )
    assert.include(
      request(v1, { image: "i", serviceAccountAnnotations: { a: "" } }),
      `"serviceAccountAnnotations":{"a":""}`
    )
  })

  it("REQ-6: older versions get neither", () => {
    for (const version of [v1beta1, v1alpha1]) {
      const full = { image: "i", serviceAccountToken: Redacted.make("t"), serviceAccountAnnotations: { a: "b" } }
      assert.strictEqual(request(version, full), request(version, { image: "i" }))
    }
  })

  it("REQ-7: strings are written as Go writes them", () => {
    assert.include(
      request(v1, { image: `<>&\u2028\u2029"\\\u0001${Bytes.decode(Uint8Array.of(0xff))}é/` }),
      String.raw`"image":"\u003c\u003e\u0026\u2028\u2029\"\\\u0001\ufffdé/"`
    )
  })

  it("REQ-2: other versions can't be written", () => {
    for (const apiVersion of ["", "v1", "credentialprovider.kubelet.k8s.io/v2", `${v1} `]) {
      const encoded = PluginProtocol.encodeRequest(apiVersion, { image: "i" })
      assert(Result.isFailure(encoded))
      assert.strictEqual(encoded.failure.apiVersion, apiVersion)
      assert.include(encoded.failure.message, v1beta1)
    }
  })
})

describe("PluginProtocol responses", () => {
  it("RESP-1: the output is one JSON value, an object", () => {
    const whole = `{${head()}}`
    for (
      const text of [
        "",
        " \n",
        "kind: CredentialProviderResponse",
        whole.slice(0, -1),
        `${whole}x`,
        whole + whole,
        `\ufeff${whole}`
      ]
    ) {
      assert.strictEqual(verdict(decode(text)), "interpret syntax", text)
    }
    for (const text of ["[]", "5", "\"x\"", `{"kind":1,"apiVersion":"${v1}"}`, `{"kind":"x","apiVersion":[]}`]) {
      assert.strictEqual(verdict(decode(text)), "interpret type", text)
    }
    assert.strictEqual(verdict(decode(`{"kind":"x","apiVersion":"a/b/c"}`)), "interpret badGroupVersion")
    assert.isTrue(Result.isSuccess(decode(`\r\n\t ${whole} \n`)))
  })

  it("RESP-2, RESP-4: the version is compared before anything else is looked at", () => {
    for (const text of ["null", "{}", `{${head(v1beta1)}}`, `{"kind":"Other","apiVersion":"x","auth":5}`]) {
      assert.strictEqual(verdict(decode(text)), "apiVersion versionMismatch", text)
    }
    for (const version of versions) assert.isTrue(Result.isSuccess(decode(`{${head(version)}}`, version)))
  })

  it("RESP-2: the error names both versions, if the actual one is one", () => {
    const other = failureOf(decode(`{${head(v1beta1)}}`))
    assert.strictEqual(other.actualApiVersion, v1beta1)
    assert.include(other.message, `expected "${v1}"; it is ${v1beta1}`)
    assert.strictEqual(failureOf(decode("{}")).actualApiVersion, "")
    assert.isUndefined(failureOf(decode(`{${head(canary)}}`)).actualApiVersion)
  })

  it("RESP-3: the kind", () => {
    const ofKind = (kind: string, members = "") => verdict(decode(`{"apiVersion":"${v1}"${kind}${members}}`))
    assert.strictEqual(ofKind(""), "decode missingKind")
    assert.strictEqual(ofKind(`,"kind":null`), "decode missingKind")
    assert.strictEqual(ofKind(`,"kind":""`), "decode missingKind")
    assert.strictEqual(ofKind(`,"kind":"Other"`), "decode notRegistered")
    assert.strictEqual(ofKind(`,"kind":"credentialproviderresponse"`), "decode notRegistered")
    assert.strictEqual(ofKind(`,"kind":"CredentialProviderConfig"`), "decode notRegistered")
    assert.strictEqual(ofKind(`,"kind":"CredentialProviderRequest"`), "decode wrongKind")
    assert.strictEqual(ofKind(`,"kind":"Status"`), "decode wrongKind")
    assert.strictEqual(ofKind(`,"kind":"CredentialProviderRequest"`, `,"auth":{}`), "decode strict")
    assert.strictEqual(ofKind(`,"kind":"CredentialProviderRequest"`, `,"image":5,"auth":{}`), "decode type")
  })

  it("RESP-3: a kind in another case is found first and refused then", () => {
    const error = failureOf(decode(`{"Kind":"CredentialProviderResponse","apiVersion":"${v1}"}`))
    assert.strictEqual(error.class, "strict")
    assert.deepStrictEqual(error.unknownFields, [["Kind"]])
    assert.strictEqual(verdict(decode(`{${head()},"KIND":"Other"}`)), "decode notRegistered")
  })

  it("RESP-3: unknown and repeated fields, all of them, in the kubelet's order", () => {
    const error = failureOf(withMembers(
      `"x":1,"auth":{"a":{"email":"e","username":"1","username":"2"},"a":null,"b.c":{"X":1}},"CacheKeyType":"","kind":"CredentialProviderResponse","x":{"y":1,"y":2}`
    ))
    assert.strictEqual(error.class, "strict")
    assert.deepStrictEqual(error.unknownFields, [["x"], ["auth", "a", "email"], ["auth", "b.c", "X"], ["CacheKeyType"]])
    assert.deepStrictEqual(error.duplicateFields, [["auth", "a", "username"], ["auth", "a"], ["kind"]])
    assert.deepStrictEqual(error.unknownFields.map(NodePath.format), [
      "x",
      "auth.a.email",
      "auth.b.c.X",
      "CacheKeyType"
    ])
  })

  it("RESP-3: at most a hundred are found", () => {
    const members = Array.from({ length: 101 }, (_, at) => `"z${at}":1`).join(",")
    const error = failureOf(withMembers(`${members},"auth":{},"auth":{}`))
    assert.strictEqual(error.unknownFields.length, 100)
    assert.deepStrictEqual(error.duplicateFields, [])
    assert.include(error.message, "; and 90 more")
  })

  it("RESP-3: a wrong type counts alone, but the findings show all", () => {
    const result = withMembers(`"x":1,"cacheKeyType":5,"auth":{"a":[],"b":{"password":{}}}`)
    assert.strictEqual(verdict(result), "decode type")
    assert.deepStrictEqual(failureOf(result).unknownFields, [])
    assert.deepStrictEqual(findingsOf(result).map((finding) => finding.split(" ").slice(0, 2).join(" ")), [
      "unknownField /x",
      "type /cacheKeyType",
      "type /auth/a",
      "type /auth/b/password"
    ])
    for (const auth of ["[]", "\"x\"", "5", `{"a":5}`, `{"a":"x"}`, `{"a":{"username":5}}`, `{"a":5,"a":{}}`]) {
      assert.strictEqual(verdict(withMembers(`"auth":${auth}`)), "decode type", auth)
    }
  })

  it("cacheKeyType is taken as it is", () => {
    for (const type of ["Image", "Registry", "Global", "image", "Nope", ""]) {
      assert.strictEqual(answer(`"cacheKeyType":"${type}"`).cacheKeyType, type)
    }
    assert.strictEqual(answer("").cacheKeyType, "")
    assert.strictEqual(answer(`"cacheKeyType":null`).cacheKeyType, "")
  })

  it("CFG-70…72: cacheDuration is a Go duration in a text", () => {
    const nanos = (value: string) => {
      const { cacheDuration } = answer(`"cacheDuration":${value}`)
      return cacheDuration && GoDuration.toNanos(cacheDuration)
    }
    assert.strictEqual(nanos("\"1h0m1.5s\""), 3_601_500_000_000n)
    assert.strictEqual(nanos("\"0\""), 0n)
    assert.strictEqual(nanos("\"-0\""), 0n)
    assert.strictEqual(nanos("\"-5m\""), -300_000_000_000n)
    assert.strictEqual(nanos("\"1ns\""), 1n)
    assert.strictEqual(nanos("null"), undefined)
    assert.isUndefined(answer("").cacheDuration)
    for (const value of ["0", "300", "true", "[]", "{}", "\"\"", "\"x\"", "\"1d\"", "\"10\"", "\"3000000h\""]) {
      assert.strictEqual(verdict(withMembers(`"cacheDuration":${value}`)), "decode type", value)
    }
  })

  it("RESP-10, RESP-21: entries may be null or empty; they have no email", () => {
    assert.deepStrictEqual(
      authOf(`"auth":{"x":{"username":"u","password":"p"},"y":null,"z":{},"":{"username":null,"password":"q"}}`),
      [["x", "u", "p", ""], ["y", "", "", ""], ["z", "", "", ""], ["", "", "q", ""]]
    )
  })

  it("RESP-11, RESP-14: an entry has no other fields", () => {
    for (const field of ["email", "auth", "identitytoken", "Username"]) {
      const error = failureOf(withMembers(`"auth":{"x":{"${field}":"v"}}`))
      assert.deepStrictEqual(error.unknownFields, [["auth", "x", field]])
    }
  })

  it("RESP-12: keys are verbatim and in the order of the document", () => {
    const keys = ["b.example", "10", "https://a.example/v1/", "9", "__proto__", ""]
    const entries = keys.map((key) => `${JSON.stringify(key)}:{}`).join(",")
    assert.deepStrictEqual(authOf(`"auth":{${entries}}`)?.map(([key]) => key), keys)
    assert.deepStrictEqual(authOf(`"auth":{"__proto__":{"username":"u"},"constructor":null}`), [
      ["__proto__", "u", "", ""],
      ["constructor", "", "", ""]
    ])
  })

  it("RESP-13: no auth and an empty one", () => {
    assert.isUndefined(answer(`"auth":null`).auth)
    assert.isUndefined(answer("").auth)
    assert.strictEqual(answer(`"auth":{}`).auth?.size, 0)
  })

  it("CFG-47: bytes that are not UTF-8 become U+FFFD, one each", () => {
    assert.deepStrictEqual(authOf(`"auth":{"x\udcff":{"username":"\udce2\udc82","password":"\\ud800"}}`), [
      ["x\ufffd", "\ufffd\ufffd", "\ufffd", ""]
    ])
  })
})

describe("PluginProtocol errors", () => {
  it("say where each mistake is and what should be there", () => {
    const error = failureOf(
      decode(`{\n  ${head()},\n  "auth": {\n    "r.example/a": { "username": 5, "Password": "p" }\n  }\n}`)
    )
    assert.deepStrictEqual(error.findings.map(({ path: _, ...finding }) => finding), [
      { kind: "type", pointer: "/auth/r.example~1a/username", line: 4, column: 34, expected: "text" },
      {
        kind: "unknownField",
        pointer: "/auth/r.example~1a/Password",
        line: 4,
        column: 37,
        expected: "\"password\", in exactly this spelling",
        meant: "password"
      }
    ])
    assert.include(
      error.message,
      "/auth/r.example~1a/username (line 4, column 34): wrong type, expected text; /auth"
    )
  })

  it("tell empty output and diagnostics on stdout from other mistakes", () => {
    assert.include(failureOf(decode("\n")).message, "the output is empty")
    assert.strictEqual(
      failureOf(decode(`{${head()}}\ndone`)).message,
      "the plugin's answer can't be used: it is not one JSON object: line 2, column 1: expected the end of the " +
        "output, but something follows the JSON object, such as logs"
    )
    assert.deepStrictEqual(findingsOf(decode(`{${head()}}\ndone`)), ["syntax  2:1"])
  })

  it("RESP-1: tell logs before the answer as such, wherever reading them stops", () => {
    const whole = `{${head()}}`
    const logs = [
      "2026-11-23 INFO asking",
      "10:15:00 asking",
      "[INFO] asking",
      "I1123 10:15:00.1 main.go:7] asking",
      "true, asking",
      "\"asking\"",
      "null and void",
      "<html>"
    ]
    for (const log of logs) {
      assert.strictEqual(
        failureOf(decode(`\n ${log}\n${whole}\n`)).message,
        "the plugin's answer can't be used: it is not one JSON object: line 2, column 2: expected \"{\", but the output " +
          "begins with something else, such as logs",
        log
      )
    }
    assert.include(
      failureOf(decode(`\ufeff${whole}`)).message,
      "line 1, column 1: expected \"{\", but the output begins " +
        "with a byte order mark"
    )
    for (const list of ["[", "[\n ", "[{", `[${whole}`, `[${whole},]`, "[] asking", "[[1,]]", "[\"a\",]"]) {
      assert.include(
        failureOf(decode(`\n ${list}`)).message,
        "line 2, column 2: expected \"{\", but the output begins with a list",
        list
      )
    }
    assert.include(failureOf(decode(`{INFO} asking\n${whole}`)).message, "line 1, column 2: expected")
  })

  it("RESP-2: an apiVersion that is missing is told as such, an empty one is not", () => {
    const missing = `/apiVersion (line 1, column 2): expected "${v1}", but it is missing`
    for (const text of [" {}", " null", ` {"apiVersion":null}`]) {
      assert.include(failureOf(decode(text)).message, missing)
    }
    assert.match(
      failureOf(decode(`{"apiVersion":""}`)).message,
      /\/apiVersion \(line 1, column 15\): expected "[^"]+"$/
    )
    assert.include(
      failureOf(decode(`{"apiVersion":"${v1}"}`)).message,
      "/kind (line 1, column 1): expected \"CredentialProviderResponse\", but it is missing"
    )
  })

  it("RESP-3: fields of another kind are not what is wrong with it", () => {
    const members = `"cacheKeyType":"Image","cacheDuration":5,"auth":{},"auth":{}`
    const texts = [
      `{"kind":"CredentialProviderRequest","apiVersion":"${v1}",${members}}`,
      `{${members.replace("5", "\"5m\"")},"apiVersion":"${v1}",\n"kind":"CredentialProviderRequest","image":5}`,
      `{"kind":"CredentialProviderRequest","apiVersion":"${v1}"}`
    ]
    const errors = texts.map((text) => failureOf(decode(text)))
    assert.deepStrictEqual(errors.map((error) => error.class), ["strict", "type", "wrongKind"])
    assert.deepStrictEqual(errors[0]?.unknownFields, [["cacheKeyType"], ["cacheDuration"], ["auth"]])
    for (const error of errors) {
      assert.strictEqual(error.actualKind, "CredentialProviderRequest")
      assert.match(
        error.message,
        /can't be used: it is of kind CredentialProviderRequest: \/kind \(line \d, column \d\): expected "CredentialProviderResponse"$/
      )
    }
    assert.isUndefined(failureOf(decode(`{"kind":"${canary}","apiVersion":"${v1}"}`)).actualKind)
    assert.isUndefined(failureOf(withMembers(`"x":1`)).actualKind)
  })

  it("RESP-3: name the field that is probably meant", () => {
    const message = (members: string) => failureOf(withMembers(members)).message
    for (const name of ["cacheduration", "cacheDuraton", "CacheDuration"]) {
      assert.include(
        message(`"${name}":"5m"`),
        `/${name} (line 1, column ${`{${head()},"`.length}): unknown field (did you mean "cacheDuration"?)`
      )
    }
    for (const name of ["pasword", "passwort", "Password", "PASSWORD"]) {
      assert.include(message(`"auth":{"a":{"${name}":"${canary}"}}`), "unknown field (did you mean \"password\"?)")
    }
    for (const name of ["email", "x", "identitytoken", "x".repeat(1_000_000)]) {
      assert.include(
        message(`"auth":{"a":{"${name}":""}}`),
        "unknown field, expected only the fields username, password"
      )
    }
  })

  it("RESP-3: offer no field that is there already", () => {
    const message = (entry: string) => failureOf(withMembers(`"auth":{"a":{${entry}}}`)).message
    assert.include(message(`"name":"u"`), "did you mean \"username\"?")
    assert.include(message(`"name":"u","username":null`), "did you mean \"username\"?")
    for (const entry of [`"name":"u","username":"u"`, `"username":"u","Username":"u"`]) {
      assert.include(message(entry), "unknown field, expected only the fields username, password")
    }
    const types = failureOf(decode(`{${head()},"cacheKeyType":"Image","cacheKey":"Image"}`)).message
    assert.include(types, "unknown field, expected only the fields kind,")
  })

  it("name the fields of a kind that was not asked for", () => {
    const error = failureOf(decode(`{"kind":"CredentialProviderRequest","apiVersion":"${v1}","image":"i"}`))
    assert.deepStrictEqual(error.findings.map((finding) => [finding.pointer, finding.expected]), [
      ["/kind", "\"CredentialProviderResponse\""]
    ])
  })

  it("show no value, whatever is wrong", () => {
    const texts = [
      canary,
      `"${canary}"`,
      `{${head()},"auth":{"a":{"password":"${canary}"`,
      `{${head()}}${canary}`,
      `{"kind":"${canary}","apiVersion":"${v1}"}`,
      `{"kind":"CredentialProviderResponse","apiVersion":"${canary}"}`,
      `{"kind":"CredentialProviderResponse","apiVersion":"${canary}/a/b"}`,
      `{${head()},"cacheDuration":"${canary}"}`,
      `{${head()},"auth":"${canary}"}`,
      `{${head()},"auth":{"a":"${canary}"}}`,
      `{${head()},"auth":{"a":{"auth":"${canary}","password":5}}}`,
      `{${head()},"auth":{"a":{"password":"${canary}"}},"extra":"${canary}"}`,
      `{${head()},"auth":{"a":{"password":"${canary}","password":"${canary}"}}}`,
      `{${head()},"auth":{"https://me:${canary}@r.example":{"X":1}}}`
    ]
    for (const text of texts) assertHides(failureOf(decode(text)))
  })

  it("cut long names", () => {
    const [finding] = failureOf(withMembers(`"${"x".repeat(500)}":1`)).findings
    assert.strictEqual(finding?.pointer, `/${"x".repeat(100)}…`)
  })

  it("answers show no passwords", () => {
    assertHides(answer(`"auth":{"a":{"password":"${canary}"}}`))
  })
})

describe("PluginProtocol round trips", () => {
  const text = Arbitrary.map(Arbitrary.schema(Schema.String), (text) => text.toWellFormed())
  const entry = Arbitrary.all({ location: text, username: text, password: text })
  const auth = Arbitrary.map(
    Arbitrary.all({ present: Arbitrary.schema(Schema.Boolean), entries: Arbitrary.array(entry) }),
    ({ entries, present }) =>
      present
        ? new Map(entries.map(({ location, password, username }) => [
          location,
          { username, password: Redacted.make(password), email: "" }
        ]))
        : undefined
  )
  const cacheDuration = Arbitrary.map(
    Arbitrary.schema(Schema.UndefinedOr(Schema.BigInt)),
    (nanos) => nanos === undefined ? undefined : Duration.nanos(BigInt.asIntN(64, nanos))
  )

  it.effect.prop("RESP-13: decodeResponse reads what encodeResponse wrote", {
    version: Arbitrary.schema(Schema.Literals(versions)),
    cacheKeyType: text,
    cacheDuration,
    auth
  }, ({ version, ...response }) =>
    Effect.sync(() => {
      const read = Result.getOrThrow(
        PluginProtocol.decodeResponse(version, PluginProtocol.encodeResponse(version, response))
      )
      const plain = ({ auth, cacheDuration, cacheKeyType }: PluginProtocol.PluginResponse) => ({
        cacheKeyType,
        nanos: cacheDuration && GoDuration.toNanos(cacheDuration),
        auth: auth &&
          Array.from(auth, ([key, { email, password, username }]) => [key, username, Redacted.value(password), email])
            .toSorted(([a = ""], [b = ""]) => Bytes.compare(a, b))
      })
      assert.deepStrictEqual(plain(read), plain(response))
    }))

  it("a response is written in Go's order and form", () => {
    const auth = new Map([
      ["b", { username: "u", password: Redacted.make("<p>"), email: "e" }],
      ["a", { username: "", password: Redacted.make(""), email: "" }]
    ])
    assert.strictEqual(
      Bytes.decode(
        PluginProtocol.encodeResponse(v1, { cacheKeyType: "Image", cacheDuration: Duration.hours(1), auth })
      ),
      `{${head()},"cacheKeyType":"Image","cacheDuration":"1h0m0s","auth":{"a":{"username":"","password":""},` +
        `"b":{"username":"u","password":"\\u003cp\\u003e"}}}\n`
    )
  })

  const token = Arbitrary.schema(
    Schema.Literals([
      "{",
      "}",
      "[",
      "]",
      ":",
      ",",
      "\"auth\"",
      "\"a\"",
      "\"username\"",
      "\"cacheDuration\"",
      "\"1m\"",
      "\"kind\"",
      "\"KIND\"",
      "null",
      "5",
      "\\",
      " ",
      "\ufeff",
      "\udcff"
    ])
  )

  it.effect.prop(
    "no output makes decodeResponse throw",
    { tokens: Arbitrary.array(token) },
    ({ tokens }) =>
      Effect.sync(() => {
        const text = tokens.join("")
        assert.isTrue(Result.isResult(decode(text)))
        assert.isTrue(Result.isResult(withMembers(text)))
        assert.isTrue(Result.isResult(withMembers(`"auth":{"a":${text}}`)))
      })
  )

  it("neither depth nor size makes it throw", () => {
    assert.strictEqual(verdict(decode("[".repeat(100_000))), "interpret syntax")
    const deep = `{"a":`.repeat(9_990) + "1" + "}".repeat(9_990)
    assert.strictEqual(verdict(withMembers(`"x":${deep}`)), "decode strict")
    assert.strictEqual(verdict(withMembers(`"auth":{"a":${deep}}`)), "decode strict")
    const many = Array.from({ length: 20_000 }, (_, at) => `"${at}":{}`).join(",")
    assert.strictEqual(answer(`"auth":{${many}}`).auth?.size, 20_000)
    const repeated = Array.from({ length: 20_000 }, () => `"a":{}`).join(",")
    assert.strictEqual(verdict(withMembers(`"auth":{${repeated}}`)), "decode strict")
  })
})
