/**
 * How a text looks inside of something that was written in base64, such as the token in `Authorization: Basic …`.
 *
 * @since 0.1.0
 */
import * as Base64 from "effect/encoding/Base64"
import * as Bytes from "./Bytes.ts"

/** Pieces of less than 8 bytes would be found in texts that know nothing of them. */
const shortest = 8

/**
 * The characters that stand for the text alone, at each of the three places where it may begin in what is encoded, in both
 * alphabets. Its first and last ones depend on what stands beside it, and are left out. None for less than 8 bytes.
 *
 * @since 0.1.0
 * @category rendering
 * @example
 * ```ts
 * import * as Base64Piece from "@credlet/core/text/Base64Piece"
 *
 * const pieces = Base64Piece.of("a long secret")
 * pieces.some((piece) => btoa("user:a long secret").includes(piece)) // true
 * ```
 */
export const of = (text: string): ReadonlyArray<string> =>
  Bytes.utf8Length(text) < shortest ? [] : ["", "-", "--"].flatMap((before) => {
    const encoded = Base64.encode(Bytes.encode(before + text)).replace(/=+$/, "")
    const inside = encoded.slice(before === "" ? 0 : before.length + 1, -1)
    return [inside, inside.replaceAll("+", "-").replaceAll("/", "_")]
  })
