/** The product's own text and Schemas, searched for the places where secrets are wrapped, unwrapped and read. */
import * as Core from "@credlet/core"
import * as Kubernetes from "@credlet/kubernetes"
import * as Node from "@credlet/node"
import * as Testing from "@credlet/testing"
import { Schema, type SchemaAST } from "effect"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const packages = fileURLToPath(new URL("../../../packages", import.meta.url))

/** Text without comments; what looks like one within quotes is cut too, which does no harm here. */
const withoutComments = (text: string): string => text.replace(/\/\*[^]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "")

/** `core/src/credential/Credential.ts`, and what it says. */
export const sources: ReadonlyMap<string, string> = new Map(
  Fs.readdirSync(packages).flatMap((name) => {
    const src = Path.join(packages, name, "src")
    if (!Fs.existsSync(src)) return []
    return Fs.readdirSync(src, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file): [string, string] => [
        `${name}/src/${file.split(Path.sep).join("/")}`,
        withoutComments(Fs.readFileSync(Path.join(src, file), "utf8"))
      ])
  })
)

const count = (text: string, pattern: RegExp): number => Array.from(text.matchAll(pattern)).length

const wrapping = /\bRedacted\.make\b|\bSchema\.Redacted\(|\bRedactedFromValue\b|\bsecretText\("/g

/** Names that one line gives to a wrapping Schema: each use of such a name wraps as well. */
const aliasesIn = (text: string): ReadonlyArray<string> => {
  const aliases = new Set<string>()
  for (let size = -1; size < aliases.size;) {
    size = aliases.size
    const isWrapping = new RegExp([wrapping.source, ...Array.from(aliases, (name) => `\\b${name}\\b`)].join("|"))
    for (const [, name = "", value = ""] of text.matchAll(/^const (\w+) = (Schema\..*)$/gm)) {
      if (isWrapping.test(value) && !value.includes("Struct")) aliases.add(name)
    }
  }
  return [...aliases]
}

/** How often a text wraps a secret, aliases included. */
export const wraps = (text: string): number =>
  aliasesIn(text).reduce(
    (sum, alias) => sum + count(text, new RegExp(`(?<![\\w.$-])${alias}(?=[,)\\s])(?!:)`, "g")) - 1,
    count(text, wrapping)
  )

export const unwraps = (text: string): number => count(text, /\bRedacted\.value\b/g)

/** The fields of the struct that begins with the first brace behind these words: `const User =`, `class EnvVar `. */
export const structFields = (file: string, words: string): ReadonlyArray<string> => {
  const text = sources.get(file) ?? ""
  const start = text.indexOf(words)
  if (start < 0) throw new Error(`${file} has no ${words}`)
  const fields: Array<string> = []
  let depth = 1
  for (let at = text.indexOf("{", start) + 1, begun = at; depth > 0 && at < text.length; at++) {
    const character = text[at] ?? ""
    if ("({[".includes(character)) depth++
    else if (")}]".includes(character)) depth--
    else if (depth === 1 && character === ":") fields.push(text.slice(begun, at).trim().replaceAll("\"", ""))
    if (depth === 1 && character === ",") begun = at + 1
  }
  return fields
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const isSecret = (ast: SchemaAST.AST): boolean => {
  const representation: unknown = ast.annotations?.["representation"]
  return isRecord(representation) && representation["id"] === "effect/schema/Redacted"
}

/** Where a Schema has `Redacted`: paths from the nearest class, as `EnvVar.value` or `ResponseError.findings[].path`. */
const secretsOf = (owner: string, root: SchemaAST.AST): ReadonlySet<string> => {
  const found = new Set<string>()
  const seen = new Set<SchemaAST.AST>()
  const visit = (ast: SchemaAST.AST, path: string): void => {
    if (isSecret(ast)) found.add(path)
    if (seen.has(ast)) return
    seen.add(ast)
    const identifier: unknown = ast.annotations?.["identifier"]
    const here = typeof identifier === "string" ? identifier : path
    for (const link of ast.encoding ?? []) visit(link.to, here)
    switch (ast._tag) {
      case "Declaration":
        if (!isSecret(ast)) ast.typeParameters.forEach((parameter) => visit(parameter, here))
        return
      case "Objects":
        for (const { name, type } of ast.propertySignatures) visit(type, `${here}.${String(name)}`)
        for (const { type } of ast.indexSignatures) visit(type, `${here}.*`)
        return
      case "Arrays":
        for (const element of [...ast.elements, ...ast.rest]) visit(element, `${here}[]`)
        return
      case "Union":
        for (const type of ast.types) visit(type, here)
        return
      case "Suspend":
        return visit(ast.thunk(), here)
    }
  }
  visit(root, owner)
  return found
}

/** Of all Schemas that the packages export, whether by themselves or as a class. */
export const secretFields: ReadonlySet<string> = new Set(
  [Core, Kubernetes, Node, Testing].flatMap((modules) =>
    Object.entries(modules).flatMap(([module, exports]) =>
      Object.entries(exports).flatMap(([name, value]: [string, unknown]) =>
        Schema.isSchema(value) ? [...secretsOf(`${module}.${name}`, value.ast)] : []
      )
    )
  )
)
