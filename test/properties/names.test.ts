/** Images, patterns and addresses: IMG-1…9, URL-1…12, URL-20…29. */
import * as ImagePattern from "@credlet/core/image/ImagePattern"
import * as ImageReference from "@credlet/core/image/ImageReference"
import * as SchemelessUrl from "@credlet/core/image/SchemelessUrl"
import { assert, describe } from "@effect/vitest"
import { Result } from "effect"
import { property } from "./driver/property.ts"
import * as Shape from "./driver/shape.ts"
import * as Names from "./input/names.ts"
import * as Addresses from "./reference/addresses.ts"
import * as Images from "./reference/images.ts"
import { assertHides, tells } from "./secrecy.ts"

/** The reference implementations are not made for long texts. */
const isShort = (text: string): boolean => text.length < 1_000

const inLatin1 = ({ host, labels, path, port }: SchemelessUrl.SchemelessUrl): Addresses.Address => ({
  host: Addresses.toLatin1(host),
  path: Addresses.toLatin1(path),
  labels: labels.map(Addresses.toLatin1),
  port: Addresses.toLatin1(port)
})

describe("images", () => {
  property("IMG-1…9: a text is a reference, which printed is itself again, or a silent error", {
    generate: Names.image,
    shape: Shape.text,
    run: ImageReference.parse,
    check: (parsed, text) => {
      if (isShort(text)) {
        const { digest, repository, tag } = Result.getOrElse(parsed, () => undefined) ?? {}
        assert.deepStrictEqual(repository === undefined ? undefined : { repository, tag, digest }, Images.parse(text))
      }
      if (Result.isFailure(parsed)) {
        // Names are shown, with their digest, but not what stands before an `@` that is none of a digest.
        const named = text.replace(/@sha\d{3}:[^/:@]*$/, "")
        const isShown = tells(named.slice(named.lastIndexOf("@") + 1) + text.slice(named.length))
        if (tells(text) && !isShown) assertHides(parsed.failure)
        return
      }
      const { digest, repository, tag } = parsed.success
      const printed = repository + (tag === undefined ? "" : `:${tag}`) + (digest === undefined ? "" : `@${digest}`)
      assert.deepStrictEqual(Result.getOrThrow(ImageReference.parse(printed)), parsed.success)
    }
  })
})

describe("addresses and patterns", () => {
  property("URL-1…12: an address is read as the rules say", {
    generate: (random) => random.oneIn(2) ? Names.location(random) : Names.address(random),
    shape: Shape.text,
    run: SchemelessUrl.parse,
    check: (parsed, text) => {
      assert.deepStrictEqual(Result.getOrUndefined(Result.map(parsed, inLatin1)), Addresses.parse(text))
      if (Result.isFailure(parsed) && tells(text)) assertHides(parsed.failure)
    }
  })

  property("URL-20…29: patterns match what the rules say", {
    generate: (random) => {
      const pattern = Names.pattern(random)
      return { pattern, target: Names.addressLike(random, pattern) }
    },
    shape: Shape.record({ pattern: Shape.text, target: Shape.text }),
    run: ({ pattern, target }) => ImagePattern.matchesText(pattern, target),
    check: (matched, { pattern, target }) => {
      const compiled = ImagePattern.parse(pattern)
      const url = SchemelessUrl.parse(target)
      const both = Result.isSuccess(compiled) && Result.isSuccess(url)
      // An error is no match (URL-20).
      const matches = Result.getOrElse(matched, () => false)
      assert.strictEqual(both && ImagePattern.matches(compiled.success, url.success), matches)
      if (Result.isFailure(matched) && tells(pattern + target)) assertHides(matched.failure)
      if (!isShort(pattern) || !isShort(target)) return
      const [left, right] = [Addresses.parse(pattern), Addresses.parse(target)]
      assert.strictEqual(matches, left !== undefined && right !== undefined && Addresses.matches(left, right))
    }
  })
})
