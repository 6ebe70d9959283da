/** KEY-1…18 once more, written from the rules and as plainly as can be; see `addresses.ts`. */
import * as Addresses from "./addresses.ts"

/** Locations by index key, both as they are compared: bytes as Latin-1, and the positions of the locations. */
export interface Keyring {
  readonly keys: ReadonlyArray<string>
  readonly positions: ReadonlyMap<string, ReadonlyArray<number>>
}

export const make = (locations: ReadonlyArray<string>): Keyring => {
  const positions = new Map<string, Array<number>>()
  for (const [position, location] of locations.entries()) {
    const key = keyOf(location)
    if (key !== undefined) positions.set(key, [...positions.get(key) ?? [], position])
  }
  // Latin-1 sorts as bytes do (KEY-10).
  return { keys: [...positions.keys()].toSorted().toReversed(), positions }
}

/** KEY-1, KEY-2. */
const keyOf = (location: string): string | undefined => {
  const address = Addresses.parse(location.replace(/^https?:\/\//, ""))
  if (address === undefined) return undefined
  const path = address.path.replace(/^\/v[12](?=\/)/, "")
  return address.host + (path === "/" ? "" : path)
}

/** KEY-12…14: the positions of the locations whose credentials are tried, in order. */
export const lookup = ({ keys, positions }: Keyring, image: string, anyUndotted: boolean): ReadonlyArray<number> => {
  const target = Addresses.parse(image)
  const found = keys.filter((key) => {
    const pattern = Addresses.parse(fromLatin1(key)) // KEY-8: the key is read anew
    return target !== undefined && pattern !== undefined && Addresses.matches(pattern, target)
  })
  const [first = ""] = image.split("/", 1)
  const isOnHub = first === "docker.io" || first === "index.docker.io" ||
    (anyUndotted && first !== "" && (first === image || !/[.:]/.test(first)))
  const tried = found.length === 0 && isOnHub ? ["index.docker.io"] : found
  return tried.flatMap((key) => positions.get(key) ?? [])
}

/** The text that these bytes are, as the library keeps texts. */
const fromLatin1 = (bytes: string): string =>
  Array.from(bytes, (byte) => byte < "\x80" ? byte : String.fromCharCode(0xdc00 | byte.charCodeAt(0))).join("")
