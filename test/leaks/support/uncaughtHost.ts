/** A host of Credlet that does not catch what goes wrong: its arguments say in which way, and where its world is. */
import * as Keyring from "@credlet/core/keyring/Keyring"
import * as KubernetesPods from "@credlet/kubernetes/KubernetesPods"
import * as Credlet from "@credlet/node/Credlet"
import * as Kubernetes from "@credlet/node/Kubernetes"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const [, , way = "", config = "", binDir = "", kubeconfig = ""] = process.argv

const names = ["exits", "killed", "echoes", "keyType", "rubbish", "wrongType", "truncated"]

/** Everything that goes wrong, the first by itself. */
const failures = Effect.gen(function*() {
  const keyring = yield* Keyring.Keyring
  const pods = yield* KubernetesPods.KubernetesPods
  const pod = yield* pods.get("team", "broken")
  const { secrets } = yield* pods.pullSecrets(pod)
  const lookups = yield* Effect.forEach(
    names,
    (name) => keyring.lookup(`${name}.example/app`, { pod: pod.identity }),
    { concurrency: 4 }
  )
  const ofSecret = yield* Effect.flip(keyring.lookup("plain.example/app", { pullSecrets: secrets }))
  const ofConfig = yield* Effect.flip(
    Effect.provide(Keyring.Keyring, Credlet.layer({ config: `${config}.broken`, binDir }))
  )
  return [...lookups.flatMap((found) => found.failures), ofSecret, ofConfig]
}).pipe(
  Effect.provide(
    Layer.provideMerge(
      Credlet.layer({ config, binDir, identity: Kubernetes.layer({ kubeconfig }) }),
      Kubernetes.layer({ kubeconfig })
    )
  )
)

const all = (errors: ReadonlyArray<Error>) =>
  new Error("the lookups failed", { cause: new AggregateError(errors, "all of them", { cause: errors[0] }) })

const ways: Readonly<Record<string, (errors: ReadonlyArray<Error>) => void>> = {
  throw: (errors) =>
    setImmediate(() => {
      throw errors[0]
    }),
  "reject all": (errors) => void Promise.reject(all(errors)),
  fail: (errors) => NodeRuntime.runMain(Effect.fail(all(errors))),
  die: (errors) => NodeRuntime.runMain(Effect.die(errors[0])),
  print: (errors) => {
    for (const error of errors) console.error(error, { error }, [error.message, error.stack])
    console.table(errors)
    console.dir(errors, { depth: null, showHidden: true })
    process.emitWarning(all(errors))
    process.exitCode = 1
  }
}

const end = ways[way]
if (end === undefined) throw new Error(`there is no way ${way}`)
end(await Effect.runPromise(failures))
