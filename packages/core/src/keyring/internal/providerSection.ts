/** The branch of one provider: why it was asked or not, what happened then, and what came of it. */
import * as ImagePatternMiss from "../../image/ImagePatternMiss.ts"
import type * as Explanation from "../Explanation.ts"
import { advice, type Detail, detail, first, type Section, section } from "./section.ts"
import * as StepText from "./stepText.ts"
import { shown } from "./terminal.ts"
import * as Words from "./words.ts"

type Pod = Explanation.Explanation["pod"]
type Missed = Extract<Explanation.Provider["match"], { readonly _tag: "Missed" }>

/** Of this many providers that were not asked, each is shown. */
const few = 3

/** In the order of the config; of many that were not asked, those that are nearly right, and the others in one line. */
export const sections = (providers: ReadonlyArray<Explanation.Provider>, pod: Pod): ReadonlyArray<Section> => {
  const missed = providers.filter(({ match }) => match._tag === "Missed")
  const near = nearestOf(missed)
  const isTold = missed.length <= few || (near.size === 0 && missed.length === providers.length)
  const hidden = isTold ? [] : missed.filter((provider) => !near.has(provider))
  const most = isTold && missed.length > 5 ? 1 : 3
  return [
    ...providers.filter((provider) => !hidden.includes(provider)).map((provider) => sectionOf(provider, pod, most)),
    ...(hidden.length === 0 ? [] : [section(othersText(hidden.map(({ name }) => name)))])
  ]
}

/** A few with a pattern that differs in one place, before others those that look as if they were meant for the image. */
const nearestOf = (missed: ReadonlyArray<Explanation.Provider>): ReadonlySet<Explanation.Provider> => {
  const withMiss = (is: (miss: ImagePatternMiss.ImagePatternMiss) => boolean) =>
    missed.filter(({ match }) => match._tag === "Missed" && match.misses.some(({ miss }) => is(miss)))
  const all = new Set([...withMiss(ImagePatternMiss.isNear), ...withMiss(ImagePatternMiss.isInOnePlace)])
  return new Set(Array.from(all).slice(0, few))
}

const othersText = (names: ReadonlyArray<string>): string =>
  `${Words.plural(names.length, "other provider")}: not asked, because no pattern matches: ${Words.names(names)}`

const sectionOf = (provider: Explanation.Provider, pod: Pod, most: number): Section => {
  const { match, outcome } = provider
  const name = `provider "${shown(provider.name)}"`
  if (match._tag === "Missed") {
    return section(`${name}: not asked, ${whyNot(match)}`, missesOf(match, most))
  }
  const details = [
    ...identityOf(provider, pod),
    ...StepText.render(provider.steps).map(detail),
    ...outcomeOf(outcome, pod)
  ]
  const pattern = shown(match.pattern)
  return outcome._tag === "Skipped"
    ? section(`${name}: passed over, though ${pattern} matches`, details)
    : section(`${name}: asked, because ${pattern} matches`, details)
}

const whyNot = ({ misses }: Missed): string => {
  if (misses.length === 0) return "because it has no patterns"
  return misses.length === 1 ? "because its pattern does not match" : "because no pattern matches"
}

const missesOf = ({ misses }: Missed, most: number): ReadonlyArray<Detail> =>
  first(
    most,
    misses.map(({ miss, pattern }) =>
      detail(`${pattern === "" ? "\"\"" : shown(pattern)}: ${shown(ImagePatternMiss.describe(miss), 300)}`)
    ),
    (more) => detail(`and ${Words.plural(more, "other pattern")}, less alike`)
  )

const identityOf = ({ outcome, usesServiceAccounts }: Explanation.Provider, pod: Pod): ReadonlyArray<Detail> => {
  if (!usesServiceAccounts || outcome._tag === "Skipped") return []
  if (pod === undefined) return [detail("service account: none, as no pod was given")]
  return pod.serviceAccountName === "" ? [detail("service account: none, as the pod has none")] : []
}

const outcomeOf = (outcome: Explanation.Outcome, pod: Pod): ReadonlyArray<Detail> => {
  switch (outcome._tag) {
    case "NotAsked":
      return []
    case "Given":
      return [detail(`gave: ${givenText(outcome)}`)]
    case "Skipped":
      return [{ text: `because ${skippedText(outcome, pod)}`, role: "failure" }, advice(outcome.nextStep)]
    case "Failed":
      return [
        { text: `failed: ${shown(outcome.message, 1000)}`, role: "failure" },
        ...stderrOf(outcome),
        advice(outcome.nextStep)
      ]
  }
}

const givenText = ({ locations, serviceAccount }: Extract<Explanation.Outcome, { readonly _tag: "Given" }>): string => {
  const what = Words.credentialsFor(locations)
  if (serviceAccount === undefined) return what
  return `${what}, as service account ${shown(`${serviceAccount.namespace}/${serviceAccount.name}`)}`
}

const skippedText = (
  { annotation, reason }: Extract<Explanation.Outcome, { readonly _tag: "Skipped" }>,
  pod: Pod
): string => {
  if (reason === "ServiceAccountRequired") {
    return `it requires a service account, and ${pod === undefined ? "no pod was given" : "the pod has none"}`
  }
  const account = pod === undefined ?
    "the service account" :
    `the service account ${shown(`${pod.namespace}/${pod.serviceAccountName}`)}`
  return `it requires the annotation ${shown(annotation ?? "")}, which ${account} does not have`
}

const stderrLines = 10

const stderrOf = (
  { failure, stderr }: Extract<Explanation.Outcome, { readonly _tag: "Failed" }>
): ReadonlyArray<Detail> => {
  if (stderr === undefined) return failure === "Exited" ? [detail("it wrote nothing to stderr")] : []
  const lines = stderr.split("\n").map((line) => detail(`  ${shown(line.trimEnd(), 300)}`))
  return [
    detail("its stderr:"),
    ...first(stderrLines, lines, (more) => detail(`  and ${Words.plural(more, "more line")}`))
  ]
}
