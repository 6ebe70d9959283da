/**
 * The service with other layers below, and metrics of its own.
 */
import type { Keyring } from "@credlet/core"
import { ScriptedPlugins } from "@credlet/testing"
import { Effect, Layer, Metric } from "effect"
import * as ImageScanner from "../src/ImageScanner.ts"
import { Puller } from "../src/Puller.ts"

export const password = "CANARY"

/** A plugin that has credentials for `registry`. */
export const plugin = (registry: string) =>
  ScriptedPlugins.answer({
    cacheKeyType: "Registry",
    cacheDuration: "5 minutes",
    auth: { [registry]: { username: "robot", password } }
  })

/** Registries that let in whom they shall, by user name. */
export const registries = (isLetIn: (username: string | undefined) => boolean) =>
  Layer.succeed(Puller, { accepts: (_, credential) => Effect.succeed(isLetIn(credential?.username)) })

/** The service over any `Keyring`. */
export const scanner = <S, E, R>(below: Layer.Layer<Keyring.Keyring | S, E, R>, puller: Layer.Layer<Puller>) =>
  ImageScanner.layer.pipe(
    Layer.provide(puller),
    Layer.provideMerge(below),
    Layer.provideMerge(Layer.effect(Metric.MetricRegistry, Effect.sync(() => new Map())))
  )
