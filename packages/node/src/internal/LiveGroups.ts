/**
 * The process groups of plugins that still live. A host that exits takes them with it. One that a signal ends without a
 * handler (SIGTERM, SIGINT, SIGHUP; SIGKILL always) does not exit in that sense: its plugins live until they end by
 * themselves or write to a pipe that is gone.
 */
const isWindows = process.platform === "win32"

export class LiveGroups {
  readonly #leaders = new Set<number>()
  readonly #killAll = () => this.#leaders.forEach((pid) => this.signal(pid, "SIGKILL"))

  add(pid: number): void {
    if (this.#leaders.size === 0) process.on("exit", this.#killAll)
    this.#leaders.add(pid)
  }

  /** A group that was killed is forgotten: its number may be somebody else's soon. */
  signal(pid: number, signal: "SIGTERM" | "SIGKILL"): void {
    if (!this.#leaders.has(pid)) return
    if (signal === "SIGKILL") this.#delete(pid)
    try {
      process.kill(isWindows ? pid : -pid, signal)
    } catch {
      // nobody is left, or it is not ours any more
    }
  }

  #delete(pid: number): void {
    this.#leaders.delete(pid)
    if (this.#leaders.size === 0) process.off("exit", this.#killAll)
  }
}
