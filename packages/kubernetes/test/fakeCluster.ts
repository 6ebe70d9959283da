/** A fake cluster and a client of it. */
import * as ApiServer from "@credlet/kubernetes/ApiServer"
import { FakeApiServer } from "@credlet/testing"
import { Effect, Redacted } from "effect"
import { connection } from "./scriptedServer.ts"

export type Fake = FakeApiServer.FakeApiServer["Service"]

export const agent = "system:serviceaccount:credlet:agent"

/** The client may do what the rules say. */
export const make = Effect.fnUntraced(function*(rules: ReadonlyArray<FakeApiServer.Rule>) {
  const fake = yield* FakeApiServer.make()
  yield* fake.setCaller(agent, rules)
  const credentials = {
    authorization: Redacted.make(`Bearer ${Redacted.value(yield* fake.issueToken(agent))}`),
    certificate: undefined
  }
  const api = yield* ApiServer.make(connection(fake.server, { credentials: Effect.succeed(credentials) }))
  return { fake, api }
})
