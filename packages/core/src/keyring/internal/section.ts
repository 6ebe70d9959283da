/** A branch of an explanation's tree, and what stands under it. */
import { shown } from "./terminal.ts"

/** What a line is about: see `ExplanationText.Role`. */
export type Role = "advice" | "detail" | "failure" | "image" | "result" | "section"

export interface Detail {
  readonly text: string
  readonly role: Role
}

export interface Section extends Detail {
  readonly details: ReadonlyArray<Detail>
}

export const section = (text: string, details: ReadonlyArray<Detail> = [], role: Role = "section"): Section => ({
  text,
  role,
  details
})

export const detail = (text: string): Detail => ({ text, role: "detail" })

export const advice = (nextStep: string): Detail => ({ text: `next: ${shown(nextStep, 400)}`, role: "advice" })

/** The first ones, and how many more there are. */
export const first = <A>(most: number, all: ReadonlyArray<A>, rest: (more: number) => A): ReadonlyArray<A> =>
  all.length <= most + 1 ? all : [...all.slice(0, most), rest(all.length - most)]
