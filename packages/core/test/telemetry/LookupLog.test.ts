import * as LookupLog from "@credlet/core/telemetry/LookupLog"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { type Line, logLines } from "./collect.ts"

const { messages } = LookupLog
const image = "reg.example/app"
const pod = { namespace: "ns", podName: "p", podUid: "u", serviceAccountName: "sa" }
const failure = { provider: "acme", message: "it broke" }

const cases: ReadonlyArray<readonly [rule: string, Effect.Effect<void>, line: Line]> = [
  ["LOG-1: a provider failed, in service account mode", LookupLog.providerFailed(failure, { image, pod }), {
    level: "Error",
    message: messages.providerFailed,
    err: "it broke",
    provider: "acme",
    image,
    pod: "ns/p",
    podUID: "u",
    serviceAccount: "ns/sa"
  }],
  ["LOG-2: a provider failed, in plain mode", LookupLog.providerFailed(failure, { image }), {
    level: "Error",
    message: messages.providerFailed,
    err: "it broke",
    provider: "acme",
    image
  }],
  [
    "LOG-3: no service account, but one is required",
    LookupLog.providerSkipped({ provider: "acme", reason: "ServiceAccountRequired" }, {
      image,
      pod: { ...pod, serviceAccountName: "" }
    }),
    { level: "Trace", message: messages.serviceAccountRequired, provider: "acme", image, pod: "ns/p", podUID: "u" }
  ],
  [
    "LOG-4: a required annotation is missing",
    LookupLog.providerSkipped({ provider: "acme", reason: "AnnotationMissing", annotation: "domain.io/identity-id" }, {
      image,
      pod
    }),
    {
      level: "Trace",
      message: messages.annotationMissing,
      err: `the service account has no annotation "domain.io/identity-id"`,
      provider: "acme",
      image,
      pod: "ns/p",
      podUID: "u",
      serviceAccount: "ns/sa"
    }
  ],
  ["LOG-5: a plugin is about to be run", LookupLog.pluginStarting("acme", image), {
    level: "Trace",
    message: messages.pluginStarting,
    pluginName: "acme",
    image
  }],
  ["LOG-6: a provider is registered", LookupLog.providerRegistered("acme"), {
    level: "Debug",
    message: messages.providerRegistered,
    provider: "acme"
  }],
  ["LOG-7: a provider is asked for a pod", LookupLog.providerBound("acme", pod), {
    level: "Debug",
    message: messages.providerBound,
    provider: "acme",
    podName: "p",
    podNamespace: "ns",
    podUID: "u",
    serviceAccountName: "sa"
  }],
  [
    "LOG-8: a location in a provider's answer that is no address",
    LookupLog.unusableLocation({ location: "gcr.io:bad", source: { _tag: "Provider", provider: "acme" } }, "a port"),
    { level: "Error", message: messages.unusableLocation, err: "a port", location: "gcr.io:bad", provider: "acme" }
  ],
  [
    "LOG-8: one in a pull secret",
    LookupLog.unusableLocation(
      { location: "gcr.io:bad", source: { _tag: "PullSecret", namespace: "ns", name: "s" } },
      "a port"
    ),
    { level: "Error", message: messages.unusableLocation, err: "a port", location: "gcr.io:bad", secret: "ns/s" }
  ],
  ["LOG-13: a pull without credentials", LookupLog.noCredentials(image), {
    level: "Debug",
    message: messages.noCredentials,
    image
  }],
  ["SA-31: a token in an answer", LookupLog.tokenContained("acme", image), {
    level: "Warn",
    message: messages.tokenContained,
    provider: "acme",
    image
  }]
]

describe("LookupLog", () => {
  for (const [rule, event, line] of cases) {
    it.effect(rule, () => Effect.map(logLines(event), (lines) => assert.deepStrictEqual(lines, [line])))
  }
})
