import { assert, describe, it } from "@effect/vitest"
import * as NamespaceMemory from "../../src/internal/NamespaceMemory.ts"

describe("NamespaceMemory", () => {
  it("keeps both facts of a namespace; of one that was not asked for it knows nothing", () => {
    const memory = NamespaceMemory.make()
    memory.setSize("team", 7)
    memory.setNoListUntil("team", 100)
    memory.setSize("team", 8)
    assert.deepStrictEqual(memory.get("team"), { size: 8, noListUntil: 100 })
    assert.deepStrictEqual(memory.get("other"), { size: 0, noListUntil: 0 })
  })

  it("keeps 10,000 namespaces and forgets the oldest, one for each new one", () => {
    const memory = NamespaceMemory.make()
    for (let at = 1; at <= 10_000; at++) memory.setSize(`ns-${at}`, at)
    memory.setSize("ns-10000", 5) // not a new one
    assert.strictEqual(memory.get("ns-1").size, 1)
    memory.setSize("ns-10001", 10_001)
    assert.deepStrictEqual(
      ["ns-1", "ns-2", "ns-10000", "ns-10001"].map((namespace) => memory.get(namespace).size),
      [0, 2, 5, 10_001]
    )
  })
})
