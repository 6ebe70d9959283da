/** Lookups in the world as a program does them, watched. */
import { type ExecutionPolicy, Explanation, ExplanationText, Keyring, ProviderRegistry } from "@credlet/core"
import { KubernetesPods } from "@credlet/kubernetes"
import { Credlet, Kubernetes } from "@credlet/node"
import { Duration, Effect, Layer, Schema } from "effect"
import { inspect } from "node:util"
import { namespace } from "./cluster.ts"
import type { ProviderName } from "./plugins.ts"
import type { Watch } from "./watch.ts"
import { World } from "./world.ts"

export interface Options {
  /** Default: one of the provider's host. */
  readonly image?: string
  /** Default: `web`. */
  readonly pod?: string
  /** Default: the world's. */
  readonly config?: string
  readonly execution?: Partial<ExecutionPolicy.ExecutionPolicy>
}

/** Limits of output that plugins come to soon. */
export const tight: Partial<ExecutionPolicy.ExecutionPolicy> = { maxStdout: 64 * 1024, maxStderr: 64 * 1024 }

/** A deadline that a plugin that hangs comes to soon. */
export const short: Partial<ExecutionPolicy.ExecutionPolicy> = { deadline: Duration.seconds(1) }

type Use<A, E> = (
  keyring: Keyring.Keyring["Service"],
  image: string,
  options: Keyring.LookupOptions
) => Effect.Effect<A, E>

/** For an image of each provider's host, for a pod with its pull secrets; as many at a time as keep the machine busy. */
const each = <A, E>(watch: Watch, use: Use<A, E>) =>
  Effect.fnUntraced(function*(names: ReadonlyArray<ProviderName>, options: Options = {}) {
    const world = yield* World
    const { config = world.config, execution, image, pod: podName = "web" } = options
    const identity = Kubernetes.layer({ kubeconfig: world.kubeconfig })
    const CredletLive = Credlet.layer({
      config,
      binDir: world.binDir,
      identity,
      ...(execution === undefined ? {} : { execution })
    })
    const program = Effect.gen(function*() {
      const keyring = yield* Keyring.Keyring
      const pods = yield* KubernetesPods.KubernetesPods
      const pod = yield* pods.get(namespace, podName)
      const { missing, secrets } = yield* pods.pullSecrets(pod)
      for (const error of missing) watch.show("error", "missing pull secret", error)
      return yield* Effect.forEach(
        names,
        (name) => use(keyring, image ?? `${name}.example/team/app:1.0`, { pod: pod.identity, pullSecrets: secrets }),
        { concurrency: 4 }
      ).pipe(Effect.ensuring(watch.sampleMetrics), Effect.ensuring(showCacheKeys(watch)))
    })
    return yield* watch.run("lookup", Effect.provide(program, Layer.provideMerge(CredletLive, identity)))
  })

export const lookUp = (watch: Watch, names: ReadonlyArray<ProviderName>, options?: Options) =>
  each(
    watch,
    (keyring, image, lookup) =>
      Effect.tap(keyring.lookup(image, lookup), (found) => Effect.sync(() => showLookup(watch, found)))
  )(names, options)

const encodeExplanation = Schema.encodeUnknownExit(Schema.fromJsonString(Schema.toCodecJson(Explanation.Explanation)))

export const explain = (watch: Watch, names: ReadonlyArray<ProviderName>, options?: Options) =>
  each(watch, (keyring, image, lookup) =>
    Effect.map(keyring.explain(image, lookup), ({ explanation, lookup }) => {
      showLookup(watch, lookup)
      watch.show("explanation", "explanation", explanation)
      watch.add("explanation", "JSON", inspect(encodeExplanation(explanation), { maxStringLength: Infinity }))
      watch.add("explanation", "tree", ExplanationText.render(explanation))
      watch.add("explanation", "wide tree", ExplanationText.render(explanation, { width: 1000 }))
      return explanation
    }))(names, options)

const showLookup = (watch: Watch, found: Keyring.Lookup) => {
  watch.show("lookup", "lookup", found)
  for (const failure of found.failures) watch.show("error", failure._tag, failure)
  for (const other of [...found.unusable, ...found.skipped]) watch.show("error", "beside the credentials", other)
}

const showCacheKeys = Effect.fnUntraced(function*(watch: Watch) {
  const { providers } = yield* Effect.flatMap(ProviderRegistry.ProviderRegistry, ({ current }) => current)
  for (const { cache } of providers) {
    for (const entry of yield* cache.entries) watch.show("cacheKey", "entry", entry)
  }
})
