/** Room `plugin`: encodeRequest, decodeResponse, execEnv, execPlugin. */
import { formatPath } from "@credlet/core/config/ConfigLocation"
import { EnvVar } from "@credlet/core/config/ProviderConfig"
import * as PluginEnvironment from "@credlet/core/plugin/PluginEnvironment"
import type { PluginError } from "@credlet/core/plugin/PluginError"
import * as PluginProtocol from "@credlet/core/plugin/PluginProtocol"
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import * as Profile from "@credlet/core/Profile"
import * as Bytes from "@credlet/core/text/Bytes"
import { Effect, FileSystem, Path, Redacted, Result, Schema } from "effect"
import { constants } from "node:os"
import { Binary, type Json, maybe, orNull, quoted, Text, written, writtenBytes, writtenDuration } from "../expand.ts"
import { effectful, type Operation, pure } from "../operation.ts"
import { writtenEntries } from "./credential.ts"

const Request = {
  image: maybe(Text),
  serviceAccountToken: maybe(Text),
  serviceAccountAnnotations: maybe(Schema.Record(Schema.String, Text))
}

const requestOf = (input: Schema.Schema.Type<Schema.Struct<typeof Request>>): PluginProtocol.PluginRequest => ({
  image: input.image ?? "",
  serviceAccountToken: input.serviceAccountToken == null ? undefined : Redacted.make(input.serviceAccountToken),
  serviceAccountAnnotations: input.serviceAccountAnnotations ?? undefined
})

const Env = Schema.Array(Schema.Struct({ name: maybe(Text), value: maybe(Text) }))

const envOf = (env: typeof Env.Type | null | undefined): ReadonlyArray<EnvVar> =>
  (env ?? []).map(({ name, value }) => new EnvVar({ name: name ?? "", value: Redacted.make(value ?? "") }))

const Texts = Schema.Array(Text)

const writtenResponse = (response: PluginProtocol.PluginResponse): Json => ({
  cacheKeyType: written(response.cacheKeyType),
  cacheDuration: writtenDuration(response.cacheDuration),
  auth: orNull(response.auth, writtenEntries)
})

export const plugin: Readonly<Record<string, Operation>> = {
  encodeRequest: pure(Schema.Struct({ apiVersion: Text, ...Request }), (input) => {
    const encoded = PluginProtocol.encodeRequest(input.apiVersion, requestOf(input))
    return Result.isSuccess(encoded) ? { bytes: writtenBytes(encoded.success) } : { error: "invalidApiVersion" }
  }),

  decodeResponse: pure(Schema.Struct({ apiVersion: Text, text: Binary }), (input) => {
    const decoded = PluginProtocol.decodeResponse(input.apiVersion, input.text)
    if (Result.isSuccess(decoded)) return { response: writtenResponse(decoded.success) }
    const { class: verdict, duplicateFields, stage, unknownFields } = decoded.failure
    if (stage !== "decode") return { error: { stage } }
    if (verdict !== "strict") return { error: { stage, class: verdict } }
    const paths = (fields: typeof unknownFields) => fields.map((path) => quoted(formatPath(path)))
    return {
      error: { stage, class: verdict, unknownFields: paths(unknownFields), duplicateFields: paths(duplicateFields) }
    }
  }),

  execEnv: pure(Schema.Struct({ environ: maybe(Texts), env: maybe(Env) }), (input) => {
    const merged = PluginEnvironment.merge(input.environ ?? [], envOf(input.env))
    return { merged: merged.map(written), effective: PluginEnvironment.effective(merged).map(written) }
  }),

  execPlugin: effectful(
    Schema.Struct({
      apiVersion: Text,
      name: maybe(Text),
      /** absent: there is no such file. */
      script: maybe(Text),
      mode: maybe(Schema.String),
      args: maybe(Texts),
      environ: maybe(Texts),
      env: maybe(Env),
      ...Request
    }),
    Effect.fnUntraced(function*(input) {
      const files = yield* FileSystem.FileSystem
      const path = yield* Path.Path
      const directory = yield* Effect.orDie(files.makeTempDirectoryScoped())
      const inDirectory = (text: string) => text.replaceAll("<DIR>", directory)
      const file = path.join(directory, input.name ?? "plugin")
      if (input.script != null) {
        yield* Effect.orDie(files.writeFile(file, Bytes.encode(inDirectory(input.script))))
        yield* Effect.orDie(files.chmod(file, Number.parseInt(input.mode ?? "755", 8)))
      }
      const runner = yield* PluginRunner.makeExec(
        input.environ == null ? {} : { environment: input.environ.map(inDirectory) }
      ).pipe(Effect.provideService(Profile.Profile, Profile.kubelet))
      const command = {
        provider: input.name ?? "plugin",
        path: file,
        apiVersion: input.apiVersion,
        args: (input.args ?? []).map(inDirectory),
        env: envOf(input.env).map(({ name, value }) =>
          new EnvVar({ name, value: Redacted.make(inDirectory(Redacted.value(value))) })
        )
      }
      return yield* runner.run(command, requestOf(input)).pipe(
        Effect.match({
          onSuccess: (response): Json => ({ response: writtenResponse(response) }),
          onFailure: ({ reason }): Json => ({ error: writtenFailure(reason) })
        }),
        Effect.map((answer) => outOfDirectory(answer, directory))
      )
    })
  )
}

const outOfDirectory = (answer: Json, directory: string): Json => {
  if (typeof answer === "string") return answer.replaceAll(directory, "<DIR>")
  if (typeof answer !== "object" || answer === null) return answer
  return Array.isArray(answer)
    ? answer.map((item: Json) => outOfDirectory(item, directory))
    : Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, outOfDirectory(value, directory)]))
}

const writtenFailure = (reason: PluginError["reason"]): Json => {
  switch (reason._tag) {
    case "NotFound":
    case "BadInterpreter":
      return { class: "notFound" }
    case "NotExecutable":
    case "IsDirectory": // which Go learns from the system alone
      return { class: "permissionDenied" }
    case "NotAProgram":
      return { class: "execFormat" }
    case "NulCharacter":
      return { class: reason.in === "environment" ? "nulInEnvironment" : "invalidArgument" }
    case "Exited":
      return { class: "exit", code: reason.code, stderr: reason.stderr }
    case "Killed":
      return { class: "signal", signal: goSignal(reason.signal), stderr: reason.stderr }
    case "TimedOut":
      return { class: "deadline", stderr: reason.stderr }
    case "BadOutput":
      return { class: reason.response.stage }
    case "WrongApiVersion":
      return { class: "apiVersion" }
    case "UnsupportedApiVersion":
      return { class: "invalidApiVersion" }
    default:
      return { class: reason._tag }
  }
}

/** Go has names for these signals on Linux; the others are numbers. */
const signalNames = [
  "hangup",
  "interrupt",
  "quit",
  "illegal instruction",
  "trace/breakpoint trap",
  "aborted",
  "bus error",
  "floating point exception",
  "killed",
  "user defined signal 1",
  "segmentation fault",
  "user defined signal 2",
  "broken pipe",
  "alarm clock",
  "terminated"
]

const goSignal = (name: string): string => {
  const number = Object.entries(constants.signals).find(([known]) => known === name)?.[1] ?? 0
  return signalNames[number - 1] ?? `signal ${number}`
}
