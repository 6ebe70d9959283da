/**
 * A bound for code that does not give way: JavaScript can't stop a loop from within, V8 can from another thread.
 */
import { createContext, Script } from "node:vm"

/** Thrown in place of the result. The code was stopped where it stood; not even its `finally` blocks ran. */
export class DeadlineError extends Error {}

const call = new Script("work()")

/** Runs `work` for at most so many milliseconds. */
export const within = <A>(milliseconds: number, work: () => A): A => {
  let result: { readonly value: A } | undefined
  const context = createContext({
    work: () => {
      result = { value: work() }
    }
  })
  try {
    call.runInContext(context, { timeout: milliseconds })
  } catch (error) {
    // It is an error of the context, so not `instanceof Error` here.
    const isDeadline = typeof error === "object" && error !== null && "code" in error &&
      error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
    throw isDeadline ? new DeadlineError(`not done after ${milliseconds} ms`) : error
  }
  if (result === undefined) throw new DeadlineError("stopped")
  return result.value
}
