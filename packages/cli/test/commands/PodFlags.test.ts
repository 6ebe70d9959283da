import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Option } from "effect"
import * as PodFlags from "../../src/commands/PodFlags.ts"

const nothing: PodFlags.PodFlags = {
  pod: Option.none(),
  namespace: Option.none(),
  serviceAccount: Option.none(),
  podName: Option.none(),
  podUid: Option.none(),
  kubeconfig: Option.none(),
  context: Option.none()
}

const pod = Option.some({ namespace: "team", name: "web" })

const byHand = {
  namespace: Option.some("team"),
  serviceAccount: Option.some("builder"),
  podName: Option.some("web"),
  podUid: Option.some("u")
}

const mistake = (input: Partial<PodFlags.PodFlags>) =>
  Effect.match(PodFlags.check({ ...nothing, ...input }), {
    onFailure: ({ message }) => message,
    onSuccess: () => ""
  })

describe("PodFlags", () => {
  it.effect("a pod, one by hand, or none, and where to ask", () =>
    Effect.gen(function*() {
      const kubeconfig = Option.some("k")
      const context = Option.some("c")
      assert.strictEqual(PodFlags.workload(nothing), undefined)
      assert.deepStrictEqual(PodFlags.workload({ ...nothing, pod, kubeconfig, context }), {
        pod: { _tag: "Named", namespace: "team", name: "web" },
        kubeconfig: "k",
        context: "c"
      })
      assert.deepStrictEqual(PodFlags.workload({ ...nothing, ...byHand }), {
        pod: { _tag: "ByHand", namespace: "team", serviceAccountName: "builder", podName: "web", podUid: "u" },
        kubeconfig: undefined,
        context: undefined
      })
      for (const good of [{}, { pod }, byHand, { pod, kubeconfig }, { ...byHand, kubeconfig, context }]) {
        assert.strictEqual(yield* mistake(good), "")
      }
    }))

  it.effect("all four by hand or none; not together with --pod; no server without a pod", () =>
    Effect.gen(function*() {
      for (const name of ["namespace", "serviceAccount", "podName", "podUid"] as const) {
        const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
        assert.match(
          yield* mistake({ ...byHand, [name]: Option.none() }),
          new RegExp(` without ${flag}: .* all four`)
        )
        assert.match(yield* mistake({ [name]: byHand[name] }), new RegExp(`^${flag} without --.*, --.*, --`))
        assert.match(
          yield* mistake({ pod, [name]: byHand[name] }),
          new RegExp(`^--pod and ${flag}: .* not both$`)
        )
      }
      assert.match(yield* mistake({ kubeconfig: Option.some("k") }), /^--kubeconfig without a pod: /)
      assert.match(yield* mistake({ context: Option.some("c") }), /^--context without a pod: /)
    }))

  it.effect("--pod is NAMESPACE/NAME, and no flag is empty", () =>
    Effect.gen(function*() {
      const read = (value: string) => PodFlags.flags.pod.parse({ flags: { pod: [value] }, arguments: [] })
      assert.deepStrictEqual((yield* read("team/web"))[1], pod)
      for (const wrong of ["", "web", "/web", "team/", "team/web/x", "/"]) {
        assert.include((yield* Effect.flip(read(wrong))).message, "NAMESPACE/NAME")
      }
      const uid = PodFlags.flags.podUid
      assert.deepStrictEqual((yield* uid.parse({ flags: { "pod-uid": ["u"] }, arguments: [] }))[1], Option.some("u"))
      const empty = yield* Effect.flip(uid.parse({ flags: { "pod-uid": [""] }, arguments: [] }))
      assert.include(empty.message, "--pod-uid")
    }).pipe(Effect.provide(NodeServices.layer)))
})
