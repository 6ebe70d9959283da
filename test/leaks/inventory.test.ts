/**
 * The slots are all that there are: every place in the sources where a secret is wrapped or taken out, every exported Schema
 * with one and every field of a document is known to `codeSites.ts` and `documentFields.ts`, and belongs to slots.
 */
import { assert, describe, it } from "@effect/vitest"
import * as CodeSites from "./codeSites.ts"
import { documents } from "./documentFields.ts"
import { slots } from "./slots.ts"
import { secretFields, sources, structFields, unwraps, wraps } from "./support/sources.ts"

const advice =
  "If a secret is new in Credlet: add it to slots.ts, and to a scene that brings it to its place; then add " +
  "the site here. If one has moved or gone, correct the site."

const found = new Map(
  Array.from(sources, ([file, text]) => [file, { wraps: wraps(text), unwraps: unwraps(text) }] as const)
    .filter(([, { unwraps, wraps }]) => wraps + unwraps > 0)
)

describe("the inventory of secrets", () => {
  it("has the sources", () => assert.isAbove(sources.size, 100))

  it("knows each place where a secret is wrapped in Redacted, or taken out of it", () => {
    const known = Object.entries(CodeSites.sites).map((
      [file, { unwraps = 0, wraps = 0 }]
    ) => [file, { wraps, unwraps }])
    assert.deepStrictEqual(Object.fromEntries(found), Object.fromEntries(known), `codeSites.ts. ${advice}`)
  })

  it("knows where each secret goes that is taken out", () => {
    for (const [file, { goes, unwraps = 0 }] of Object.entries(CodeSites.sites)) {
      assert.strictEqual(goes !== undefined, unwraps > 0, file)
    }
  })

  it("knows each exported Schema that has a secret", () => {
    assert.deepStrictEqual(
      [...secretFields].sort(),
      Object.keys(CodeSites.secretFields).sort(),
      `codeSites.ts, secretFields. ${advice}`
    )
  })

  for (const { fields, file, struct } of documents) {
    it(`knows each field of "${struct}" in ${file}`, () => {
      assert.deepStrictEqual(
        [...structFields(file, struct)].sort(),
        Object.keys(fields).sort(),
        `documentFields.ts: may a new field hold a secret? ${advice}`
      )
    })
  }

  it("has a slot for each site, and a site for each slot but those that nobody reads as a secret", () => {
    const sited = new Set([
      ...Object.values(CodeSites.sites).flatMap((site) => site.slots),
      ...Object.values(CodeSites.secretFields).flat(),
      ...documents.flatMap(({ fields }) => Object.values(fields).flat())
    ])
    const unread = [
      "answerRubbish", // no JSON
      "dockerHeader",
      "dockerIdentityToken", // not read
      "failingStdout", // not read
      "imageUserInfo", // the user's own word
      "inheritedEnv", // the platform's
      "kubeExecStderr",
      "kubeExecStdout" // an exec plugin's, as it is
    ]
    assert.deepStrictEqual(
      slots.map(({ name }) => name).filter((name) => !sited.has(name)).sort(),
      unread.sort(),
      advice
    )
  })
})
