import { CacheKeyTooLong } from "@credlet/core/cache/CacheKey"
import { IdentityError, IdentityFailure } from "@credlet/core/identity/IdentityError"
import { PluginError, type PluginFailure } from "@credlet/core/plugin/PluginError"
import * as PluginProtocol from "@credlet/core/plugin/PluginProtocol"
import { ResponseError, ResponseErrorClass } from "@credlet/core/plugin/ResponseError"
import * as NextStep from "@credlet/core/provider/NextStep"
import {
  IdentityFailed,
  type ProviderError,
  TokenEchoed,
  UncacheableAnswer,
  UnknownCacheKeyType
} from "@credlet/core/provider/ProviderError"
import { assert, describe, it } from "@effect/vitest"
import { Duration } from "effect"

const path = "/plugins/ecr"
const stderr = "no role\nbye\n"
const v1 = "credentialprovider.kubelet.k8s.io/v1"
const response = (kind: ResponseError["class"]) => new ResponseError({ stage: "decode", class: kind, findings: [] })

/** One of each: a new failure has to be added here before this compiles. */
const reasons: { readonly [T in PluginFailure["_tag"]]: Extract<PluginFailure, { readonly _tag: T }> } = {
  NotFound: { _tag: "NotFound", path },
  NotExecutable: { _tag: "NotExecutable", path },
  IsDirectory: { _tag: "IsDirectory", path },
  NotAProgram: { _tag: "NotAProgram", path },
  BadInterpreter: { _tag: "BadInterpreter", path },
  Busy: { _tag: "Busy", path },
  ResourceExhausted: { _tag: "ResourceExhausted", path, code: "EMFILE" },
  BadPath: { _tag: "BadPath", path, code: "ELOOP" },
  TooBig: { _tag: "TooBig", path },
  NulCharacter: { _tag: "NulCharacter", in: "arguments" },
  BadEnvironmentName: { _tag: "BadEnvironmentName", index: 1, problem: "equals", word: "A" },
  StartFailed: { _tag: "StartFailed", path, code: "EIO" },
  QueueTimedOut: { _tag: "QueueTimedOut", maxConcurrent: 8, maxWait: Duration.minutes(1) },
  TimedOut: { _tag: "TimedOut", deadline: Duration.minutes(1), stderr },
  Exited: { _tag: "Exited", code: 3, stderr },
  Killed: { _tag: "Killed", signal: "SIGKILL", stderr },
  OutputTooLarge: { _tag: "OutputTooLarge", stream: "stdout", limit: 10, stderr },
  BadOutput: { _tag: "BadOutput", response: response("syntax"), stderr },
  WrongApiVersion: { _tag: "WrongApiVersion", expected: v1, stderr }
}

const pluginErrors = [
  ...Object.values(reasons),
  ...ResponseErrorClass.literals.map((kind) => ({ _tag: "BadOutput", response: response(kind), stderr } as const)),
  { ...reasons.Killed, signal: "SIGSEGV" },
  { ...reasons.OutputTooLarge, stream: "stderr" as const },
  new PluginProtocol.UnsupportedApiVersion({ apiVersion: "v0" })
].map((reason) => new PluginError({ provider: "ecr", reason }))

const identityErrors = IdentityFailure.literals.flatMap((failure) =>
  (["serviceAccount", "token"] as const).map((stage) =>
    new IdentityFailed({
      provider: "ecr",
      stage,
      reason: new IdentityError({ operation: "get serviceaccount a/b", failure, detail: "" })
    })
  )
)

const errors: ReadonlyArray<ProviderError> = [
  ...pluginErrors,
  ...identityErrors,
  ...(["image", "annotationValue"] as const).map((part) =>
    new UncacheableAnswer({ provider: "ecr", reason: new CacheKeyTooLong({ part, length: 70_000 }) })
  ),
  new UnknownCacheKeyType({ provider: "ecr", value: "registry" }),
  new UnknownCacheKeyType({ provider: "ecr", value: "" }),
  new UnknownCacheKeyType({ provider: "ecr", value: undefined }),
  new TokenEchoed({ provider: "ecr" })
]

describe("NextStep", () => {
  it("each failure has a cause in one line and a next step in one sentence", () => {
    for (const error of errors) {
      const name = NextStep.failureOf(error)
      for (const text of [NextStep.causeOf(error), NextStep.of(error)]) {
        assert.match(text, /^[^\n]{10,}[^.\n]$/, name)
        assert.notInclude(text, "undefined", name)
        assert.notInclude(text, "provider \"ecr\"", name)
      }
      assert.isAtMost(NextStep.of(error).length, 160, name)
      assert.notStrictEqual(NextStep.of(error), NextStep.causeOf(error))
    }
  })

  it("RESP-20: a cacheKeyType that is not there is told as such", () => {
    const error = new UnknownCacheKeyType({ provider: "ecr", value: "" })
    assert.strictEqual(NextStep.causeOf(error), "the cacheKeyType in the plugin's answer is missing or empty")
    assert.include(error.message, "but it is missing or empty; its credentials")
  })

  it("the cause of a plugin's failure never holds what it wrote to stderr, which is told by itself", () => {
    for (const error of pluginErrors) {
      assert.notInclude(NextStep.causeOf(error), "no role")
      assert.strictEqual(NextStep.stderrOf(error), "stderr" in error.reason ? "no role\nbye" : undefined)
    }
    const silent = new PluginError({ provider: "ecr", reason: { ...reasons.Exited, stderr: " \n" } })
    assert.isUndefined(NextStep.stderrOf(silent))
  })

  it("a plugin's failure is told in the same words by its message", () => {
    for (const error of pluginErrors) {
      const words = `provider "ecr": ${NextStep.causeOf(error)}: ${NextStep.of(error)}`
      assert.isTrue(error.message.startsWith(words), error.message)
      assert.match(error.message.slice(words.length), /^(; its stderr:\n  no role\n  bye)?$/)
    }
  })

  it("what is to be set is named, not by which of many ways it is set", () => {
    for (const error of errors) {
      const text = `${NextStep.causeOf(error)} ${NextStep.of(error)}`
      assert.notMatch(text, /Profile|execution policy|--[a-z]/, NextStep.failureOf(error))
    }
  })

  it("failures have their most specific names", () => {
    const names = errors.map(NextStep.failureOf)
    assert.includeMembers(names, ["NotExecutable", "BadOutput", "ServiceAccountNotFound", "TokenEchoed"])
    assert.notInclude(names, "PluginError")
    assert.notInclude(names, "IdentityFailed")
  })

  it("who may get and who may create is told apart", () => {
    const [get, create] = (["serviceAccount", "token"] as const).map((stage) =>
      NextStep.of(
        new IdentityFailed({
          provider: "ecr",
          stage,
          reason: new IdentityError({ operation: "x", failure: "Forbidden", detail: "" })
        })
      )
    )
    assert.include(get, "get serviceaccounts")
    assert.include(create, "create serviceaccounts/token")
  })

  it("TR-46: where something else than the API server answers, it is the address that is to be checked", () => {
    const stepAfter = (failure: IdentityFailure) => {
      const reason = new IdentityError({ operation: "get serviceaccount a/b", failure, detail: "" })
      return NextStep.of(new IdentityFailed({ provider: "ecr", stage: "serviceAccount", reason }))
    }
    assert.match(stepAfter("ForeignAnswer"), /^check the API server's address; if it is right, /)
    assert.strictEqual(stepAfter("ServerFailed"), "look again later, and see the API server's log")
  })

  it("SA-10, SA-13: also providers that were passed over have one", () => {
    assert.include(NextStep.ofSkipped({ provider: "ecr", reason: "ServiceAccountRequired" }), "requireServiceAccount")
    assert.include(
      NextStep.ofSkipped({ provider: "ecr", reason: "AnnotationMissing", annotation: "id.example/role" }),
      "id.example/role"
    )
  })
})
