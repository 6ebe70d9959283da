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
