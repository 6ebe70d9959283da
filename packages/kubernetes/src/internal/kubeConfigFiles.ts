/** Which files make up the configuration, and all of them as one: the first to name something wins. Rules: KUBE-1, KUBE-2. */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import { KubeConfigError } from "../KubeConfigError.ts"
import { environment } from "./environment.ts"
import * as KubeConfigFile from "./KubeConfigFile.ts"
import { failureText, readFile } from "./readFile.ts"

export interface Merged {
  readonly files: ReadonlyArray<string>
  readonly currentContext: string
  readonly clusters: ReadonlyMap<string, KubeConfigFile.Entry<KubeConfigFile.Cluster>>
  readonly users: ReadonlyMap<string, KubeConfigFile.Entry<KubeConfigFile.User>>
  readonly contexts: ReadonlyMap<string, KubeConfigFile.Entry<KubeConfigFile.Context>>
}

export const load: (
  explicit: string | undefined
) => Effect.Effect<Merged, KubeConfigError, FileSystem.FileSystem | Path.Path> = Effect.fnUntraced(
  function*(explicit) {
    const path = yield* Path.Path
    const found = explicit === undefined ? yield* usual : [explicit]
    const loaded = yield* Effect.forEach(
      found.map((file) => path.resolve(file)),
      (file) =>
        readFile(file).pipe(
          Effect.mapError((failure) => ({ failure, file })),
          Effect.flatMap((bytes) => Effect.fromResult(KubeConfigFile.parse(bytes, file))),
          Effect.map((content) => [{ file, content }]),
          Effect.catchIf(
            (error) => "failure" in error,
            ({ failure }) =>
              explicit === undefined && failure === "NotFound" ? Effect.succeed([]) : new KubeConfigError({
                reason: "FileUnreadable",
                file,
                detail: `this kubeconfig can't be read: ${failureText(failure)}`
              })
          )
        )
    )
    const files = loaded.flat()
    return {
      files: files.map(({ file }) => file),
      currentContext: files.find(({ content }) => content.currentContext !== "")?.content.currentContext ?? "",
      clusters: firstOfEach(files.flatMap(({ content }) => content.clusters)),
      users: firstOfEach(files.flatMap(({ content }) => content.users)),
      contexts: firstOfEach(files.flatMap(({ content }) => content.contexts))
    }
  }
)

/** `$KUBECONFIG`, or the file in the home directory. */
const usual = Effect.gen(function*() {
  const path = yield* Path.Path
  const list = yield* environment("KUBECONFIG")
  if (list !== "") return [...new Set(list.split(path.sep === "\\" ? ";" : ":").filter((part) => part !== ""))]
  const home = (yield* environment("HOME")) || (yield* environment("USERPROFILE"))
  return home === "" ? [] : [path.join(home, ".kube", "config")]
})

const firstOfEach = <A>(entries: ReadonlyArray<KubeConfigFile.Entry<A>>): Map<string, KubeConfigFile.Entry<A>> => {
  const first = new Map<string, KubeConfigFile.Entry<A>>()
  for (const entry of entries) if (!first.has(entry.name)) first.set(entry.name, entry)
  return first
}
