/**
 * From a path to providers that have passed all checks: one file or a directory of them, read once, in the kubelet's
 * order, all errors of all files together. Rules: CFG-5, CFG-7, CFG-10…23, CFG-75…77.
 *
 * @since 0.1.0
 */
import * as Arr from "effect/Array"
import * as Digest from "effect/crypto/Digest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import * as Bytes from "../text/Bytes.ts"
import * as ConfigDecoding from "./ConfigDecoding.ts"
import {
  type ConfigFileError,
  ConfigFilesInvalid,
  type ConfigInvalid,
  ConfigNoFiles,
  ConfigNotAccessible,
  ConfigPathEmpty,
  type ConfigReadError,
  ConfigUnreadable,
  DuplicateProviderName,
  type FileFailure
} from "./ConfigError.ts"
import type { ConfigProblem } from "./ConfigProblem.ts"
import * as ConfigValidation from "./ConfigValidation.ts"
import * as ConfigWarning from "./ConfigWarning.ts"
import { isRead, type LocatedProvider } from "./LocatedProvider.ts"
import type { CheckedProvider } from "./ProviderConfig.ts"

/**
 * What the files say, merged, before validation.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReadConfig {
  /** In the order of the files, then in that of each file (CFG-75). */
  readonly providers: ReadonlyArray<LocatedProvider>
  /** `sha256:` and the hash of the files' lengths and bytes, as the kubelet publishes it (CFG-20…23). */
  readonly hash: string
  /** The files that were read, in order. */
  readonly files: ReadonlyArray<string>
  readonly warnings: ReadonlyArray<ConfigWarning.ConfigWarning>
}

/**
 * A config that can be used.
 *
 * @since 0.1.0
 * @category models
 */
export interface LoadedConfig extends Omit<ReadConfig, "providers"> {
  readonly providers: ReadonlyArray<CheckedProvider>
}

/**
 * Reads, decodes, merges and validates the config at a path: what the kubelet does before it looks for plugins. Fails
 * with a `ConfigReadError`, or with `ConfigInvalid`, which lists all problems. Where files can't be used, what could be
 * read of them is validated as well, see `ConfigFilesInvalid`.
 *
 * @example
 * ```ts
 * import * as ConfigLoading from "@credlet/core/config/ConfigLoading"
 * import * as Effect from "effect/Effect"
 *
 * export const names = ConfigLoading.load("/etc/kubernetes/credential-providers.yaml").pipe(
 *   Effect.map(({ providers }) => providers.map((provider) => provider.name)),
 *   Effect.tapError((error) => Effect.logError(error.message))
 * )
 * ```
 *
 * @since 0.1.0
 * @category loading
 */
export const load = (
  path: string,
  options?: ConfigValidation.Options
): Effect.Effect<
  LoadedConfig,
  ConfigReadError | ConfigInvalid,
  FileSystem.FileSystem | Path.Path | Digest.Digest
> =>
  Effect.flatMap(
    readWith(path, ({ isWhole, readable }) =>
      isWhole || readable.length > 0
        // CFG-85 is what the loader has told as CFG-76 already.
        ? ConfigValidation.problems(readable, options).filter(({ rule }) => rule !== "CFG-85")
        : []),
    (config) =>
      Effect.fromResult(Result.map(ConfigValidation.validate(config.providers, options), (providers) => ({
        ...config,
        providers,
        warnings: [...config.warnings, ...ConfigWarning.ofProviders(config.providers)]
      })))
  )

/**
 * Reads, decodes and merges the config at a path, without validating it.
 *
 * @since 0.1.0
 * @category loading
 */
export const read = (path: string): Effect.Effect<
  ReadConfig,
  ConfigReadError,
  FileSystem.FileSystem | Path.Path | Digest.Digest
> => readWith(path, () => [])

/** With what else there is to say if the files can't be used. */
const readWith = Effect.fn("ConfigLoading.read")(function*(
  path: string,
  problemsOf: (merged: Merged) => ReadonlyArray<ConfigProblem>
) {
  const contents = yield* Effect.forEach(yield* findFiles(path), readFile)
  const merged = merge(contents)
  const { errors, readable: providers, warnings } = merged
  if (Arr.isReadonlyArrayNonEmpty(errors)) {
    return yield* new ConfigFilesInvalid({ errors, problems: problemsOf(merged) })
  }
  return {
    providers,
    warnings,
    files: contents.map(({ file }) => file),
    hash: yield* hashOf(contents.flatMap(({ content }) => Result.isSuccess(content) ? [content.success] : []))
  }
})

/** CFG-10…16: the files to load, in order. */
const findFiles = Effect.fnUntraced(function*(path: string) {
  if (path === "") return yield* new ConfigPathEmpty()
  const files = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const notAccessible = (error: PlatformError) => new ConfigNotAccessible({ path, failure: failureOf(error) })
  const info = yield* Effect.mapError(files.stat(path), notAccessible)
  if (info.type !== "Directory") return [path]
  const entries = yield* Effect.mapError(files.readDirectoryEntries(path), notAccessible)
  const candidates = entries.filter(({ name }) => extension.test(name))
    .map(({ name, type }) => ({ name, type, file: paths.join(path, name) }))
  // CFG-12, CFG-14: a directory is skipped, a link to one is not.
  const found = yield* Effect.filter(candidates, ({ file, type }) =>
    type === "Unknown"
      ? Effect.map(Effect.mapError(files.lstat(file), notAccessible), (info) => info.type !== "Directory")
      : Effect.succeed(type !== "Directory"))
  if (found.length === 0) return yield* new ConfigNoFiles({ path })
  return Arr.sortWith(found, ({ name }) => name, Bytes.Order).map(({ file }) => file)
})

const extension = /\.(?:json|yaml|yml)$/

interface Content {
  readonly file: string
  readonly content: Result.Result<Uint8Array, FileFailure>
}

/** The kind of file is looked at first, since reading a pipe might never end. */
const readFile = Effect.fnUntraced(function*(file: string) {
  const files = yield* FileSystem.FileSystem
  const content: Content["content"] = yield* Effect.result(
    Effect.gen(function*() {
      const { type } = yield* Effect.mapError(files.stat(file), failureOf)
      if (type === "Directory") return yield* Effect.fail<FileFailure>("IsDirectory")
      if (type !== "File") return yield* Effect.fail<FileFailure>("NotAFile")
      return yield* Effect.mapError(files.readFile(file), failureOf)
    })
  )
  return { file, content }
})

const failureOf = ({ reason }: PlatformError): FileFailure =>
  reason._tag === "NotFound" || reason._tag === "PermissionDenied" ? reason._tag : "Other"

interface Merged {
  readonly errors: ReadonlyArray<ConfigFileError>
  readonly warnings: ReadonlyArray<ConfigWarning.ConfigWarning>
  /** The providers; with errors, all that could be read of them. */
  readonly readable: ReadonlyArray<LocatedProvider>
  /** Whether none is missing there. */
  readonly isWhole: boolean
}

/** CFG-17, CFG-75, CFG-76: the kubelet stops at the first error; here all are kept, in the same order. */
const merge = (contents: ReadonlyArray<Content>): Merged => {
  const errors: Array<ConfigFileError> = []
  const warnings: Array<ConfigWarning.ConfigWarning> = []
  const readable: Array<LocatedProvider> = []
  const first = new Map<string, LocatedProvider>()
  let isWhole = true
  for (const { content, file } of contents) {
    if (Result.isFailure(content)) {
      errors.push(new ConfigUnreadable({ file, failure: content.failure }))
      isWhole = false
      continue
    }
    const decoded = ConfigDecoding.decodePartly(content.success, { file })
    if (Result.isFailure(decoded)) {
      errors.push(decoded.failure.error)
      isWhole &&= decoded.failure.error.restWasRead
    } else warnings.push(...decoded.success.warnings)
    const found = Result.isFailure(decoded) ? decoded.failure.readable : decoded.success.providers
    for (const located of found ?? []) {
      readable.push(located)
      if (!isRead(located, ["name"])) continue
      const { name } = located.provider
      const earlier = first.get(name)
      if (earlier === undefined) first.set(name, located)
      else errors.push(duplicateName(located, earlier))
    }
  }
  return { errors, warnings, readable, isWhole }
}

const duplicateName = (located: LocatedProvider, earlier: LocatedProvider): DuplicateProviderName => {
  const location = located.locate(["name"])
  const first = earlier.locate(["name"])
  return new DuplicateProviderName({
    name: located.provider.name,
    path: [...located.path, "name"],
    ...(location === undefined ? {} : { location }),
    ...(first === undefined ? {} : { first })
  })
}

/** CFG-20: each file's length as eight bytes, big-endian, and its bytes. */
const hashOf = Effect.fnUntraced(function*(contents: ReadonlyArray<Uint8Array>) {
  const digest = yield* Digest.Digest
  const hashed = new Uint8Array(contents.reduce((size, content) => size + 8 + content.length, 0))
  const view = new DataView(hashed.buffer)
  let at = 0
  for (const content of contents) {
    view.setBigUint64(at, BigInt(content.length))
    hashed.set(content, at + 8)
    at += 8 + content.length
  }
  return `sha256:${yield* digest.digestHex(Digest.sha256, hashed)}`
})
