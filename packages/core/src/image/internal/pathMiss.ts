/** Why the path of a pattern is not the beginning of an image's: the likeliest mistake (URL-23, URL-24, IMG-1, IMG-5). */
import * as ImagePattern from "../ImagePattern.ts"
import type { SchemelessUrl } from "../SchemelessUrl.ts"

/** `Path` is no mistake that people are known for. */
type PathMiss =
  | { readonly _tag: "PathLetterCase" | "PathGlob" | "DockerLibrary" | "Path"; readonly pattern: string }
  | { readonly _tag: "Tag"; readonly tag: string }
  | { readonly _tag: "Digest" | "TrailingSlash" }

const tagAtEnd = /:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
const digestAtEnd = /@[A-Za-z0-9+._-]+:[0-9A-Fa-f]{32,}$/

export const of = ({ path }: ImagePattern.ImagePattern, target: SchemelessUrl): PathMiss | undefined => {
  const isPrefix = (prefix: string, of = target.path) => {
    const nowhere = { host: "", port: "", labels: [] }
    return ImagePattern.matches({ ...nowhere, path: prefix }, { ...nowhere, path: of })
  }
  if (isPrefix(path)) return undefined
  const pattern = shown(path)
  if (isPrefix(path.toLowerCase(), target.path.toLowerCase())) return { _tag: "PathLetterCase", pattern }
  const star = path.indexOf("*")
  if (star >= 0 && isPrefix(path.slice(0, star))) return { _tag: "PathGlob", pattern }
  const tag = tagAtEnd.exec(path)?.[0]
  if (tag !== undefined && isPrefix(path.slice(0, -tag.length))) return { _tag: "Tag", tag }
  const undigested = path.replace(digestAtEnd, "")
  if (undigested !== path && isPrefix(undigested.replace(tagAtEnd, ""))) return { _tag: "Digest" }
  if (path.startsWith(target.path) && /^\/+$/.test(path.slice(target.path.length))) return { _tag: "TrailingSlash" }
  if (target.host === "docker.io" && isPrefix(`/library${path}`)) return { _tag: "DockerLibrary", pattern }
  return { _tag: "Path", pattern }
}

/** Behind a scheme that nobody recognises, user information is part of the path. */
export const shown = (path: string): string => path.replace(/^.*@(?![A-Za-z0-9+._-]+:[0-9A-Fa-f]{32})/s, "…@")
