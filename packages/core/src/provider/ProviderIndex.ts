/**
 * Which providers can match an image, without trying every pattern of every provider: a pattern can only match a target
 * with the same port and as many labels (URL-21, URL-22), so they are kept by those two. Rules: URL-20…27, RING-3.
 *
 * @since 0.1.0
 */
import * as ImagePattern from "../image/ImagePattern.ts"
import type { SchemelessUrl } from "../image/SchemelessUrl.ts"

/**
 * @since 0.1.0
 * @category models
 */
export interface ProviderIndex<out P> {
  /** The providers of which a pattern matches, each once, in the order of the config. */
  readonly matching: (target: SchemelessUrl) => ReadonlyArray<P>
}

/**
 * @since 0.1.0
 * @category constructors
 */
export const make = <P extends { readonly patterns: ReadonlyArray<ImagePattern.ImagePattern> }>(
  providers: ReadonlyArray<P>
): ProviderIndex<P> => {
  const shapes = new Map<string, Array<{ readonly provider: P; readonly pattern: ImagePattern.ImagePattern }>>()
  for (const provider of providers) {
    for (const pattern of provider.patterns) {
      const shape = shapeOf(pattern)
      const candidates = shapes.get(shape)
      if (candidates === undefined) shapes.set(shape, [{ provider, pattern }])
      else candidates.push({ provider, pattern })
    }
  }
  return {
    matching: (target) => {
      const found: Array<P> = []
      for (const { pattern, provider } of shapes.get(shapeOf(target)) ?? []) {
        // Candidates stand in the order of the config, so a provider that has matched is the last one found.
        if (found.at(-1) !== provider && ImagePattern.matches(pattern, target)) found.push(provider)
      }
      return found
    }
  }
}

const shapeOf = (url: { readonly port: string; readonly labels: ReadonlyArray<unknown> }): string =>
  `${url.labels.length}:${url.port}`
