/** Node programs as children, in the world's directory: what they say, and what they leave behind. */
import { Effect } from "effect"
import { spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { canaryOf } from "../slots.ts"
import type { OutletKind, Watch } from "./watch.ts"
import { inheritedName, World } from "./world.ts"

export interface Child {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Home, temporary files and working directory of the children, by their names in the world's directory. */
const places = ["home", "tmp", "cwd"]

export const credlet = fileURLToPath(new URL("../../../packages/cli/src/main.ts", import.meta.url))

/** Its stdout and stderr are outlets; `kinds` says of which kind. */
export const run: (
  watch: Watch,
  program: string,
  args: ReadonlyArray<string>,
  kinds?: { readonly stdout: OutletKind; readonly stderr: OutletKind }
) => Effect.Effect<Child, never, World> = Effect.fnUntraced(
  function*(watch, program, args, kinds = { stdout: "stdout", stderr: "stderr" }) {
    const { directory } = yield* World
    const [home, tmp, cwd] = places.map((place) => Path.join(directory, place))
    for (const place of places) Fs.mkdirSync(Path.join(directory, place), { recursive: true })
    const env = { PATH: process.env["PATH"], HOME: home, TMPDIR: tmp, [inheritedName]: canaryOf("inheritedEnv") }
    const child = yield* Effect.promise<Child>((signal) =>
      new Promise((resolve, reject) => {
        const child = spawn(process.execPath, [program, ...args], {
          cwd,
          env,
          stdio: ["ignore", "pipe", "pipe"],
          signal
        })
        const output = { stdout: "", stderr: "" }
        for (const stream of ["stdout", "stderr"] as const) {
          child[stream].setEncoding("utf8").on("data", (text: string) => output[stream] += text)
        }
        child.once("error", reject).once("close", (exitCode) => resolve({ exitCode, ...output }))
      })
    )
    watch.add(kinds.stdout, args.join(" "), child.stdout)
    watch.add(kinds.stderr, args.join(" "), child.stderr)
    return child
  }
)

/** The files that are there after the children's ends, with what is in them; these are outlets too. */
export const leftovers: (
  watch: Watch
) => Effect.Effect<ReadonlyArray<string>, never, World> = Effect.fnUntraced(function*(watch) {
  const { directory } = yield* World
  const files = places.flatMap((place) =>
    Fs.readdirSync(Path.join(directory, place), { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map((entry) => Path.join(entry.parentPath, entry.name))
  )
  for (const file of files) watch.add("file", file, `${file}\n${Fs.readFileSync(file, "utf8")}`)
  return files.map((file) => Path.relative(directory, file))
})
