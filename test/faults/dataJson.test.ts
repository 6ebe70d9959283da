/** FAULT-22, a plugin's answer: JSON that is deep, or has odd numbers. Rules: RESP-1, RESP-3, CFG-32; Go reads 10,000 levels. */
import { describe, it } from "@effect/vitest"
import { accepted, answer, answerAnd, holdAgainstRules, location, type Row } from "./support/dataTable.ts"
import { noJson, refused } from "./support/dataVerdict.ts"

const lists = (depth: number, inner = "") => "[".repeat(depth) + inner + "]".repeat(depth)
const objects = (depth: number) => `${"{\"a\":".repeat(depth)}1${"}".repeat(depth)}`
const deepest = 10_000

/** The answer's own object is the first level. */
const deep: ReadonlyArray<Row> = [
  ["the deepest list", answerAnd(`"x":${lists(deepest - 1)}`), refused("decode strict", "/x")],
  ["a level more", answerAnd(`"x":${lists(deepest)}`), noJson],
  ["the deepest object", answerAnd(`"x":${objects(deepest - 1)}`), refused("decode strict", "/x")],
  ["a level more of objects", answerAnd(`"x":${objects(deepest)}`), noJson],
  ["100,000 lists", answerAnd(`"x":${lists(100_000)}`), noJson],
  ["100,000 objects", answerAnd(`"x":${objects(100_000)}`), noJson],
  ["a million lists that nobody closes", "[".repeat(1_000_000), noJson],
  ["a million objects that nobody closes", "{\"a\":".repeat(1_000_000), noJson],
  ["a million closing brackets", "]".repeat(1_000_000), noJson],
  ["lists all the way, as deep as may be", lists(deepest), refused("interpret type", "")],
  ["deep in kind", answer({ kind: lists(deepest - 1) }), refused("interpret type", "/kind")],
  ["deep in auth", answer({ auth: lists(deepest - 1) }), refused("decode type", "/auth")],
  [
    "deep in an entry",
    answer({ auth: `{"${location}":${lists(deepest - 2)}}` }),
    refused("decode type", `/auth/${location}`)
  ],
  [
    "deep in a password",
    answer({ auth: `{"${location}":{"password":${objects(deepest - 3)}}}` }),
    refused("decode type", `/auth/${location}/password`)
  ],
  ["deep, and repeated", answerAnd(`"x":${objects(5000)}`, `"x":${objects(5000)}`), refused("decode strict", "/x")],
  [
    "half a million empty lists side by side",
    answerAnd(`"x":[${"[],".repeat(500_000)}[]]`),
    refused("decode strict", "/x")
  ]
]

/** Where the kubelet takes no number at all, any number is a wrong type, and where it ignores the value, right. */
const number = (written: string, isNumber: boolean): ReadonlyArray<Row> => [
  [
    `${written.slice(0, 30)} as cacheKeyType`,
    answer({ cacheKeyType: written }),
    isNumber ? refused("decode type", "/cacheKeyType") : noJson
  ],
  [
    `${written.slice(0, 30)} in a field that there is not`,
    answerAnd(`"x":[${written}]`),
    isNumber ? refused("decode strict", "/x") : noJson
  ]
]

const numbers: ReadonlyArray<Row> = [
  ...["0", "-0", "0.0", "1E400", "1e-400", "-1.5e+3", "9".repeat(100_000), `0.${"0".repeat(100_000)}1`].flatMap((
    written
  ) => number(written, true)),
  ...[
    "01",
    "-01",
    "+1",
    ".5",
    "1.",
    "1.e3",
    "1e",
    "1e+",
    "-",
    "--1",
    "0x10",
    "1_000",
    "1,5",
    "NaN",
    "Infinity",
    "-Infinity",
    "1f",
    "１",
    "0b1",
    "1e1.5"
  ]
    .flatMap((written) => number(written, false).filter(([what]) => !what.startsWith("1,5 in")))
]

const words: ReadonlyArray<Row> = [
  ...["True", "TRUE", "nul", "nulL", "none", "nil", "undefined", "yes", "truefalse"].map((word): Row => [
    word,
    answerAnd(`"x":${word}`),
    noJson
  ]),
  ["many strings", answerAnd(`"x":[${"\"canary\",".repeat(100_000)}1]`), refused("decode strict", "/x")],
  [
    "a long text of escapes",
    answer({ auth: `{"${location}":{"password":"${"\\u0063".repeat(100_000)}"}}` }),
    accepted({
      auth: [[location, "", "c".repeat(100_000)]]
    })
  ],
  ["a long text of backslashes that nobody closes", answerAnd(`"x":"${"\\\\".repeat(500_000)}`), noJson]
]

describe("FAULT-22, JSON", () => {
  it.live("FAULT-22: RESP-1: 10,000 levels are read and no more, without using up the stack", () =>
    holdAgainstRules(deep))

  it.live("FAULT-22: RESP-1, RESP-3: numbers are JSON's own, of any size", () => holdAgainstRules(numbers))

  it.live("FAULT-22: RESP-1: words are JSON's own, texts of any length", () => holdAgainstRules(words))
})
