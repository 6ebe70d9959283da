/**
 * Each canary arrives in its one place, and on the way there nothing else that comes out of Credlet holds it or a
 * part of it: no error, log, span, metric, step of an explanation, cache key. Rules: LOG-30…37; FAULT-38…41.
 */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { scenes as ofBrokenKubeconfigs } from "./scenes/brokenKubeconfigs.ts"
import { scenes as ofConfigs } from "./scenes/configs.ts"
import { scenes as ofDocuments } from "./scenes/documents.ts"
import { scenes as ofKubeconfigs } from "./scenes/kubeconfigs.ts"
import { scenes as ofLookups } from "./scenes/lookups.ts"
import { hasArrived } from "./scenes/scene.ts"
import { planned, slots } from "./slots.ts"
import { assertSealed } from "./support/leaks.ts"
import * as Watch from "./support/watch.ts"
import * as World from "./support/world.ts"

const scenes = [...ofLookups, ...ofDocuments, ...ofConfigs, ...ofKubeconfigs, ...ofBrokenKubeconfigs]

describe("FAULT-38…41: each canary arrives where it should, and nowhere else", () => {
  it("there is a scene for each slot", () => {
    assert.deepStrictEqual(scenes.flatMap((scene) => scene.slots).sort(), slots.map(({ name }) => name).sort())
  })

  it.layer(World.layer, { excludeTestServices: true })((it) => {
    for (const { name, play } of scenes) {
      it.effect(name, () =>
        Effect.gen(function*() {
          const watch = Watch.make()
          const arrivals = yield* play(watch)
          const secrets = [...planned, ...(yield* World.World).made()]
          for (const [slot, place] of Object.entries(arrivals)) {
            const canaries = secrets.filter((secret) => secret.slot === slot)
            assert.isTrue(canaries.some(({ value }) => hasArrived(place, value)), `${slot} did not arrive`)
          }
          yield* assertSealed(watch)
        }))
    }
  })
})
