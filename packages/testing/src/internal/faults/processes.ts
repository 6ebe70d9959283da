/** The processes of this machine, as far as `/proc` shows them; without it, none. */
import * as Fs from "node:fs"

export interface Process {
  readonly pid: number
  /** Its arguments with spaces between. */
  readonly command: string
  /** What it was started with, as `NAME=value`. One that has ended and that nobody has waited for has none any more. */
  readonly environment: ReadonlyArray<string>
}

export const list = (): ReadonlyArray<Process> => {
  const names = Fs.existsSync("/proc") ? Fs.readdirSync("/proc") : []
  return names.filter((name) => /^\d+$/.test(name)).map((name) => ({
    pid: Number(name),
    command: read(name, "cmdline").join(" "),
    environment: read(name, "environ")
  }))
}

const read = (pid: string, what: "cmdline" | "environ"): ReadonlyArray<string> => {
  try {
    return Fs.readFileSync(`/proc/${pid}/${what}`, "latin1").split("\0").slice(0, -1)
  } catch {
    return [] // it has ended meanwhile, or is not ours
  }
}
