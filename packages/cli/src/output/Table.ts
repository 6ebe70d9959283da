/**
 * The answers for people: each image with its credentials below it, in the order in which a node would try them. The
 * password stands last, so that a long one shifts nothing.
 *
 * @since 0.1.0
 */
import type { Credential } from "@credlet/core/credential/Credential"
import * as Printable from "@credlet/core/text/Printable"
import * as Redacted from "effect/Redacted"
import { type Answer, mask, type Secrets, sourceText } from "./Answer.ts"
import type { Style } from "./Style.ts"

/**
 * Columns as wide as their widest cell, two spaces apart, indented by two; nothing is cut off.
 *
 * @since 0.1.0
 * @category rendering
 */
export const columns = (
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  style: Style
): string => {
  const widths = header.map((title, at) => Math.max(title.length, ...rows.map((row) => (row[at] ?? "").length)))
  const row = (cells: ReadonlyArray<string>) =>
    `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd()
  return [style.dim(row(header)), ...rows.map(row)].join("\n")
}

/**
 * Images without credentials are left out: why they have none is a matter for stderr. Empty if none has any.
 *
 * @since 0.1.0
 * @category rendering
 */
export const render = (answers: ReadonlyArray<Answer>, secrets: Secrets, style: Style): string =>
  answers.filter(({ lookup }) => lookup.credentials.length > 0).map(({ image, lookup }) => {
    const rows = lookup.credentials.map((credential, at) => [
      String(at + 1),
      Printable.line(credential.location),
      emptyOr(Printable.line(credential.username)),
      Printable.line(sourceText(credential.source)),
      emptyOr(password(credential, secrets))
    ])
    return `${style.bold(Printable.line(image))}\n${columns(header, rows, style)}`
  }).join("\n\n")

const header = ["#", "LOCATION", "USERNAME", "SOURCE", "PASSWORD"]

const emptyOr = (text: string): string => text === "" ? "(empty)" : text

const password = (credential: Credential, secrets: Secrets): string => {
  const value = Redacted.value(credential.password)
  return value === "" || secrets === "shown" ? Printable.line(value) : mask
}
