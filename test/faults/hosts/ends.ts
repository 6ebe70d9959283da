/**
 * Arguments: a config, a directory of plugins, how it is ended, and where. Looks an image up. Ends when something comes on
 * stdin (`exit`, `exception`, `rejection`), or by the signal that it gets.
 */
import * as Keyring from "@credlet/core/keyring/Keyring"
import * as Credlet from "@credlet/node/Credlet"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"

const [config = "", binDir = "", how = "", where = ""] = process.argv.slice(2)

const program = Effect.flatMap(Keyring.Keyring, (keyring) => keyring.lookup("registry.example/team/app")).pipe(
  Effect.provide(Credlet.layer({ config, binDir }), { local: true })
)

/** As the package does: it acts only where all listeners are its own. */
const listenAsSignalExit = () => {
  const emitter = { count: where.endsWith("twice") ? 2 : 1 }
  Object.assign(globalThis, { [Symbol.for("signal-exit emitter")]: emitter })
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const listeners = Array.from({ length: emitter.count }, () => () => {
      if (process.listeners(signal).length > emitter.count) return
      for (const listener of listeners) process.off(signal, listener)
      process.kill(process.pid, signal)
    })
    for (const listener of listeners) process.on(signal, listener)
  }
}

if (where.startsWith("with signal-exit")) listenAsSignalExit()
if (where === "under runMain") NodeRuntime.runMain(program)
else {
  Effect.runFork(program)
  if (where.endsWith("two layers")) Effect.runFork(program)
  if (where.endsWith("its own")) process.on("SIGTERM", () => process.exit(7))
  process.stdin.once("data", () => {
    if (how === "exit") process.exit(0)
    if (how === "rejection") void Promise.reject(new Error("nobody catches this"))
    else throw new Error("nobody catches this")
  })
}
