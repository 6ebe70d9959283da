/** Room `config`: decodeConfig, readConfig, validateConfig; and registerPlugins, which puts a config to work. */
import * as CredentialCache from "@credlet/core/cache/CredentialCache"
import * as ConfigDecoding from "@credlet/core/config/ConfigDecoding"
import type { ConfigDecodeError, ConfigError, ConfigReadError } from "@credlet/core/config/ConfigError"
import * as ConfigLoading from "@credlet/core/config/ConfigLoading"
import { formatPath } from "@credlet/core/config/ConfigLocation"
import type { ConfigProblem } from "@credlet/core/config/ConfigProblem"
import * as ConfigValidation from "@credlet/core/config/ConfigValidation"
import type { Provider, TokenAttributes } from "@credlet/core/config/ProviderConfig"
import * as ServiceAccounts from "@credlet/core/identity/ServiceAccounts"
import * as ServiceAccountTokens from "@credlet/core/identity/ServiceAccountTokens"
import * as PluginRunner from "@credlet/core/plugin/PluginRunner"
import * as Profile from "@credlet/core/Profile"
import * as ProviderRegistry from "@credlet/core/provider/ProviderRegistry"
import type { BinDirError, PluginsUnavailable } from "@credlet/core/provider/RegistrationError"
import * as Bytes from "@credlet/core/text/Bytes"
import { Effect, FileSystem, Layer, Path, Redacted, Result, Schema } from "effect"
import { Binary, type Json, maybe, orNull, quoted, written, writtenDuration } from "../expand.ts"
import { effectful, type Operation, pure } from "../operation.ts"

const writtenTexts = (texts: ReadonlyArray<string>): Json => texts.map(written)

const writtenProvider = (provider: Provider): Json => ({
  name: written(provider.name),
  matchImages: orNull(provider.matchImages, writtenTexts),
  defaultCacheDuration: writtenDuration(provider.defaultCacheDuration),
  apiVersion: written(provider.apiVersion),
  args: orNull(provider.args, writtenTexts),
  env: orNull(
    provider.env,
    (env) => env.map(({ name, value }) => ({ name: written(name), value: written(Redacted.value(value)) }))
  ),
  tokenAttributes: orNull(provider.tokenAttributes, writtenTokenAttributes)
})

const writtenTokenAttributes = (attributes: TokenAttributes): Json => ({
  serviceAccountTokenAudience: written(attributes.serviceAccountTokenAudience),
  cacheType: written(attributes.cacheType),
  requireServiceAccount: attributes.requireServiceAccount ?? null,
  requiredServiceAccountAnnotationKeys: orNull(attributes.requiredServiceAccountAnnotationKeys, writtenTexts),
  optionalServiceAccountAnnotationKeys: orNull(attributes.optionalServiceAccountAnnotationKeys, writtenTexts)
})

const writtenDecodeError = ({ findings, reason }: ConfigDecodeError): Schema.JsonObject => {
  if (reason !== "strict") return { class: reason }
  const paths = (type: (typeof findings)[number]["type"]) =>
    findings.filter((finding) => finding.type === type).map(({ path }) => quoted(formatPath(path)))
  return {
    class: reason,
    unknownFields: paths("unknownField"),
    duplicateFields: paths("duplicateField"),
    // The recorder has those that are texts.
    duplicateKeys: findings.flatMap(({ key, type }) =>
      type === "duplicateKey" && key !== undefined ? [quoted(key)] : []
    )
  }
}

/** The files of a case, below a directory of their own. */
const Files = {
  files: maybe(Schema.Record(Schema.String, Binary)),
  dirs: maybe(Schema.Array(Schema.String)),
  symlinks: maybe(Schema.Record(Schema.String, Schema.String)),
  isDir: maybe(Schema.Boolean)
}

const FilesStruct = Schema.Struct(Files)

const makeFiles = Effect.fnUntraced(function*(directory: string, input: typeof FilesStruct.Type) {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const place = Effect.fnUntraced(function*(name: string) {
    const file = path.join(directory, name)
    yield* files.makeDirectory(path.dirname(file), { recursive: true })
    return file
  })
  yield* files.makeDirectory(directory, { recursive: true })
  for (const name of input.dirs ?? []) yield* files.makeDirectory(path.join(directory, name), { recursive: true })
  for (const [name, content] of Object.entries(input.files ?? {})) yield* files.writeFile(yield* place(name), content)
  for (const [name, target] of Object.entries(input.symlinks ?? {})) {
    yield* files.symlink(target.replaceAll("<DIR>", directory), yield* place(name))
  }
}, Effect.orDie)

/** What the kubelet's flag points to: a path of the case's own, the directory, or its one file. */
const pathOf = (directory: string, input: typeof FilesStruct.Type & { readonly path?: string | null }): string => {
  const { isDir, path } = input
  if (path === "") return ""
  if (path != null) return path.startsWith("<DIR>") ? path.replace("<DIR>", directory) : `${directory}/${path}`
  const [file] = Object.keys(input.files ?? {})
  return isDir === false && file !== undefined ? `${directory}/${file}` : directory
}

const writtenReadError = (error: ConfigReadError, directory: string): Schema.JsonObject => {
  switch (error._tag) {
    case "ConfigPathEmpty":
      return { class: "emptyPath" }
    case "ConfigNotAccessible":
      return { class: "notAccessible" }
    case "ConfigNoFiles":
      return { class: "noFiles" }
    case "ConfigFilesInvalid": {
      const [first] = error.errors // where the kubelet stops
      const file = (name: string | undefined) => (name ?? "").replace(directory, "<DIR>")
      if (first._tag === "ConfigUnreadable") return { class: "unreadable", file: file(first.file) }
      if (first._tag === "DuplicateProviderName") return { class: "duplicateProvider", name: written(first.name) }
      return { class: "decode", decode: writtenDecodeError(first), file: file(first.file) }
    }
  }
}

const writtenRegistrationError = (
  error: BinDirError | ConfigError | PluginsUnavailable,
  directory: string
): Schema.JsonObject => {
  switch (error._tag) {
    case "BinDirError":
      return { class: error.failure === "NotFound" ? "binDirNotFound" : "binDirNotAccessible" }
    case "ConfigInvalid":
      return { class: "validation" }
    case "PluginsUnavailable": {
      const { failure } = error.problems[0] // where the kubelet stops
      switch (failure._tag) {
        case "NotFound":
          return { class: "binaryNotFound" }
        case "NotExecutable":
          return { class: "binaryNotExecutable" }
        case "IsDirectory":
          return { class: "binaryIsDirectory" }
        default:
          return { class: failure._tag }
      }
    }
    default:
      return writtenReadError(error, directory)
  }
}

const writtenBadValue = ({ badValue, exactPattern }: ConfigProblem): Json => {
  if (exactPattern !== undefined) return written(Redacted.value(exactPattern))
  return typeof badValue === "string" ? written(badValue) : writtenTexts(badValue)
}

export const config: Readonly<Record<string, Operation>> = {
  decodeConfig: pure(Schema.Struct({ text: Binary }), (input) => {
    const decoded = ConfigDecoding.decode(input.text)
    if (Result.isFailure(decoded)) return { error: writtenDecodeError(decoded.failure) }
    const providers = orNull(decoded.success.providers, (all) => all.map(({ provider }) => writtenProvider(provider)))
    return { config: { providers } }
  }),

  readConfig: effectful(
    Schema.Struct({ ...Files, path: maybe(Schema.String) }),
    Effect.fnUntraced(function*(input) {
      const files = yield* FileSystem.FileSystem
      const directory = yield* Effect.orDie(files.makeTempDirectoryScoped())
      yield* makeFiles(directory, input)
      return yield* Effect.match(ConfigLoading.read(pathOf(directory, input)), {
        onFailure: (error): Json => ({ error: writtenReadError(error, directory) }),
        onSuccess: ({ hash, providers }): Json => ({
          // Merged from files, no providers are always an absent list.
          config: {
            providers: providers.length === 0 ? null : providers.map(({ provider }) => writtenProvider(provider))
          },
          hash
        })
      })
    })
  ),

  validateConfig: pure(
    Schema.Struct({ text: Binary, saTokenFeature: maybe(Schema.Boolean) }),
    (input) => {
      const decoded = ConfigDecoding.decode(input.text)
      if (Result.isFailure(decoded)) return { stage: "decode", error: writtenDecodeError(decoded.failure) }
      const options = { serviceAccountTokens: input.saTokenFeature !== false }
      const checked = ConfigValidation.validate(decoded.success.providers ?? [], options)
      return {
        errors: Result.isSuccess(checked) ? [] : checked.failure.problems.map((problem) => ({
          type: problem.type,
          field: problem.field,
          badValue: writtenBadValue(problem)
        }))
      }
    }
  ),

  registerPlugins: effectful(
    Schema.Struct({
      config: maybe(FilesStruct),
      path: maybe(Schema.String),
      /** A mode in octal, or "dir". */
      binaries: maybe(Schema.Record(Schema.String, Schema.String)),
      noBinDir: maybe(Schema.Boolean),
      saTokenFeature: maybe(Schema.Boolean)
    }),
    Effect.fnUntraced(function*(input) {
      const files = yield* FileSystem.FileSystem
      const directory = yield* Effect.orDie(files.makeTempDirectoryScoped())
      const [binDir, configDir] = [`${directory}/bin`, `${directory}/config`]
      yield* makeFiles(configDir, input.config ?? {})
      if (input.noBinDir !== true) yield* makeBinaries(binDir, input.binaries ?? {})
      const path = pathOf(configDir, { ...input.config, path: input.path ?? null })
      const profile = { ...Profile.kubelet, serviceAccountTokens: input.saTokenFeature !== false }

      const loaded = yield* ConfigLoading.load(path, profile).pipe(
        Effect.map(({ providers }) => providers),
        Effect.orElseSucceed(() => [])
      )
      const registry = yield* Effect.result(ProviderRegistry.make({ config: path, binDir })).pipe(
        Effect.provide(
          Layer.mergeAll(
            CredentialCache.layerMemory,
            PluginRunner.layerExec(),
            ServiceAccounts.layerNone,
            ServiceAccountTokens.layerNone
          ),
          { local: true }
        ),
        Effect.provideService(Profile.Profile, profile)
      )
      const registered = (names: ReadonlyArray<string>): Json =>
        loaded.filter(({ name }) => names.includes(name)).map(({ name, tokenAttributes }) => ({
          name: written(name),
          serviceAccountMode: tokenAttributes !== undefined
        }))
      if (Result.isSuccess(registry)) {
        const { providers } = yield* registry.success.current
        return { registered: registered(providers.map(({ name }) => name)) }
      }
      // The kubelet has registered the providers before the first whose plugin is missing (CFG-6).
      const error = registry.failure
      const count = error._tag === "PluginsUnavailable" ? error.problems[0].index : 0
      const before = loaded.slice(0, count).map(({ name }) => name)
      return { registered: registered(before), error: writtenRegistrationError(error, configDir) }
    })
  )
}

const makeBinaries = Effect.fnUntraced(function*(binDir: string, binaries: Readonly<Record<string, string>>) {
  const files = yield* FileSystem.FileSystem
  yield* files.makeDirectory(binDir)
  for (const [name, kind] of Object.entries(binaries)) {
    const file = `${binDir}/${name}`
    if (kind === "dir") yield* files.makeDirectory(file)
    else {
      yield* files.writeFile(file, Bytes.encode("#!/bin/sh\n"))
      yield* files.chmod(file, Number.parseInt(kind, 8))
    }
  }
}, Effect.orDie)
