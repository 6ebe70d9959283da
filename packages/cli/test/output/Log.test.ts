import { LookupLog } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, References } from "effect"
import { TestConsole } from "effect/testing"
import * as Log from "../../src/output/Log.ts"
import * as Style from "../../src/output/Style.ts"

const plain = Layer.succeed(Style.Styles, { stdout: Style.plain, stderr: Style.plain })

const written = <A, E>(self: Effect.Effect<A, E>) =>
  self.pipe(
    Effect.andThen(TestConsole.errorLines),
    Effect.provide(Layer.provide(Log.layer, plain)),
    Effect.provideService(References.MinimumLogLevel, "Trace")
  )

describe("Log", () => {
  it.effect("a message a line, with its fields; who wrote it can't begin another line", () =>
    Effect.gen(function*() {
      const fields = { provider: "ecr", err: "no \"route\"\nerror: forged", empty: "", n: 1 }
      assert.deepStrictEqual(
        yield* written(Effect.andThen(
          Effect.logWarning("one\ntwo\u001b[31m"),
          Effect.annotateLogs(Effect.logDebug("more"), fields)
        )),
        [
          "warning: one\\x0atwo\\x1b[31m",
          "debug: more provider=ecr err=\"no \\\"route\\\"\\nerror: forged\" empty=\"\" n=1"
        ]
      )
    }))

  it.effect("LOG-1…4, LOG-8, LOG-13: what the commands tell is left to them; LOG-5…7 are not told otherwise", () =>
    Effect.gen(function*() {
      const pod = { namespace: "team", podName: "web", podUid: "u", serviceAccountName: "builder" }
      const lines = yield* written(Effect.all([
        LookupLog.providerFailed({ provider: "ecr", message: "oops" }, { image: "r.example/a" }),
        LookupLog.providerSkipped({ provider: "ecr", reason: "ServiceAccountRequired" }, { image: "r.example/a" }),
        LookupLog.providerSkipped({ provider: "ecr", reason: "AnnotationMissing", annotation: "a" }, { image: "r" }),
        LookupLog.unusableLocation({ location: "r:x", source: { _tag: "NodeConfig" } }, "no address"),
        LookupLog.noCredentials("r.example/a"),
        LookupLog.pluginStarting("ecr", "r.example/a"),
        LookupLog.providerRegistered("ecr"),
        LookupLog.providerBound("ecr", pod),
        LookupLog.tokenContained("ecr", "r.example/a")
      ]))
      assert.deepStrictEqual(lines.map((line) => String(line).replace(/: .*? (?=\w+=)/, ": … ")), [
        "trace: … pluginName=ecr image=r.example/a",
        "debug: … provider=ecr",
        "debug: … provider=ecr podName=web podNamespace=team podUID=u serviceAccountName=builder",
        "warning: … provider=ecr image=r.example/a"
      ])
    }))
})
