/**
 * Words on an answer that is none of an API server, or that one gives before it looks at the request. Which server it was
 * may be the mistake, so it is named; of what it said, only a line of plain text is shown. Rules: TR-12, TR-46.
 */
import type * as Redacted from "effect/Redacted"
import type { Answer } from "./failureAnswer.ts"
import { quoted } from "./quoted.ts"
import { masked } from "./serverText.ts"

const longest = 200

export interface Said {
  readonly text: string
  /** Whether something else than the API server seems to have answered. One that is busy or starts may be behind it. */
  readonly isForeign: boolean
}

/** `authorization` is what the request was sent with, should the answer repeat it. */
export const said = (answer: Answer, address: string, authorization: Redacted.Redacted | undefined): Said => {
  const isForeign = answer.status !== 429 && answer.status < 500
  const text = masked(answer.body, authorization).trim()
  const isShown = isPlain(answer) && text !== "" && text.length <= longest
  const words = isShown ? `${address} answered ${quoted(text, longest)}` : isNotTheServers(answer, address)
  return { text: isForeign ? `${words}; check the address` : words, isForeign }
}

/** Shows nothing of the answer's text. */
export const notTheServer = (answer: Answer, address: string): string =>
  `${isNotTheServers(answer, address)}; check the address`

const isNotTheServers = (answer: Answer, address: string): string =>
  isHtml(answer)
    ? `the answer of ${address} is an HTML page, not an API server's`
    : `the answer of ${address} is not an API server's (${mediaType(answer)})`

/** Go's server gives no type when it is spoken to without TLS. */
const isPlain = (answer: Answer): boolean => !isHtml(answer) && ["text/plain", withoutType].includes(mediaType(answer))

/** Some call a page plain text. */
const isHtml = (answer: Answer): boolean =>
  /html/.test(mediaType(answer)) || (mediaType(answer) !== "application/json" && /<[a-z!/?]/i.test(answer.body))

const withoutType = "no content type"

const mediaType = ({ headers }: Answer): string =>
  /^[a-z]+\/[a-z0-9.+-]{1,60}/i.exec(headers["content-type"] ?? "")?.[0].toLowerCase() ?? withoutType
