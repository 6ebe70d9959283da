/** The command as a user runs it: a child process, a config and plugins in a directory of its own. */
import { Effect, type Scope } from "effect"
import { spawn } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

export const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url))

/** Each process takes a core for a while: many at once would only make all of them slow. */
export const oneByOne = { concurrent: false, timeout: 30_000 }

export interface Run {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** `{dir}` in an argument stands for the directory, in which the command also runs. Output has it back as `{dir}`. */
export const credlet = (
  dir: string,
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>> = {},
  stdout: "pipe" | number = "pipe"
): Effect.Effect<Run> =>
  Effect.promise((signal) =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [main, ...args.map((arg) => arg.replaceAll("{dir}", dir))], {
        cwd: dir,
        env: { PATH: process.env["PATH"], ...env },
        stdio: ["ignore", stdout, "pipe"],
        signal
      })
      const output = { stdout: "", stderr: "" }
      for (const stream of ["stdout", "stderr"] as const) {
        child[stream]?.setEncoding("utf8").on("data", (text: string) => output[stream] += text)
      }
      child.once("error", reject)
      child.once("close", (exitCode) =>
        resolve({
          exitCode,
          stdout: output.stdout.replaceAll(dir, "{dir}"),
          stderr: output.stderr.replaceAll(dir, "{dir}")
        }))
    })
  )

export type Files = Readonly<Record<string, string | Uint8Array>>

/**
 * Makes a directory with these files; those under `bin/` are executable. It goes away with the scope. With a `length` its path
 * has so many characters on every machine, for texts whose lines are as long as the path lets them be.
 */
export const directory = (files: Files, length?: number): Effect.Effect<string, never, Scope.Scope> =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(async () => {
        const parent = length === undefined ? Os.tmpdir() : "/tmp"
        const root = await Fs.realpath(await Fs.mkdtemp(Path.join(parent, "credlet-cli-")))
        const dir = length === undefined ? root : Path.join(root, "x".repeat(length - root.length - 1))
        await put(dir, files)
        return { root, dir }
      }),
      ({ root }) => Effect.promise(() => Fs.rm(root, { recursive: true }))
    ),
    ({ dir }) => dir
  )

const put = (dir: string, files: Files) =>
  Promise.all(
    Object.entries({ "bin/.keep": "", ...files }).map(async ([name, content]) => {
      const file = Path.join(dir, name)
      await Fs.mkdir(Path.dirname(file), { recursive: true })
      await Fs.writeFile(file, content, { mode: name.startsWith("bin/") ? 0o755 : 0o644 })
    })
  )

/** A provider for the config, in JSON, which is YAML too. */
export const provider = (name: string, matchImages: ReadonlyArray<string>, more: object = {}): object => ({
  name,
  matchImages,
  defaultCacheDuration: "0s",
  apiVersion: "credentialprovider.kubelet.k8s.io/v1",
  ...more
})

export const config = (...providers: ReadonlyArray<object>): string =>
  JSON.stringify({ apiVersion: "kubelet.config.k8s.io/v1", kind: "CredentialProviderConfig", providers }, undefined, 2)

/** A plugin that gives this answer to every question. */
export const plugin = (auth: object, cacheKeyType = "Registry"): string => {
  const answer = {
    kind: "CredentialProviderResponse",
    apiVersion: "credentialprovider.kubelet.k8s.io/v1",
    cacheKeyType,
    auth
  }
  return script(`cat > /dev/null\ncat <<'END'\n${JSON.stringify(answer)}\nEND`)
}

export const script = (text: string): string => `#!/bin/sh\n${text}\n`
