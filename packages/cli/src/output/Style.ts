/**
 * Colours, decided for stdout and stderr each by itself: only on a terminal, not on a dumb one, and never against
 * `NO_COLOR` (https://no-color.org).
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stdio from "effect/Stdio"

/**
 * @since 0.1.0
 * @category models
 */
export interface Style {
  readonly colours: boolean
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly yellow: (text: string) => string
}

const as = (text: string): string => text

/**
 * @since 0.1.0
 * @category constants
 */
export const plain: Style = { colours: false, bold: as, dim: as, red: as, yellow: as }

const sequence = (code: number) => (text: string): string => `\u001b[${code}m${text}\u001b[0m`

/**
 * @since 0.1.0
 * @category constants
 */
export const coloured: Style = {
  colours: true,
  bold: sequence(1),
  dim: sequence(2),
  red: sequence(31),
  yellow: sequence(33)
}

/**
 * @since 0.1.0
 * @category services
 */
export class Styles extends Context.Service<Styles, {
  readonly stdout: Style
  readonly stderr: Style
}>()("credlet/output/Style/Styles") {}

/**
 * As the terminal and the environment say.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Styles, never, Stdio.Stdio> = Layer.effect(
  Styles,
  Effect.gen(function*() {
    const stdio = yield* Stdio.Stdio
    const variable = (name: string) => Effect.orElseSucceed(Config.String(name), () => "")
    const refused = (yield* variable("NO_COLOR")) !== "" || (yield* variable("TERM")) === "dumb"
    const style = (isTerminal: boolean) => isTerminal && !refused ? coloured : plain
    return { stdout: style(yield* stdio.stdoutIsTerminal), stderr: style(yield* stdio.stderrIsTerminal) }
  })
)
