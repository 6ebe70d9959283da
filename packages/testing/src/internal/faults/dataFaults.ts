/** The executables that end well, with an answer that is not. What their options mean stands at the top of each. */
import { describe } from "./description.ts"

export const dataFaults = {
  "not-json": describe([17], "writes something that is not one JSON object", "refuses it, quotes nothing", {
    as: "empty"
  }),
  "bad-text": describe(
    [18],
    "answers with text that is not well formed, or that breaks lines",
    "takes or refuses it as the kubelet does; nothing breaks out of an error or a log",
    { as: "invalid-utf8" }
  ),
  "wrong-shape": describe([19], "answers with JSON that is no response", "names the place, not the value", {
    as: "unknown-field"
  }),
  "odd-auth": describe(
    [20],
    "answers with an odd or very large \"auth\"",
    "takes it, in time and memory that grow with its size, or reports its limit",
    { as: "null", count: "100000", bytes: "1048576" }
  ),
  "odd-duration": describe([21], "answers with an odd \"cacheDuration\"", "reads Go's durations and nothing else", {
    value: "\"1e9h\""
  }),
  "deep-json": describe([22], "answers with JSON deeper than a stack", "refuses it", {
    of: "arrays",
    depth: "100000",
    closed: "yes"
  }),
  "odd-location": describe([23], "answers with a key that is no address", "uses the right one beside it", {
    location: "["
  })
}
