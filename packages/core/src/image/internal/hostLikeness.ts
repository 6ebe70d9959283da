/** How alike the hosts of a pattern and a target are. Each label is held against its like by `ImagePattern.matches`. */
import * as ImagePattern from "../ImagePattern.ts"
import type { SchemelessUrl } from "../SchemelessUrl.ts"

type Labels = ImagePattern.ImagePattern["labels"]

const matchesLabels = (labels: Labels, names: SchemelessUrl["labels"]): boolean =>
  ImagePattern.matches({ host: "", path: "", port: "", labels }, { host: "", path: "", port: "", labels: names })

/** The places of the labels that differ, if there are as many in either. */
export const differing = (
  pattern: ImagePattern.ImagePattern,
  target: SchemelessUrl
): ReadonlyArray<number> | undefined =>
  pattern.labels.length === target.labels.length
    ? pattern.labels.flatMap((label, at) => matchesLabels([label], target.labels.slice(at, at + 1)) ? [] : [at])
    : undefined

/** Whether the labels would match in lower case. */
export const differsInCaseOnly = ({ host, labels }: ImagePattern.ImagePattern, target: SchemelessUrl): boolean => {
  const lowerCased = labels.map(({ text }) => text.toLowerCase())
  const pattern = ImagePattern.fromUrl({ host, path: "", port: "", labels: lowerCased })
  return matchesLabels(pattern.labels, target.labels.map((label) => label.toLowerCase()))
}

/** Whether the labels would match if `*` stood for dots too. */
export const wouldSpan = ({ host, labels }: ImagePattern.ImagePattern, target: SchemelessUrl): boolean => {
  const whole = labels.map(({ text }) => text).join(".")
  const pattern = ImagePattern.fromUrl({ host, path: "", port: "", labels: [whole] })
  return matchesLabels(pattern.labels, [target.labels.join(".")])
}

/** The fewer labels are alike from the right, the greater; `*` makes nothing alike. */
export const distance = ({ labels }: ImagePattern.ImagePattern, target: SchemelessUrl): number => {
  let alike = 0
  for (let back = 1; back <= Math.min(labels.length, target.labels.length); back++) {
    const label = labels.at(-back)
    const name = target.labels.at(-back)
    if (label === undefined || name === undefined || !matchesLabels([label], [name])) break
    if (label.type === "literal") alike++
  }
  return 3 * (target.labels.length - alike) + Math.abs(target.labels.length - labels.length)
}

/** A host as it is written, without its port. */
export const withoutPort = ({ host, port }: { readonly host: string; readonly port: string }): string =>
  port === "" ? host : host.slice(0, -port.length - 1)

/** Whether a label is literally alike, beside the one at `place`, which is not, and the last. All others are taken to match. */
export const isCloseBut = (place: number, { labels }: ImagePattern.ImagePattern): boolean =>
  labels.some(({ type }, at) => type === "literal" && at !== place && at < labels.length - 1)

/** Whether one of the two has one label more, somewhere, and all others match, of which one is literally alike beside the last. */
export const differsInOneMore = (pattern: ImagePattern.ImagePattern, target: SchemelessUrl): boolean => {
  const more = pattern.labels.length - target.labels.length
  if (Math.abs(more) !== 1) return false
  const longer = more > 0 ? pattern.labels : target.labels
  return longer.some((_, place) => {
    const labels = more > 0 ? pattern.labels.toSpliced(place, 1) : pattern.labels
    const names = more > 0 ? target.labels : target.labels.toSpliced(place, 1)
    return matchesLabels(labels, names) && isCloseBut(-1, { ...pattern, labels })
  })
}

/**
 * Whether somebody may have mistyped the one for the other: a letter too many, too few or another, or two the wrong way
 * round. Numbers that differ are no slip: they count registries, accounts and zones.
 */
export const isSlip = (a: string, b: string): boolean => {
  const shorter = Math.min(a.length, b.length)
  if (shorter < 4) return false
  let start = 0
  while (start < shorter && a[start] === b[start]) start++
  let end = 0
  while (end < shorter - start && a.at(-1 - end) === b.at(-1 - end)) end++
  const [inA, inB] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (/\d/.test(inA + inB)) return false
  const isSwapped = inA.length === 2 && inA === Array.from(inB).reverse().join("")
  return isSwapped || (inA.length <= 1 && inB.length <= 1)
}

/** The host with another label in that place. */
export const withLabel = ({ labels, port }: SchemelessUrl, place: number, label: string): string =>
  labels.with(place, label).join(".") + (port === "" ? "" : `:${port}`)
