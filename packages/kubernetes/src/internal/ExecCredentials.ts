/**
 * Credentials from a program (client.authentication.k8s.io). It is run in the scope of the connection, once for all who
 * ask meanwhile, contained like any plugin; its output is in no error. Rules: KUBE-12…14.
 */
import * as ContainedProcess from "@credlet/core/plugin/ContainedProcess"
import * as ExecutionPolicy from "@credlet/core/plugin/ExecutionPolicy"
import * as PluginEnvironment from "@credlet/core/plugin/PluginEnvironment"
import { PluginProcess, StartError } from "@credlet/core/plugin/PluginProcess"
import * as GoText from "@credlet/core/text/GoText"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import type { ApiCredentials, ClientCertificate } from "../ApiConnection.ts"
import type { KubeConfigError, KubeConfigReason } from "../KubeConfigError.ts"
import * as ExecAnswer from "./execAnswer.ts"
import type { Exec } from "./KubeConfigFile.ts"
import { sameCertificate } from "./pem.ts"
import type { Renewable } from "./Renewable.ts"

export interface Options {
  readonly exec: Exec
  readonly command: string
  readonly cluster: Effect.Effect<ExecAnswer.ClusterInfo | undefined>
  /** Makes an error of the user that the plugin belongs to. */
  readonly error: (reason: KubeConfigReason, detail: string) => KubeConfigError
  /** What the plugin says to the person in front of it. */
  readonly onStderr: ((bytes: Uint8Array) => void) | undefined
}

const mebibyte = 1024 * 1024

const policy = ExecutionPolicy.make({ maxStdout: mebibyte, maxStderr: mebibyte, keepStderr: 0 })

export const make: (
  options: Options
) => Effect.Effect<Renewable<ApiCredentials>, never, PluginProcess | Path.Path | Scope.Scope> = Effect.fnUntraced(
  function*(options) {
    const scope = yield* Effect.scope
    const run = yield* makeRun(options)
    const one = yield* Semaphore.make(1)
    let current: ExecAnswer.Answer | undefined
    let certificate: ClientCertificate | undefined
    let flight: Fiber.Fiber<ExecAnswer.Answer, KubeConfigError> | undefined

    const land = ({ credentials, expires }: ExecAnswer.Answer): ExecAnswer.Answer => {
      const { authorization, certificate: next } = credentials
      // One that came again is the same object again, so that its connections can be kept.
      if (next !== undefined && (certificate === undefined || !sameCertificate(certificate, next))) certificate = next
      return current = { credentials: { authorization, certificate: next && certificate }, expires }
    }
    const takeOff = run.pipe(
      Effect.map(land),
      Effect.ensuring(Effect.sync(() => flight = undefined)),
      Effect.interruptible,
      Effect.forkIn(scope), // who waits may leave at any time: the plugin goes on for the others
      Effect.map((fiber) => flight = fiber),
      Effect.uninterruptible
    )
    const get = Effect.gen(function*() {
      const now = yield* Clock.currentTimeMillis
      if (current !== undefined && (current.expires === undefined || now <= current.expires)) return current.credentials
      const fiber = yield* one.withPermit(Effect.suspend(() => flight === undefined ? takeOff : Effect.succeed(flight)))
      // An answer that is out of date already is used this once (KUBE-13).
      return (yield* Fiber.join(fiber)).credentials
    })
    const renew = (used: unknown) =>
      Effect.sync(() => {
        if (current?.credentials === used) current = undefined
        return true
      })
    return { get, renew }
  }
)

const makeRun = Effect.fnUntraced(function*({ cluster, command, error, exec, onStderr }: Options) {
  const platform = yield* PluginProcess
  const path = yield* Path.Path
  const processes = yield* Effect.provideService(
    ContainedProcess.make(policy),
    PluginProcess,
    onStderr === undefined ? platform : showing(platform, onStderr)
  )
  const apiVersion = exec.apiVersion ?? ""
  const plugin = `the exec plugin ${GoText.quote(command)}`
  const hint = exec.installHint === undefined
    ? ""
    : `. The kubeconfig says about it: ${GoText.quote(exec.installHint.slice(0, 500))}`
  const notStarted = ({ code, failure }: StartError) =>
    error(
      "ExecNotStarted",
      failure === "NotFound"
        ? `${plugin} is not there (looked for in PATH, if it has no slash)${hint}`
        : `${plugin} can't be started (${code})`
    )

  return Effect.gen(function*() {
    const environment = yield* platform.environment
    const file = yield* Effect.mapError(find(command, environment, path, platform), notStarted)
    const own = (exec.env ?? []).map((entry) =>
      `${entry?.name ?? ""}=${entry?.value === undefined ? "" : Redacted.value(entry.value)}`
    )
    const info = `KUBERNETES_EXEC_INFO=${ExecAnswer.execInfo(apiVersion, yield* cluster)}`
    const outcome = yield* Effect.mapError(
      processes.run({
        file,
        args: (exec.args ?? []).map((arg) => arg === null ? "" : Redacted.value(arg)),
        environment: PluginEnvironment.effective([...environment, ...own, info]),
        stdin: new Uint8Array()
      }),
      notStarted
    )
    if (outcome._tag !== "Answered") {
      return yield* error("ExecFailed", `${plugin} ${failureText(outcome)}; run it by hand to see why`)
    }
    const answer = ExecAnswer.decode(outcome.stdout, apiVersion)
    if (Result.isSuccess(answer)) return answer.success
    return yield* error("InvalidExecAnswer", `${plugin} answered, but its answer ${answer.failure}`)
  })
})

const failureText = (outcome: Exclude<ContainedProcess.Outcome, { readonly _tag: "Answered" }>): string => {
  switch (outcome._tag) {
    case "Exited":
      return `failed with exit status ${outcome.code}`
    case "Killed":
      return `was ended by ${outcome.signal}`
    case "TimedOut":
      return "did not end within a minute and was stopped"
    case "OutputTooLarge":
      return `wrote more than 1 MiB to ${outcome.stream} and was stopped`
  }
}

/** A name without a separator is looked for in PATH, of which relative entries do not count, as for Go. */
const find = (
  command: string,
  environment: ReadonlyArray<string>,
  path: Path.Path,
  platform: PluginProcess["Service"]
): Effect.Effect<string, StartError> => {
  // On Windows PATHEXT decides too: that is left to the system.
  if (command.includes(path.sep) || path.sep === "\\") return Effect.succeed(command)
  const variable = environment.findLast((entry) => entry.startsWith("PATH="))?.slice("PATH=".length) ?? ""
  const candidates = variable.split(":").filter((directory) => path.isAbsolute(directory))
    .map((directory) => path.join(directory, command))
  const notFound: Effect.Effect<string, StartError> = new StartError({ failure: "NotFound", code: "ENOENT" })
  return candidates.reduceRight(
    (next, candidate) => Effect.catch(Effect.as(platform.inspect(candidate), candidate), () => next),
    notFound
  )
}

const showing = (
  platform: PluginProcess["Service"],
  onStderr: (bytes: Uint8Array) => void
): PluginProcess["Service"] => ({
  ...platform,
  start: (command, observer) =>
    platform.start(command, {
      ...observer,
      onData: (stream, bytes) => {
        if (stream === "stderr") onStderr(bytes)
        observer.onData(stream, bytes)
      }
    })
})
