/**
 * Why the providers of a config can't be put to work. Upstream these end the kubelet (CFG-2); here they fail the layer.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { causeOf, nextStepOf, PluginFailure } from "../plugin/PluginFailure.ts"

/**
 * The directory with the plugins does not exist or can't be looked at (CFG-4), or is none, which the kubelet finds out
 * only when it looks for the first plugin (CFG-111).
 *
 * @since 0.1.0
 * @category errors
 */
export class BinDirError extends Schema.TaggedError<BinDirError>()("BinDirError", {
  binDir: Schema.String,
  failure: Schema.Literals(["NotFound", "NotAccessible", "NotDirectory"])
}) {
  override get message() {
    if (this.binDir === "") {
      return "no directory with plugins was given: give the one that holds the providers' programs"
    }
    return `the directory with plugins, ${this.binDir}, ${binDirText[this.failure]}`
  }
}

const binDirText: { readonly [F in BinDirError["failure"]]: string } = {
  NotFound: "does not exist: check its path",
  NotAccessible: "is not accessible: check its path and the permissions of its parents",
  NotDirectory: "is not a directory: give the one that holds the providers' programs"
}

/**
 * Programs that the config names can't be run. All of them are listed; the kubelet stops at the first (CFG-110…114).
 *
 * @since 0.1.0
 * @category errors
 */
export class PluginsUnavailable extends Schema.TaggedError<PluginsUnavailable>()("PluginsUnavailable", {
  problems: Schema.NonEmptyArray(Schema.Struct({
    provider: Schema.String,
    /** The provider's place in the merged config, from 0. */
    index: Schema.Int,
    path: Schema.String,
    failure: PluginFailure
  }))
}) {
  override get message() {
    return this.problems.map(({ failure, provider }) =>
      `provider "${provider}": ${causeOf(failure)}: ${nextStepOf(failure, provider)}`
    ).join("\n")
  }
}
