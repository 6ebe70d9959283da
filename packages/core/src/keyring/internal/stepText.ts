/** The steps of asking one provider, in sentences. What somebody did not do, and what took no time, is not told. */
import * as Duration from "effect/Duration"
import type { Step } from "../../LookupTrace.ts"
import { shown } from "./terminal.ts"
import * as Words from "./words.ts"

type Of<Tag extends Step["_tag"]> = Extract<Step, { readonly _tag: Tag }>

/** One line for each. */
export const render = (steps: ReadonlyArray<Step>): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let issued: Of<"TokenIssued"> | undefined
  for (const step of steps) {
    if (step._tag === "TokenIssued") {
      issued = step
      continue
    }
    const line = step._tag === "TokenAsked" ? tokenText(step, issued) : textOf(step)
    if (step._tag === "TokenAsked") issued = undefined
    if (line !== undefined) lines.push(line)
  }
  return lines
}

const scopes = { Image: "for this image", Registry: "for its registry", Global: "globally" } as const

const textOf = (step: Exclude<Step, Of<"TokenAsked" | "TokenIssued">>): string | undefined => {
  switch (step._tag) {
    case "ServiceAccountRead": {
      const name = shown(`${step.namespace}/${step.name}`)
      return `service account: ${name} ${step.uid === undefined ? "could not be read" : "read"}${within(step.duration)}`
    }
    case "AnnotationsChosen":
      return annotationsText(step)
    case "CacheHit":
      return `cache: hit ${scopes[step.scope]}, good for ${
        isForEver(step.remaining) ? "ever" : `another ${Words.duration(step.remaining)}`
      }`
    case "CacheMissed":
      return `cache: nothing ${missedText(step)}`
    case "FlightJoined":
      return "plugin: another lookup was just running it for the same question; its answer is shared"
    case "ScopeAwaited":
      return `plugin: waited for another lookup that was just asking for an image of the same ${
        step.scope === "Registry" ? "registry" : "scope"
      }`
    case "PluginQueued":
      return isNothing(step.duration)
        ? undefined
        : `plugin: waited ${Words.duration(step.duration)} for a place among those that may run at once`
    case "PluginRun": {
      const text = runText(step)
      return text === undefined ? undefined : `plugin: ${text}`
    }
    case "AnswerChecked":
      if (step.isTokenEchoed === undefined) return undefined
      return step.isTokenEchoed
        ? "answer: refused, as the service account's token is a password in it"
        : "answer: the service account's token is no password in it"
    case "Stored":
      return Duration.isNegative(step.lifetime)
        ? `cache: the answer expired ${agoText(Duration.abs(step.lifetime))}before it came${whose(step)}`
        : `cache: keeps the answer ${scopes[step.scope]} for ${
          isForEver(step.lifetime) ? "ever" : Words.duration(step.lifetime)
        }${whose(step)}`
    case "NotStored":
      return `cache: does not keep the answer, whose lifetime is 0${whose(step)}`
  }
}

/** `for this image, its registry or globally` */
const missedText = ({ scopes: [first, ...others] }: Of<"CacheMissed">): string =>
  first === undefined
    ? "to look for"
    : Words.listed([scopes[first], ...others.map((scope) => scopes[scope].replace("for ", ""))], "or")

const isNothing = (duration: Duration.Duration): boolean => Duration.toMillis(duration) < 1

/** A century or more: a cache counts down even from infinity, which to it is what Go can say, 292 years (CACHE-29). */
const isForEver = (duration: Duration.Duration): boolean => Duration.toDays(duration) >= 36_500

const agoText = (duration: Duration.Duration): string => isForEver(duration) ? "" : `${Words.duration(duration)} `

const within = (duration: Duration.Duration): string => isNothing(duration) ? "" : ` in ${Words.duration(duration)}`

const whose = ({ isDefault }: { readonly isDefault: boolean }): string => isDefault ? ", the provider's default" : ""

const annotationsText = ({ found, missing, missingRequired }: Of<"AnnotationsChosen">): string | undefined => {
  const others = missing.filter((key) => key !== missingRequired)
  const parts = [
    ...(found.length === 0 ? [] : [`found ${Words.names(found)}`]),
    ...(others.length === 0 ? [] : [`not there: ${Words.names(others)}`]),
    ...(missingRequired === undefined ? [] : [`required, but not there: ${shown(missingRequired)}`])
  ]
  return parts.length === 0 ? undefined : `annotations: ${parts.join("; ")}`
}

const tokenText = (asked: Of<"TokenAsked">, issued: Of<"TokenIssued"> | undefined): string => {
  const audience = `for the audience ${shown(asked.audience)}`
  if (!asked.isObtained) return `token: none ${audience}${within(asked.duration)}`
  if (issued === undefined) return `token: ${audience}${within(asked.duration)}`
  const { expiresIn, isReused } = issued
  return `token: ${isReused ? "reused" : "issued"} ${audience}${isReused ? "" : within(asked.duration)}${
    expiresIn === undefined ? "" : `, ${expiryText(expiresIn)}`
  }`
}

const expiryText = (expiresIn: Duration.Duration): string =>
  isForEver(expiresIn) ? "never expires" : `expires in ${Words.duration(expiresIn)}`

/** How a run failed is not told here, nor that there was none: that is what the provider's branch says next. */
const runText = ({ duration, outcome, stdoutBytes }: Of<"PluginRun">): string | undefined => {
  const ran = `ran ${Words.duration(duration)}`
  switch (outcome) {
    case "Answered":
    case "BadOutput":
    case "WrongApiVersion":
      return `${isNothing(duration) ? "answered at once" : `${ran} and answered`}${
        stdoutBytes === undefined ? "" : ` with ${Words.plural(stdoutBytes, "byte")}`
      }`
    case "Interrupted":
      return `${ran} and was interrupted`
    case "Exited":
    case "Killed":
    case "OutputTooLarge":
    case "TimedOut":
      return ran
    // What is tried again until it is too late.
    case "Busy":
    case "ResourceExhausted":
      return isNothing(duration) ? undefined : `tried to start it for ${Words.duration(duration)}`
    default:
      return undefined
  }
}
