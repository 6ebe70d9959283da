/** The environment, as `Config` gives it, so that tests can bring their own. */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

/** A variable; what is not set is empty. */
export const environment = (name: string): Effect.Effect<string> =>
  Effect.map(Effect.option(Config.String(name)), Option.getOrElse(() => ""))
