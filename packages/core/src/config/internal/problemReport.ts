/** How the checks of a provider report what they find: as short as can be, the rest is the same for all. */
import type * as Redacted from "effect/Redacted"
import type { ConfigPath } from "../ConfigLocation.ts"
import { ConfigProblem, type ProblemType } from "../ConfigProblem.ts"
import { isRead, type LocatedProvider } from "../LocatedProvider.ts"

interface Finding {
  readonly type: ProblemType
  readonly rule: string
  readonly badValue?: string | ReadonlyArray<string>
  readonly exactPattern?: Redacted.Redacted
  readonly detail?: string
  readonly advice?: string
  /** Below the provider; the kubelet's field is the same without indexes. */
  readonly path: ConfigPath
  /** What must have been read for the finding to be true; the value at `path`, if nothing is said. */
  readonly dependsOn?: ReadonlyArray<ConfigPath>
}

export type Report = (finding: Finding) => void

export const reporter =
  (located: LocatedProvider, index: number, problems: Array<ConfigProblem>): Report => (finding) => {
    if (!(finding.dependsOn ?? [finding.path]).every((path) => isRead(located, path))) return
    const location = located.locate(finding.path)
    problems.push(
      new ConfigProblem({
        type: finding.type,
        field: ["providers", ...finding.path.filter((segment) => typeof segment === "string")].join("."),
        badValue: finding.badValue ?? "",
        ...(finding.exactPattern === undefined ? {} : { exactPattern: finding.exactPattern }),
        detail: finding.detail ?? "",
        ...(finding.advice === undefined ? {} : { advice: finding.advice }),
        rule: finding.rule,
        index,
        provider: located.provider.name,
        path: [...located.path, ...finding.path],
        ...(location === undefined ? {} : { location })
      })
    )
  }
