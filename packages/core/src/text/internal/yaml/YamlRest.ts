/**
 * What follows a document that has ended without a marker. go-yaml looks at one token and no further: if that can be
 * scanned, the rest of the file is ignored, whatever it is.
 */
import * as Result from "effect/Result"
import { skipBlanks } from "./YamlBlanks.ts"
import * as BlockScalar from "./YamlBlockScalar.ts"
import { tokenEnd } from "./YamlFlow.ts"
import { fail, type ProblemCode, type YamlProblem } from "./YamlProblem.ts"
import * as Quoted from "./YamlQuoted.ts"
import { isTag } from "./YamlTag.ts"

/** Checks the token at `at`; `end` is the end of what may be read. */
export const check = (text: string, at: number, end: number): Result.Result<void, YamlProblem> => {
  let line = lineOf(text, at)
  let isLast = false
  for (let next = at; next < end;) {
    const { keyEnd = end, problem } = tokenAt(text, next, end, line)
    if (problem !== undefined) return fail(problem, next)
    // What could be a key is scanned together with the token after it, as long as its line lasts.
    if (isLast || text.slice(next, keyEnd).includes("\n")) break
    next = skipBlanks(text, keyEnd)
    isLast = text.slice(keyEnd, next).includes("\n")
    if (isLast) line = lineOf(text, next)
    else if (text[next] === ":") break
  }
  return Result.void
}

interface Line {
  readonly start: number
  /** The first character that is no blank. */
  readonly content: number
}

const lineOf = (text: string, at: number): Line => {
  const start = text.lastIndexOf("\n", at - 1) + 1
  const content = text.slice(start, at).search(/[^ \t]/)
  return { start, content: content < 0 ? at : start + content }
}

interface Token {
  readonly problem?: ProblemCode | undefined
  readonly keyEnd?: number | undefined
}

/** Brackets could be a key as long as their line lasts; so far their tokens are scanned. */
const flowProblem = (text: string, at: number, end: number, line: Line): ProblemCode | undefined => {
  for (let next = at + 1; next < end;) {
    const tokenStart = next
    next = tokenEnd(text, tokenStart, end) ?? end
    const token = text.slice(tokenStart, next)
    if (/^[|>]/.test(token)) return "badStart"
    const problem = /^["'*&!%@`]/.test(token) ? tokenAt(text, tokenStart, end, line).problem : undefined
    if (problem !== undefined || token.includes("\n")) return problem
  }
  return undefined
}

const tokenAt = (text: string, at: number, end: number, line: Line): Token => {
  const startsLine = line.content === at
  if (startsLine && text.slice(line.start, at).includes("\t")) return { problem: "tabInIndentation" }
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
      const name = /^[*&][\w-]+(?=$|[ \t\n?:,\]}%@`])/.exec(rest)
      return name === null ? { problem: "badAnchor" } : { keyEnd: at + name[0].length }
    }
    case "!": {
      const source = /^[^ \t\n]+/.exec(rest)?.[0] ?? ""
      return isTag(source) ? { keyEnd: at + source.length } : { problem: "badTag" }
    }
    case "|":
    case ">":
      return Result.isFailure(BlockScalar.read(text, at, end, -1)) ? { problem: "badBlockScalar" } : {}
    case "[":
    case "{":
      return { problem: flowProblem(text, at, end, line) }
    case "-":
    case "?":
    case ":":
      return startsLine || !/^.(?:[ \t\n]|$)/.test(rest) ? {} : { problem: "unexpected" }
    case "%":
      return at === line.start && directive.test(rest) ? {} : { problem: "directive" }
    case "@":
    case "`":
      return { problem: "badStart" }
    default:
      return {}
  }
}

const directive = /^%(?:YAML[ \t]+1\.1|TAG[ \t]+!(?:[\w-]*!)?[ \t]+[\w\-;/?:@&=+$,.!~*'()[\]%]+)[ \t]*(?:#.*)?(?:\n|$)/
