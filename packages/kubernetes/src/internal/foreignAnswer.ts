/**
 * Words on an answer that is none of an API server, or that one gives before it looks at the request. Which server it was
 * may be the mistake, so it is named; of what it said, only a line of plain text is shown. Rules: TR-12, TR-46.
 */
import type * as Redacted from "effect/Redacted"
import type { Answer } from "./failureAnswer.ts"
import { quoted } from "./quoted.ts"
import { masked } from "./serverText.ts"

const longest = 200

/** A server that is busy says so in plain words, too: that it is another one is not sure then. */
export interface Said {
  readonly text: string
  readonly isForeign: boolean
}

/** `authorization` is what the request was sent with, should the answer repeat it. */
export const said = (answer: Answer, address: string, authorization: Redacted.Redacted | undefined): Said => {
  const text = masked(answer.body, authorization).trim()
  if (!isPlain(answer) || text === "" || text.length > longest) {
    return { text: notTheServer(answer, address), isForeign: true }
  }
  const isForeign = answer.status !== 429 && answer.status < 500
  return { text: `${address} answered ${quoted(text, longest)}${isForeign ? "; check the address" : ""}`, isForeign }
}

/** Shows nothing of the answer's text. */
export const notTheServer = (answer: Answer, address: string): string =>
  isHtml(answer)
    ? `the answer of ${address} is an HTML page, not an API server's; check the address`
    : `the answer of ${address} is not an API server's (${mediaType(answer)}); check the address`

/** Go's server gives no type when it is spoken to without TLS. */
const isPlain = (answer: Answer): boolean => !isHtml(answer) && ["text/plain", withoutType].includes(mediaType(answer))

/** Some call a page plain text. */
const isHtml = (answer: Answer): boolean =>
  /html/.test(mediaType(answer)) || (mediaType(answer) !== "application/json" && /<[a-z!/?]/i.test(answer.body))

const withoutType = "no content type"

const mediaType = ({ headers }: Answer): string =>
  /^[a-z]+\/[a-z0-9.+-]{1,60}/i.exec(headers["content-type"] ?? "")?.[0].toLowerCase() ?? withoutType
