/**
 * The `yaml` package prints every token, secrets included, to standard output while one of two variables is in the
 * environment. They are hidden from it as long as it works, which is never across a turn of the event loop.
 */
const variables = ["LOG_TOKENS", "LOG_STREAM"] as const

export const quietly = <A>(work: () => A): A => {
  // For the package only: Credlet itself needs no `process`, and not every runtime has one.
  const runtime: { readonly process?: { readonly env?: Record<string, string | undefined> } } = globalThis
  const env = runtime.process?.env
  const hidden = variables.flatMap((name) => {
    const value = env?.[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  if (env === undefined || hidden.length === 0) return work()
  for (const [name] of hidden) delete env[name]
  try {
    return work()
  } finally {
    for (const [name, value] of hidden) env[name] = value
  }
}
