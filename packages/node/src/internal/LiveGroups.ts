/**
 * The process groups of plugins that still live. A host that ends takes them with it: by itself, by an error, or by a
 * signal that nothing in it listens for. Whoever does listen decides: `runMain` ends the plugins on SIGINT and SIGTERM, as
 * their scopes end. Nothing can be done when the host gets SIGKILL.
 */
const isWindows = process.platform === "win32"

/** Those that end a process which does not listen, and are sent to have it end: Ctrl-C, `kill`, a terminal that goes away. */
const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** On listeners of this module, also of another copy of it in the same process. */
const ours = Symbol.for("@credlet/node/LiveGroups")

/**
 * The package signal-exit, which much else depends on, listens too, but does nothing unless it is alone: it would wait for
 * us as we for it. It counts its listeners where all copies of it can see them.
 */
const listenersThatWait = (): number =>
  countOf(Reflect.get(globalThis, Symbol.for("signal-exit emitter"))) + // version 4
  countOf(Reflect.get(process, "__signal_exit_emitter__"))

const countOf = (emitter: unknown): number =>
  typeof emitter === "object" && emitter !== null && "count" in emitter && typeof emitter.count === "number"
    ? emitter.count
    : 0

export class LiveGroups {
  readonly #leaders = new Set<number>()
  readonly #killAll = () => this.#leaders.forEach((pid) => this.signal(pid, "SIGKILL"))

  /** With the plugins the listener goes; the last one to go gives the signal its usual effect. */
  readonly #endBy = Object.assign((signal: NodeJS.Signals): void => {
    const others = process.listeners(signal).filter((listener) => !(ours in listener))
    if (others.length > listenersThatWait()) return
    this.#killAll()
    if (process.listeners(signal).every((listener) => !(ours in listener))) process.kill(process.pid, signal)
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
