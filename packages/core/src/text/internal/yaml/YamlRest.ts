/**
 * What follows a document that has ended without a marker. go-yaml looks at one token and no further: if that can be
 * scanned, the rest of the file is ignored, whatever it is.
 */
import * as Result from "effect/Result"
import { skipBlanks } from "./YamlBlanks.ts"
import * as BlockScalar from "./YamlBlockScalar.ts"
import { fail, type ProblemCode, type YamlProblem } from "./YamlProblem.ts"
import * as Quoted from "./YamlQuoted.ts"
import { isTag } from "./YamlTag.ts"

/** Checks the token at `at`; `end` is the end of what may be read. */
export const check = (text: string, at: number, end: number): Result.Result<void, YamlProblem> => {
  const first = tokenAt(text, at, end)
  if (first.problem !== undefined) return fail(first.problem, at)
  // What could be a key is scanned together with the token after it.
  const next = first.keyEnd === undefined ? end : skipBlanks(text, first.keyEnd)
  const isKey = text[next] === ":" && !text.slice(at, next).includes("\n")
  const second = next < end && !isKey ? tokenAt(text, next, end).problem : undefined
  return second === undefined ? Result.void : fail(second, next)
}

interface Token {
  readonly problem?: ProblemCode | undefined
  readonly keyEnd?: number | undefined
}

const tokenAt = (text: string, at: number, end: number): Token => {
  const before = text.slice(text.lastIndexOf("\n", at - 1) + 1, at)
  const startsLine = before.trim() === ""
  if (startsLine && before.includes("\t")) return { problem: "tabInIndentation" }
  const rest = text.slice(at, end)
  switch (text[at]) {
    case "\"":
    case "'": {
      const keyEnd = Quoted.endOf(text, at, end)
      if (keyEnd === undefined) return { problem: "unclosedQuote" }
      return Result.isFailure(Quoted.read(text, at, keyEnd)) ? { problem: "badEscape" } : { keyEnd }
    }
    case "*":
    case "&": {
      const name = /^[*&][\w-]+(?=$|[\s?:,\]}%@`])/.exec(rest)
      return name === null ? { problem: "badAnchor" } : { keyEnd: at + name[0].length }
    }
    case "!": {
      const source = /^\S+/.exec(rest)?.[0] ?? ""
      return isTag(source) ? { keyEnd: at + source.length } : { problem: "badTag" }
    }
    case "|":
    case ">":
      return Result.isFailure(BlockScalar.read(text, at, end, -1)) ? { problem: "badBlockScalar" } : {}
    case "-":
    case "?":
    case ":":
      return startsLine || !/^.(?:\s|$)/.test(rest) ? {} : { problem: "unexpected" }
    case "%":
      return before === "" && directive.test(rest) ? {} : { problem: "directive" }
    case "@":
    case "`":
      return { problem: "badStart" }
    default:
      return {}
  }
}

const directive = /^%(?:YAML[ \t]+1\.1|TAG[ \t]+!(?:[\w-]*!)?[ \t]+[\w\-;/?:@&=+$,.!~*'()[\]%]+)[ \t]*(?:#.*)?(?:\n|$)/
