import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { isExempt, proxyFor } from "../../src/internal/proxy.ts"

const inEnvironment = (env: Readonly<Record<string, string>>, server: string, configured?: string) =>
  proxyFor(server, configured === undefined ? undefined : Redacted.make(configured)).pipe(
    Effect.map((proxy) => proxy === undefined ? undefined : Redacted.value(proxy)),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env }))
  )

const server = "https://api.example:6443"

describe("KUBE-6", () => {
  it.effect("the kubeconfig's proxy comes first, else the environment's, in either case", () =>
    Effect.gen(function*() {
      const env = {
        HTTPS_PROXY: "http://upper.example:1",
        https_proxy: "http://lower.example:2",
        NO_PROXY: "api.example"
      }
      assert.strictEqual(yield* inEnvironment(env, server, "http://own.example"), "http://own.example")
      assert.strictEqual(yield* inEnvironment({ ...env, NO_PROXY: "" }, server), "http://upper.example:1")
      assert.strictEqual(yield* inEnvironment({ https_proxy: "lower.example:2" }, server), "http://lower.example:2")
      assert.strictEqual(
        yield* inEnvironment({ HTTPS_PROXY: "", https_proxy: "http://l.example" }, server),
        "http://l.example"
      )
      assert.isUndefined(yield* inEnvironment({}, server))
      assert.isUndefined(
        yield* inEnvironment({ ALL_PROXY: "http://all.example", HTTP_PROXY: "http://h.example" }, server)
      )
      assert.strictEqual(
        yield* inEnvironment({ HTTP_PROXY: "http://h.example", HTTPS_PROXY: "http://s.example" }, "http://api.example"),
        "http://h.example"
      )
    }))

  it.effect("NO_PROXY and loopback", () =>
    Effect.gen(function*() {
      const env = { HTTPS_PROXY: "http://proxy.example:1" }
      assert.isUndefined(yield* inEnvironment({ ...env, no_proxy: "other.example,api.example" }, server))
      for (const host of ["localhost", "127.0.0.1", "127.8.8.8", "[::1]"]) {
        assert.isUndefined(yield* inEnvironment(env, `https://${host}:6443`), host)
      }
    }))
})

describe("NO_PROXY as Go reads it", () => {
  const cases: ReadonlyArray<readonly [noProxy: string, host: string, exempt: boolean]> = [
    ["", "a.example", false],
    ["*", "a.example", true],
    ["a.example", "a.example", true],
    ["a.example", "b.a.example", true],
    ["a.example", "ba.example", false],
    [".a.example", "a.example", false],
    [".a.example", "b.a.example", true],
    ["*.a.example", "b.a.example", true],
    ["*.a.example", "a.example", false],
    ["A.Example", "a.example", true],
    [" b.example , a.example", "a.example", true],
    ["a.example:6443", "a.example", true],
    ["a.example:443", "a.example", false],
    ["10.0.0.0/8", "10.96.0.1", true],
    ["10.0.0.0/8", "11.96.0.1", false],
    ["10.0.0.0/8", "a.example", false],
    ["10.0.0.0/33", "10.96.0.1", false],
    ["10.96.0.1", "10.96.0.1", true],
    ["10.96.0.1:6443", "10.96.0.1", true],
    ["10.96.0.1:443", "10.96.0.1", false],
    ["fd00::/8", "fd00::1", true],
    ["fd00::1", "fd00::1", true],
    ["[fd00::1]:6443", "fd00::1", true],
    ["fd00::/8", "10.0.0.1", false]
  ]
  it.each(cases)("%s, %s: %s", (noProxy, host, exempt) => {
    assert.strictEqual(isExempt(noProxy, host, "6443"), exempt)
  })
})
