import * as ImagePattern from "@credlet/core/image/ImagePattern"
import * as SchemelessUrl from "@credlet/core/image/SchemelessUrl"
import * as ProviderIndex from "@credlet/core/provider/ProviderIndex"
import { Effect, Result } from "effect"
import type { Benchmark } from "./Benchmark.ts"
import * as Providers from "./providers.ts"

const texts = Array.from({ length: 100 }, (_, at) =>
  at % 4 === 0
    ? `registry-${at}.example`
    : at % 4 === 1
    ? `*.registry-${at}.example`
    : at % 4 === 2
    ? `${at}.dkr.ecr.*.cloud.example/team`
    : `registry-${at}.example:5000`)
const patternsOfAll = texts.map(Providers.pattern)
const image = "98.dkr.ecr.eu-west-1.cloud.example/team/app"
const target = Result.getOrThrow(SchemelessUrl.parse(image))
const index = ProviderIndex.make([{ patterns: patternsOfAll }])

export const patterns: Benchmark = {
  name: "patterns",
  question: "what does it cost to hold one image against 100 patterns?",
  tasks: Effect.succeed([
    {
      name: "each in turn",
      kubelet: 75,
      times: 1000,
      run: Effect.sync(() => patternsOfAll.filter((pattern) => ImagePattern.matches(pattern, target)).length)
    },
    {
      name: "each in turn, the image parsed as well",
      kubelet: 75,
      times: 1000,
      run: Effect.sync(() => {
        const parsed = Result.getOrThrow(SchemelessUrl.parse(image))
        return patternsOfAll.filter((pattern) => ImagePattern.matches(pattern, parsed)).length
      })
    },
    { name: "through the index", kubelet: 75, times: 1000, run: Effect.sync(() => index.matching(target)) }
  ])
}
