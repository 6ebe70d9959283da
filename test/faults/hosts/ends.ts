/**
 * Arguments: a config, a directory of plugins, and how to end: `exit`, `exception`, `rejection` or `signal`. Looks an image
 * up; the first three happen when something comes on stdin, the last is left to `runMain`.
 */
import * as Keyring from "@credlet/core/keyring/Keyring"
import * as Credlet from "@credlet/node/Credlet"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"

const [config = "", binDir = "", how = ""] = process.argv.slice(2)

const program = Effect.flatMap(Keyring.Keyring, (keyring) => keyring.lookup("registry.example/team/app")).pipe(
  Effect.provide(Credlet.layer({ config, binDir }))
)

if (how === "signal") NodeRuntime.runMain(program)
else {
  Effect.runFork(program)
  process.stdin.once("data", () => {
    if (how === "exit") process.exit(0)
    if (how === "rejection") void Promise.reject(new Error("nobody catches this"))
    else throw new Error("nobody catches this")
  })
}
