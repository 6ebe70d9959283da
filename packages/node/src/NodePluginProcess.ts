/**
 * `PluginProcess` on `node:child_process`. Effect's own spawner has no way to let go of a pipe that an escaped descendant
 * holds, which would keep the host from exiting. Only error codes leave this file: Node's errors hold the arguments and,
 * for a NUL, the value. Rules: CFG-111, EXEC-1…6.
 *
 * On Windows there are neither process groups nor SIGTERM: the deadline still bounds the call, descendants may survive.
 *
 * @since 0.1.0
 */
import { type Command, type Handle, type Observer, PluginProcess, StartError } from "@credlet/core/plugin/PluginProcess"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawn } from "node:child_process"
import { constants, existsSync } from "node:fs"
import * as Fs from "node:fs/promises"
import { isProgram } from "./internal/isProgram.ts"
import { LiveGroups } from "./internal/LiveGroups.ts"

/**
 * Plugins as child processes of this one, each the leader of its own process group.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<PluginProcess> = Layer.sync(PluginProcess, () => {
  const groups = new LiveGroups()
  return PluginProcess.of({
    inspect,
    start: (command, observer) => start(groups, command, observer),
    environment: Effect.sync(() =>
      Object.entries(process.env).flatMap(([name, value]) => value === undefined ? [] : [`${name}=${value}`])
    )
  })
})

const failures: Readonly<Record<string, StartError["failure"]>> = {
  ENOENT: "NotFound",
  EISDIR: "IsDirectory",
  ENOTDIR: "BadPath",
  EACCES: "NotExecutable",
  EPERM: "NotExecutable",
  ENOEXEC: "NotAProgram",
  ELOOP: "BadPath",
  ENAMETOOLONG: "BadPath",
  ETXTBSY: "Busy",
  EMFILE: "ResourceExhausted",
  ENFILE: "ResourceExhausted",
  EAGAIN: "ResourceExhausted",
  ENOMEM: "ResourceExhausted",
  E2BIG: "TooBig"
}

const startError = (error: unknown): StartError => {
  const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN"
  return new StartError({ failure: failures[code] ?? "Unknown", code })
}

const nul = (failure: "NulInFile" | "NulInArguments" | "NulInEnvironment") =>
  new StartError({ failure, code: "EINVAL" })

const inspect = (file: string): Effect.Effect<void, StartError> =>
  file.includes("\0") ? nul("NulInFile") : Effect.gen(function*() {
    const found = yield* Effect.tryPromise({ try: () => Fs.stat(file), catch: startError })
    if (found.isDirectory()) return yield* new StartError({ failure: "IsDirectory", code: "EISDIR" })
    yield* Effect.tryPromise({ try: () => Fs.access(file, constants.X_OK), catch: startError })
  })

const hasNul = (text: string) => text.includes("\0")

const start = (groups: LiveGroups, command: Command, observer: Observer): Effect.Effect<Handle, StartError> => {
  if (hasNul(command.file)) return nul("NulInFile")
  if (command.args.some(hasNul)) return nul("NulInArguments")
  if (command.environment !== "inherit" && command.environment.some(hasNul)) return nul("NulInEnvironment")
  return Effect.callback((resume) => {
    if (!isProgram(command.file)) return resume(new StartError({ failure: "NotAProgram", code: "ENOEXEC" }))
    try {
      spawnObserved(groups, command, observer, resume)
    } catch (error) {
      resume(startError(error)) // ETXTBSY, E2BIG, ELOOP, ENOMEM are thrown
    }
  })
}

const spawnObserved = (
  groups: LiveGroups,
  command: Command,
  observer: Observer,
  resume: (effect: Effect.Effect<Handle, StartError>) => void
): void => {
  const child = spawn(command.file, command.args, {
    env: command.environment === "inherit"
      ? process.env
      : Object.fromEntries(command.environment.map(nameAndValue)),
    stdio: "pipe",
    detached: process.platform !== "win32",
    windowsHide: true
  })
  const { pid, stderr, stdin, stdout } = child
  if (pid === undefined) {
    // ENOENT, EACCES, EAGAIN, EMFILE come as an event; with EMFILE there are no streams, whatever the types say.
    child.once("error", (error) => resume(missing(command.file, startError(error))))
    for (const stream of [stdin, stdout, stderr]) stream?.on("error", ignore).destroy()
    return
  }
  groups.add(pid)
  let openPipes = 2
  const ended = () => {
    if (--openPipes === 0) observer.onEnd()
  }
  stdout.on("data", (bytes: Uint8Array) => observer.onData("stdout", bytes)).on("error", ignore).once("close", ended)
  stderr.on("data", (bytes: Uint8Array) => observer.onData("stderr", bytes)).on("error", ignore).once("close", ended)
  stdin.on("error", ignore).end(command.stdin) // a plugin need not read its request (EXEC-6): the exit status decides
  child.on("error", ignore)
  child.once("exit", (code, signal) => observer.onExit(code, signal))
  resume(Effect.succeed({
    signal: (signal) => groups.signal(pid, signal),
    release: () => {
      stdin.destroy()
      stdout.destroy()
      stderr.destroy()
      child.unref()
    }
  }))
}

/** `ENOENT` is also said of a script that is there, but not the program in its first line. */
const missing = (file: string, error: StartError): StartError =>
  error.failure === "NotFound" && existsSync(file)
    ? new StartError({ failure: "BadInterpreter", code: error.code })
    : error

const ignore = () => {}

/** An entry's name ends at its first `=`, but not at a leading one. Node puts both together again as they were. */
const nameAndValue = (entry: string): [string, string] => {
  const equals = entry.indexOf("=", 1)
  return equals < 0 ? [entry, ""] : [entry.slice(0, equals), entry.slice(equals + 1)]
}
