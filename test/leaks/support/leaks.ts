/** What of the outlets of a watch holds a secret that it may not hold. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { mayShow, planned, type SlotName, slots } from "../slots.ts"
import * as Canary from "./canary.ts"
import type { Outlet, Watch } from "./watch.ts"
import { World } from "./world.ts"

const plannedNet = Canary.net(planned)

const madeNets = new Map<string, Canary.Net>()

/** The same tokens come again and again, and each makes a fine net of many meshes. */
const netOf = (made: Iterable<Canary.Secret>): Canary.Net => {
  const secrets = new Map(Array.from(made, (secret) => [`${secret.slot} ${secret.value}`, secret]))
  const key = [...secrets.keys()].sort().join("\n")
  const net = madeNets.get(key) ?? Canary.net(secrets.values())
  madeNets.set(key, net)
  return net
}

const slotNames = new Map(slots.map(({ name }) => [String(name), name]))

const isAllowed = (slot: string, kind: Outlet["kind"], form: string): boolean => {
  const name: SlotName | undefined = slotNames.get(slot)
  return name !== undefined && mayShow(name, kind, form)
}

const around = (text: string, at: number): string => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60))

/** One line for each slot and kind of outlet. */
export const leaksOf = (outlets: Iterable<Outlet>, made: Iterable<Canary.Secret>): ReadonlyArray<string> => {
  const nets = [plannedNet, netOf(made)]
  const seen = new Set<string>()
  const leaks = new Map<string, { readonly first: string; count: number }>()
  for (const { kind, text, where } of outlets) {
    if (seen.has(`${kind} ${text}`)) continue
    seen.add(`${kind} ${text}`)
    for (const { at, form, slot } of nets.flatMap((net) => net.find(text))) {
      if (isAllowed(slot, kind, form)) continue
      const known = leaks.get(`${slot} ${kind}`)
      if (known !== undefined) known.count++
      else {leaks.set(`${slot} ${kind}`, {
          first: `${slot}, ${form}, in ${kind}, ${where}: ${around(text, at)}`,
          count: 1
        })}
    }
  }
  return Array.from(leaks.values(), ({ count, first }) => count === 1 ? first : `${first} and ${count - 1} times more`)
}

/** Fails if anything of what came out holds a canary, or if nothing came out, which would prove nothing. */
export const assertSealed: (watch: Watch) => Effect.Effect<void, never, World> = Effect.fnUntraced(function*(watch) {
  const { made } = yield* World
  assert.isAbove(watch.outlets.length, 0, "nothing came out")
  assert.deepStrictEqual(leaksOf(watch.outlets, made()), [])
})
