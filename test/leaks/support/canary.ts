/**
 * Secrets that look random and can be told apart, and the net that finds them in a text: as they are, in the forms in which
 * they are commonly written (JSON, URL, base64, hex, lists of bytes, SHA-256), and any twelve characters of one of these.
 */
import { GoText } from "@credlet/core"
import { createHash } from "node:crypto"

/** What an odd canary has between its letters, so that its forms differ: quotes, a backslash, what URLs, HTML and JSON escape. */
const oddities = ["+", "/", "\"", "<", "&", "%", "\\", "é"]

const letters = (name: string): string =>
  createHash("sha512").update(`canary of ${name}`).digest("base64").replace(/[^A-Za-z0-9]/g, "")

/** `plain`: letters and digits only, for where nothing else can stand. The same each time, so that failures repeat. */
export const make = (name: string, kind: "odd" | "plain" = "odd"): string => {
  const random = letters(name)
  if (kind === "plain") return `c4${random.slice(0, 38)}`
  const middle = oddities.map((oddity, at) => oddity + random.slice(12 + 3 * at, 15 + 3 * at)).join("")
  return `c4${random.slice(0, 12)}${middle}${random.slice(40, 52)}`
}

/** So many characters of a secret are too many. */
export const length = 12

export interface Secret {
  readonly slot: string
  readonly value: string
}

export interface Find {
  readonly slot: string
  readonly form: string
  readonly at: number
}

export interface Net {
  readonly find: (text: string) => ReadonlyArray<Find>
}

const bytesOf = (value: string) => Buffer.from(value, "utf8")

/** The base64 of a text with the value in it, at the three places where it may begin; its ends depend on the neighbours. */
const base64 = (value: string, encoding: "base64" | "base64url"): ReadonlyArray<string> =>
  [0, 1, 2].map((before) => {
    const inside = Buffer.concat([Buffer.alloc(before), bytesOf(value)]).toString(encoding).replace(/=+$/, "")
    return inside.slice(before === 0 ? 0 : before + 1, -1)
  })

/** The form of a secret's SHA-256. */
export const hash = "SHA-256"

/** By name; several texts where the form depends on what stands around it. */
export const forms = (value: string): Readonly<Record<string, ReadonlyArray<string>>> => ({
  "as it is": [value, ...value.split(/[\r\n]+/)],
  JSON: [JSON.stringify(value).slice(1, -1), GoText.jsonString(value).slice(1, -1), GoText.quote(value).slice(1, -1)],
  "JSON in JSON": [JSON.stringify(JSON.stringify(value)).slice(3, -3)],
  URL: [encodeURIComponent(value), encodeURI(value), new URLSearchParams({ v: value }).toString().slice(2)],
  HTML: [value.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;")],
  base64: base64(value, "base64"),
  base64url: base64(value, "base64url"),
  "base64 in base64": base64(value, "base64").flatMap((text) => base64(text, "base64")),
  hex: [bytesOf(value).toString("hex"), bytesOf(value).toString("hex").toUpperCase()],
  [hash]: (["hex", "base64", "base64url"] as const).map((encoding) =>
    createHash("sha256").update(value).digest(encoding)
  )
})

const windowsOf = (text: string): ReadonlyArray<string> =>
  Array.from({ length: Math.max(0, text.length - length + 1) }, (_, at) => text.slice(at, at + length))

/** `Uint8Array [ 99, 52, … ]`, `{"0":99,"1":52,…}` and `<Buffer 63 34 …>` as the text that these bytes are. */
const spelledBytes = (text: string): ReadonlyArray<string> => {
  const decimal = text.replace(/"?\b\d+"?: ?(?=\d)/g, "").matchAll(/\b\d{1,3}(?:,\s*\d{1,3}\b){11,}/g)
  const hex = text.matchAll(/\b[0-9a-f]{2}(?: [0-9a-f]{2}\b){11,}/g)
  return [
    ...Array.from(decimal, ([list]) => Buffer.from(list.split(",").map(Number)).toString("utf8")),
    ...Array.from(hex, ([list]) => Buffer.from(list.replaceAll(" ", ""), "hex").toString("utf8"))
  ]
}

/** Every run of `length` characters holds a whole one of the pieces of this length that a text falls into. */
const piece = length / 2

export const net = (secrets: Iterable<Secret>): Net => {
  const meshes = new Map<string, { readonly slot: string; readonly form: string }>()
  const pieces = new Set<string>()
  for (const { slot, value } of secrets) {
    for (const [form, texts] of Object.entries(forms(value))) {
      for (const window of texts.flatMap(windowsOf)) {
        if (!meshes.has(window)) meshes.set(window, { slot, form })
        for (let at = 0; at + piece <= length; at++) pieces.add(window.slice(at, at + piece))
      }
    }
  }
  const findIn = (text: string, add: (find: Find) => void, spelled: string): void => {
    for (let from = 0; from + piece <= text.length; from += piece) {
      if (!pieces.has(text.slice(from, from + piece))) continue
      for (let at = Math.max(0, from - piece); at <= from; at++) {
        const mesh = meshes.get(text.slice(at, at + length))
        if (mesh !== undefined) add({ slot: mesh.slot, form: mesh.form + spelled, at })
      }
    }
  }
  return {
    find: (text) => {
      const first = new Map<string, Find>()
      const add = (find: Find) => {
        const key = `${find.slot} ${find.form}`
        if (!first.has(key)) first.set(key, find)
      }
      findIn(text, add, "")
      for (const bytes of spelledBytes(text)) findIn(bytes, add, ", byte by byte")
      return [...first.values()]
    }
  }
}
