import { TinyRegistry } from "@credlet/testing"
import { assert, describe, it } from "@effect/vitest"
import { Clock, Effect, Exit, Redacted, Scope } from "effect"
import { TestClock } from "effect/testing"
import { createHash } from "node:crypto"

const password = "sëcret:CANARY"
const robot = { username: "robot", password: Redacted.make(password) }
const basicAuth = (username: string, password: string) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
const right = basicAuth("robot", password)
const wrong = basicAuth("robot", "guess")

interface Call {
  readonly method?: string
  readonly authorization?: string | undefined
}

/** A real request over a real connection. */
const ask = (host: string, path: string, { authorization, method = "GET" }: Call = {}) =>
  Effect.promise(async () => {
    const headers = authorization === undefined ? {} : { authorization }
    const response = await fetch(`http://${host}${path}`, { method, headers })
    return { status: response.status, headers: response.headers, body: new Uint8Array(await response.arrayBuffer()) }
  })

const json = ({ body }: { readonly body: Uint8Array }) => JSON.parse(new TextDecoder().decode(body))
const codeOf = (response: { readonly body: Uint8Array }): string => json(response).errors[0].code
const digestOf = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`

const manifest = "/v2/team/app/manifests/1.0"

describe("TinyRegistry", () => {
  describe("basic", () => {
    it.live("REG-1, REG-4, REG-16: who is not the account gets a challenge", () =>
      Effect.gen(function*() {
        const { host } = yield* TinyRegistry.make(robot)
        const strangers = [
          undefined,
          wrong,
          basicAuth("root", password),
          basicAuth("robot", ""),
          "Basic",
          "Basic ???",
          "Bearer x"
        ]
        for (const path of ["/v2/", manifest]) {
          for (const authorization of strangers) {
            const refused = yield* ask(host, path, { authorization })
            assert.strictEqual(refused.status, 401, `${path} ${authorization}`)
            assert.strictEqual(refused.headers.get("www-authenticate"), `Basic realm="${host}"`)
            assert.strictEqual(codeOf(refused), "UNAUTHORIZED")
          }
          assert.strictEqual((yield* ask(host, path, { authorization: right })).status, 200)
          assert.strictEqual((yield* ask(host, path, { authorization: right.replace("Basic", "bAsIc  ") })).status, 200)
        }
      }))

    it.live("the image is whole: every digest, size and media type is that of the bytes", () =>
      Effect.gen(function*() {
        const { digest, host, image } = yield* TinyRegistry.make(robot)
        assert.strictEqual(image, `${host}/team/app:1.0`)
        const found = yield* ask(host, manifest, { authorization: right })
        const { config, layers, mediaType, schemaVersion } = json(found)
        assert.strictEqual(schemaVersion, 2)
        assert.strictEqual(found.headers.get("content-type"), mediaType)
        assert.strictEqual(found.headers.get("docker-content-digest"), digest)
        assert.strictEqual(digestOf(found.body), digest)
        const byDigest = yield* ask(host, `/v2/team/app/manifests/${digest}`, { authorization: right })
        assert.deepStrictEqual(byDigest.body, found.body)
        for (const descriptor of [config, ...layers]) {
          const blob = yield* ask(host, `/v2/team/app/blobs/${descriptor.digest}`, { authorization: right })
          assert.strictEqual(blob.headers.get("content-type"), descriptor.mediaType)
          assert.strictEqual(digestOf(blob.body), descriptor.digest)
          assert.lengthOf(blob.body, descriptor.size)
        }
        const configBlob = yield* ask(host, `/v2/team/app/blobs/${config.digest}`, { authorization: right })
        assert.deepStrictEqual(json(configBlob).rootfs, { type: "layers", diff_ids: [layers[0].digest] })
      }))

    it.live("HEAD has the headers of GET and no body", () =>
      Effect.gen(function*() {
        const { host } = yield* TinyRegistry.make(robot)
        const get = yield* ask(host, manifest, { authorization: right })
        const head = yield* ask(host, manifest, { authorization: right, method: "HEAD" })
        assert.strictEqual(head.status, 200)
        assert.lengthOf(head.body, 0)
        for (const name of ["content-type", "content-length", "docker-content-digest"]) {
          assert.strictEqual(head.headers.get(name), get.headers.get(name), name)
        }
      }))

    it.live("REG-16: what is not there has the registry's own error codes", () =>
      Effect.gen(function*() {
        const { digest, host } = yield* TinyRegistry.make({ ...robot, repository: "a", tag: "v2" })
        const answer = (path: string, method = "GET") =>
          Effect.map(
            ask(host, path, { authorization: right, method }),
            (response) => [response.status, codeOf(response)]
          )
        assert.strictEqual((yield* ask(host, "/v2/a/manifests/v2", { authorization: right })).status, 200)
        assert.deepStrictEqual(yield* answer(manifest), [404, "NAME_UNKNOWN"])
        assert.deepStrictEqual(yield* answer("/v2/a/manifests/v3"), [404, "MANIFEST_UNKNOWN"])
        assert.deepStrictEqual(yield* answer(`/v2/a/blobs/${digest}`), [404, "BLOB_UNKNOWN"])
        assert.deepStrictEqual(yield* answer("/v2/a/blobs/uploads/", "POST"), [404, "UNSUPPORTED"])
        assert.deepStrictEqual(yield* answer("/v2/a/manifests/v2", "PUT"), [405, "UNSUPPORTED"])
        assert.deepStrictEqual(yield* answer("/v2/a\"é/manifests/v2"), [404, "UNSUPPORTED"])
        assert.deepStrictEqual(yield* answer("/token"), [404, "UNSUPPORTED"])
      }))
  })

  describe("bearer", () => {
    const challenge = "bearer" as const
    const query = (host: string, ...scopes: ReadonlyArray<string>) =>
      `/token?${new URLSearchParams([["service", host], ...scopes.map((scope): [string, string] => ["scope", scope])])}`
    const scope = "repository:team/app:pull"

    const tokenFor = (host: string, ...scopes: ReadonlyArray<string>) =>
      Effect.map(
        ask(host, query(host, ...scopes), { authorization: right }),
        (response) => `Bearer ${json(response).token}`
      )

    const statusWith = (host: string, authorization: string, path = manifest) =>
      Effect.map(ask(host, path, { authorization }), ({ status }) => status)

    it.live("REG-3, REG-5: the challenge names the token endpoint, and a scope where a repository was asked for", () =>
      Effect.gen(function*() {
        const { host } = yield* TinyRegistry.make({ ...robot, challenge })
        const bare = `Bearer realm="http://${host}/token",service="${host}"`
        for (const authorization of [undefined, right]) {
          const probe = yield* ask(host, "/v2/", { authorization })
          assert.deepStrictEqual([probe.status, codeOf(probe)], [401, "UNAUTHORIZED"])
          assert.strictEqual(probe.headers.get("www-authenticate"), bare)
          const refused = yield* ask(host, manifest, { authorization })
          assert.strictEqual(refused.status, 401)
          assert.strictEqual(refused.headers.get("www-authenticate"), `${bare},scope="${scope}"`)
        }
      }))

    it.live("REG-7, REG-10: name and password buy a token, each time another one", () =>
      Effect.gen(function*() {
        const { host } = yield* TinyRegistry.make({ ...robot, challenge, tokenLifetime: "5 minutes" })
        const before = yield* Clock.currentTimeMillis
        const first = json(yield* ask(host, query(host, scope), { authorization: right }))
        assert.strictEqual(first.expires_in, 300)
        assert.strictEqual(first.access_token, first.token)
        assert.isAtLeast(Date.parse(first.issued_at), before)
        const second = json(yield* ask(host, query(host, scope), { authorization: right }))
        assert.notStrictEqual(first.token, second.token)
        for (const { token } of [first, second]) {
          assert.strictEqual(yield* statusWith(host, `Bearer ${token}`), 200)
          assert.strictEqual(yield* statusWith(host, `Bearer ${token}`, "/v2/"), 200)
        }
        assert.strictEqual(yield* statusWith(host, `Bearer ${first.token}x`), 401)
      }))

    it.live("REG-12: wrong credentials are a 401 of the token endpoint; no credentials, a token that opens nothing", () =>
      Effect.gen(function*() {
        const { host } = yield* TinyRegistry.make({ ...robot, challenge })
        const refused = yield* ask(host, query(host, scope), { authorization: wrong })
        assert.deepStrictEqual([refused.status, codeOf(refused)], [401, "UNAUTHORIZED"])
        const anonymous = yield* ask(host, query(host, scope))
        assert.strictEqual(anonymous.status, 200)
        assert.strictEqual(yield* statusWith(host, `Bearer ${json(anonymous).token}`), 401)
      }))

    it.live("REG-6, REG-7: a token opens the repositories that its scopes ask to pull from", () =>
      Effect.gen(function*() {
        const { host } = yield* TinyRegistry.make({ ...robot, challenge })
        for (
          const scopes of [
            [scope],
            ["repository:team/app:pull,push"],
            ["repository:other:pull", scope],
            [`repository:other:pull ${scope}`]
          ]
        ) {
          assert.strictEqual(yield* statusWith(host, yield* tokenFor(host, ...scopes)), 200, scopes.join(" | "))
        }
        for (
          const scopes of [
            [],
            ["repository:team:pull"],
            ["repository:team/app:push"],
            ["repository:team/app:pullover"],
            ["registry:team/app:pull"],
            ["repository:host.example:80/team/app:pull"]
          ]
        ) {
          assert.strictEqual(yield* statusWith(host, yield* tokenFor(host, ...scopes)), 401, scopes.join(" | "))
        }
      }))

    it.live("REG-9: there is no OAuth2 POST; a token for another service is refused", () =>
      Effect.gen(function*() {
        const { host } = yield* TinyRegistry.make({ ...robot, challenge })
        assert.strictEqual((yield* ask(host, query(host, scope), { authorization: right, method: "POST" })).status, 404)
        for (const path of ["/token", query("other.example", scope)]) {
          assert.strictEqual((yield* ask(host, path, { authorization: right })).status, 400, path)
        }
      }))

    it.effect("REG-10: a token ends with its lifetime, by Effect's clock", () =>
      Effect.gen(function*() {
        const { host } = yield* TinyRegistry.make({ ...robot, challenge, tokenLifetime: "90 seconds" })
        const authorization = yield* tokenFor(host, scope)
        yield* TestClock.adjust("89999 millis")
        assert.strictEqual(yield* statusWith(host, authorization), 200)
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(yield* statusWith(host, authorization), 401)
        assert.strictEqual(yield* statusWith(host, yield* tokenFor(host, scope)), 200)
        assert.strictEqual(yield* statusWith(host, authorization), 401, "also once others were issued")
      }))
  })

  it.live("requests are recorded in order, without query and credentials", () =>
    Effect.gen(function*() {
      const { host, requests } = yield* TinyRegistry.make({ ...robot, challenge: "bearer" })
      yield* ask(host, manifest, { method: "HEAD" })
      yield* ask(host, `/token?service=${host}&scope=repository:team/app:pull`)
      const token = yield* ask(host, `/token?service=${host}&scope=repository:team/app:pull&account=CANARY`, {
        authorization: right
      })
      yield* ask(host, manifest, { authorization: `Bearer ${json(token).token}` })
      yield* ask(host, "/elsewhere", { authorization: right })
      assert.deepStrictEqual(yield* requests, [
        { method: "HEAD", path: manifest, authorised: false },
        { method: "GET", path: "/token", authorised: false },
        { method: "GET", path: "/token", authorised: true },
        { method: "GET", path: manifest, authorised: true },
        { method: "GET", path: "/elsewhere", authorised: false }
      ])
    }))

  it.live("closing the scope closes the port, with connections kept alive", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { host } = yield* Scope.provide(TinyRegistry.make(robot), scope)
      assert.strictEqual((yield* ask(host, "/v2/")).status, 401)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(ask(host, "/v2/"))))
    }))

  it.live("as a layer, it is there for what it is provided to", () =>
    Effect.gen(function*() {
      const { host } = yield* TinyRegistry.TinyRegistry
      assert.strictEqual((yield* ask(host, "/v2/", { authorization: right })).status, 200)
    }).pipe(Effect.provide(TinyRegistry.layer(robot))))
})
