import { IdentityError } from "@credlet/core/identity/IdentityError"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { readFileSync } from "node:fs"
import { byId } from "./kubeconfig/cases.ts"
import { HTTP, run, SERVER } from "./kubeconfig/run.ts"

const Seen = Schema.Struct({
  error: Schema.optionalKey(Schema.String),
  /** Where kubectl asks for a user name, and who can't be asked is anonymous. */
  asks: Schema.optionalKey(Schema.Literal(true)),
  authorization: Schema.optionalKey(Schema.String),
  certificate: Schema.optionalKey(Schema.String),
  impersonation: Schema.optionalKey(Schema.Array(Schema.Array(Schema.String))),
  namespace: Schema.optionalKey(Schema.String),
  info: Schema.optionalKey(Schema.String)
})

const reference = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ version: Schema.String, cases: Schema.Record(Schema.String, Seen) }))
)(readFileSync(new URL("kubeconfig/reference.json", import.meta.url), "utf8"))

/** An exec plugin is run when credentials are asked for, which fails with an `IdentityError`: its text has the cause. */
const late: Readonly<Record<string, RegExp>> = {
  ExecNotStarted: /is not there|can't be started/,
  ExecFailed: /failed with exit status \d/,
  InvalidExecAnswer: /answered, but its answer/
}

const recorded = new Map(Object.entries(reference.cases))
const sorted = (headers: ReadonlyArray<ReadonlyArray<string>> = []) => headers.map((header) => header.join(": ")).sort()

describe(`KubeConfig against kubectl, ${reference.version}`, () => {
  it("each case has a recorded answer, and no answer is left over", () => {
    assert.deepStrictEqual([...recorded.keys()], [...byId.keys()])
    assert.isAtLeast(byId.size, 60)
  })

  for (const [id, one] of byId) {
    it.effect(id, () =>
      Effect.gen(function*() {
        const theirs: typeof Seen.Type = recorded.get(id) ?? {}
        const { dir, info, result } = yield* run(one)
        assert.strictEqual(
          info?.replaceAll(dir, "$DIR").replaceAll(SERVER, "$SERVER").replaceAll(HTTP, "$HTTP"),
          theirs.info
        )
        const reason = one.refused ?? one.stricter
        assert.strictEqual(theirs.error === undefined, one.refused === undefined, "what kubectl did")
        if (Result.isFailure(result)) {
          const error = result.failure
          if (error instanceof IdentityError) {
            assert.match(error.detail, late[reason ?? ""] ?? /^$/)
          } else assert.strictEqual(error.reason, reason, error.message)
          return
        }
        assert.isUndefined(reason)
        assert.strictEqual(result.success.authorization, theirs.authorization)
        assert.strictEqual(result.success.certificate, theirs.certificate)
        assert.strictEqual(result.success.namespace, theirs.namespace)
        assert.deepStrictEqual(sorted(result.success.impersonation), sorted(theirs.impersonation))
      }))
  }
})
