/**
 * The process groups of plugins that still live. A host that ends takes them with it: by itself, by an error, or by a
 * signal that nothing in it listens for. Whoever does listen decides: `runMain` ends the plugins, as their scopes end.
 * Nothing can be done when the host gets SIGKILL.
 */
const isWindows = process.platform === "win32"

/** Those that end a process which does not listen, and are sent to have it end: Ctrl-C, `kill`, a terminal that goes away. */
const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** On listeners of this module, also of another copy of it in the same process. */
const ours = Symbol.for("@credlet/node/LiveGroups")

export class LiveGroups {
  readonly #leaders = new Set<number>()
  readonly #killAll = () => this.#leaders.forEach((pid) => this.signal(pid, "SIGKILL"))

  /** With the plugins the listener goes; the last one to go gives the signal its usual effect. */
  readonly #endBy = Object.assign((signal: NodeJS.Signals): void => {
    if (process.listeners(signal).some((listener) => !(ours in listener))) return
    this.#killAll()
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }, { [ours]: true })

  add(pid: number): void {
    if (this.#leaders.size === 0) {
      process.on("exit", this.#killAll)
      for (const signal of endingSignals) process.on(signal, this.#endBy)
    }
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
    if (this.#leaders.size > 0) return
    process.off("exit", this.#killAll)
    for (const signal of endingSignals) process.off(signal, this.#endBy)
  }
}
