/**
 * From a file's bytes to the characters that a YAML reader may see (CFG-46, CFG-47): UTF-8 or UTF-16, no control
 * characters. Line breaks become LF, so offsets count in the text given here.
 */
import * as Option from "effect/Option"
import * as Bytes from "../../Bytes.ts"
import type { YamlProblem } from "./YamlProblem.ts"

export interface YamlText {
  readonly text: string
  /** How far the text can be read, and what stops it; a document that ends before this is accepted. */
  readonly readable: number
  readonly problem: YamlProblem | undefined
}

/** go-yaml reads ahead in blocks of this size, so a bad byte spoils its whole block and nothing before. */
const blockSize = 512

export const read = (bytes: Uint8Array): YamlText => {
  const [first, second, third] = bytes
  if (first === 0xff && second === 0xfe) return fromUtf16(bytes, true)
  if (first === 0xfe && second === 0xff) return fromUtf16(bytes, false)
  const start = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0
  const content = bytes.subarray(start)
  return checked(
    Option.getOrElse(Bytes.decodeStrict(content), () => Bytes.decode(content)),
    (text) => start + Bytes.utf8Length(text),
    (end) => dropLoneSurrogates(Bytes.decode(content.subarray(0, Math.max(end - start, 0))))
  )
}

const fromUtf16 = (bytes: Uint8Array, littleEndian: boolean): YamlText => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ""
  for (let at = 2; at + 1 < bytes.length; at += 2) text += String.fromCharCode(view.getUint16(at, littleEndian))
  const loneByte = bytes.length % 2 === 0 ? "" : "\ud800"
  return checked(
    text + loneByte,
    (text) => 2 + text.length * 2,
    (end) => text.slice(0, Math.max((end - 2) >> 1, 0))
  )
}

/**
 * A character that go-yaml's reader refuses; a lone surrogate stands for ill-formed bytes. A further byte order mark,
 * which go-yaml trips over, is refused where a line begins.
 */
const forbidden = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|^\ufeff/mu

const checked = (
  text: string,
  lengthInBytes: (text: string) => number,
  firstBytes: (length: number) => string
): YamlText => {
  const found = forbidden.exec(text)
  const normal = withLineFeeds(text)
  if (found === null) return { text: normal, readable: normal.length, problem: undefined }
  const before = text.slice(0, found.index)
  const block = Math.floor(lengthInBytes(before) / blockSize) * blockSize
  return {
    text: normal,
    readable: withLineFeeds(firstBytes(block)).length,
    problem: {
      code: /[\ud800-\udfff]/u.test(found[0]) ? "encoding" : "character",
      offset: withLineFeeds(before).length
    }
  }
}

const withLineFeeds = (text: string): string => text.replaceAll(/\r\n?|\x85/g, "\n")

const dropLoneSurrogates = (text: string): string => text.replaceAll(/[\ud800-\udfff]/gu, "")
