/** Words and numbers as people say them. */
import * as Duration from "effect/Duration"
import { shown } from "./terminal.ts"

/** `1 key`, `2 keys`. */
export const plural = (count: number, noun: string, nouns = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : nouns}`

export const credentialsFor = (locations: number): string =>
  locations === 0 ? "no credentials" : `credentials for ${plural(locations, "registry location")}`

/** `a`, `a or b`, `a, b or c`. */
export const listed = (items: ReadonlyArray<string>, conjunction: "and" | "or"): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${conjunction} ${items.at(-1)}`

const mostNames = 8

/** Names that others chose: not all if there are many. */
export const names = (all: ReadonlyArray<string>): string => {
  const first = all.slice(0, mostNames).map((name) => shown(name))
  return listed(all.length > mostNames ? [...first, `${all.length - mostNames} more`] : first, "and")
}

/** In its two greatest units at most: `340 ms`, `1.2 s`, `4 min 30 s`, `2 h`, `12 days`. */
export const duration = (value: Duration.Duration): string => {
  if (Duration.isNegative(value)) return `-${duration(Duration.abs(value))}`
  const millis = Duration.toMillis(value)
  if (millis < 1) return millis === 0 ? "0 ms" : "less than 1 ms"
  if (millis < 999.5) return `${Math.round(millis)} ms`
  if (millis < 59_950) return `${Number((millis / 1000).toFixed(1))} s`
  const seconds = Math.round(millis / 1000)
  if (seconds < 3600) return two(Math.floor(seconds / 60), "min", seconds % 60, "s")
  const minutes = Math.round(seconds / 60)
  if (minutes < 48 * 60) return two(Math.floor(minutes / 60), "h", minutes % 60, "min")
  return `${Math.round(minutes / (24 * 60))} days`
}

const two = (many: number, unit: string, rest: number, smaller: string): string =>
  rest === 0 ? `${many} ${unit}` : `${many} ${unit} ${rest} ${smaller}`
