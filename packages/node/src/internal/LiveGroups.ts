/**
 * The process groups of plugins that still live. A host that ends takes them with it; nothing can be done for a host that
 * is itself killed with SIGKILL, except that a plugin reading its stdin sees the end of it.
 */
const isWindows = process.platform === "win32"

export class LiveGroups {
  readonly #leaders = new Set<number>()
  readonly #killAll = () => this.#leaders.forEach((pid) => this.signal(pid, "SIGKILL"))

  add(pid: number): void {
    if (this.#leaders.size === 0) process.on("exit", this.#killAll)
    this.#leaders.add(pid)
  }

  delete(pid: number): void {
    if (this.#leaders.delete(pid) && this.#leaders.size === 0) process.off("exit", this.#killAll)
  }

  signal(pid: number, signal: NodeJS.Signals): void {
    try {
      process.kill(isWindows ? pid : -pid, signal)
    } catch {
      // nobody is left, or it is not ours any more
    }
  }
}
