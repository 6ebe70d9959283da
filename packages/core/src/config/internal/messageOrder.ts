/** What an error lists, in the order in which one goes through files to mend them: by line, not by rule. */
import * as Arr from "effect/Array"
import * as Order from "effect/Order"
import * as Bytes from "../../text/Bytes.ts"
import type { ConfigLocation } from "../ConfigLocation.ts"

/** Something to be told, with what is known of its place; what has none comes last. */
export interface Entry {
  readonly message: string
  readonly place: Partial<Pick<ConfigLocation, "file" | "line" | "column">> | undefined
}

export const entryOf = (finding: { readonly message: string; readonly location?: ConfigLocation }): Entry => ({
  message: finding.message,
  place: finding.location
})

/** Files are loaded in the order of their names (CFG-15). */
const byPlace = Order.combineAll<Entry>([
  Order.mapInput(Order.Boolean, ({ place }) => place === undefined),
  Order.mapInput(Bytes.Order, ({ place }) => place?.file ?? ""),
  Order.mapInput(Order.Number, ({ place }) => place?.line ?? 0),
  Order.mapInput(Order.Number, ({ place }) => place?.column ?? 0)
])

/** One line each; what stands at one place keeps its order. */
export const lines = (entries: Iterable<Entry>): string =>
  Arr.sort(entries, byPlace).map(({ message }) => message).join("\n")
