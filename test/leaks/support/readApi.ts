/** What the API server really says, by hand. */
import { FakeApiServer } from "@credlet/testing"
import { Effect } from "effect"
import { get } from "node:https"
import type { Cluster } from "./cluster.ts"

/** `path` comes after `/api/v1/`. */
export const readApi = ({ fake, token }: Cluster, path: string): Effect.Effect<string> =>
  Effect.promise(() =>
    new Promise((resolve, reject) => {
      const options = { ca: FakeApiServer.certificates.ca, headers: { authorization: `Bearer ${token}` }, agent: false }
      get(`${fake.server}/api/v1/${path}`, options, (response) => {
        let text = ""
        response.setEncoding("utf8").on("data", (part: string) => text += part).on("end", () => resolve(text))
      }).on("error", reject)
    })
  )
