/** FAULT-17: a plugin's stdout is not one JSON document. Rules: RESP-1, RESP-2. */
import { PluginProtocol } from "@credlet/core"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { gzipSync } from "node:zlib"
import { v1 } from "./support/dataHost.ts"
import { accepted, answer, holdAgainstRules, type Row } from "./support/dataTable.ts"
import { assertHidesSecrets, noJson, refused, wrongVersion } from "./support/dataVerdict.ts"

const right = answer()
const bom = "\ufeff"

const yaml = `kind: CredentialProviderResponse
apiVersion: ${v1}
cacheKeyType: Image
auth: {"*.reg.example": {username: canary-user, password: canary-word}}
`

const nothing: ReadonlyArray<Row> = [
  ["nothing at all", "", noJson],
  ["a line break", "\n", noJson],
  ["JSON's white space", " \t\r\n \n", noJson],
  ["a NUL", "\0", noJson],
  ["a byte order mark", bom, noJson]
]

const around: ReadonlyArray<Row> = [
  ["white space around it", ` \t\r\n${right}\r\n\t \n\n`, accepted()],
  ["a byte order mark before it", bom + right, noJson],
  ["a byte order mark behind it", right + bom, noJson],
  ["UTF-16", Buffer.from(bom + right, "utf16le"), noJson],
  ["a NUL behind it", `${right}\0`, noJson],
  ["a form feed before it", `\f${right}`, noJson],
  ["a vertical tab behind it", `${right}\v`, noJson],
  ["a no-break space behind it", `${right}\u00a0`, noJson],
  ["a line separator before it", `\u2028${right}`, noJson],
  ["a brace too many", `${right}}`, noJson],
  ["a comma behind it", `${right},`, noJson],
  ["a semicolon behind it", `${right};`, noJson],
  ["a word behind it", `${right}\ncanary-word`, noJson],
  ["a log line before it", `time=now msg="signing in as canary-user"\n${right}`, noJson],
  ["a log line behind it", `${right}\nsigned in as canary-user\n`, noJson],
  ["a JSON log line before it", `{"msg":"canary-user"}\n${right}\n`, noJson],
  ["the same twice", right + right, noJson],
  ["the same on two lines", `${right}\n${right}\n`, noJson],
  ["a number behind it", `${right} 1`, noJson],
  ["within a list", `[${right}]`, refused("interpret type", "")],
  ["within a string", JSON.stringify(right), refused("interpret type", "")]
]

const others: ReadonlyArray<Row> = [
  ["YAML", yaml, noJson],
  ["YAML in documents", `---\n${yaml}`, noJson],
  ["YAML in braces", right.replaceAll("\"", ""), noJson],
  ["single quotes", right.replaceAll("\"", "'"), noJson],
  ["a comment of two slashes", `// canary\n${right}`, noJson],
  ["a comment within", right.replace("{", "{/* canary */"), noJson],
  ["a hash comment", `# canary\n${right}`, noJson],
  ["a comma before the brace", right.replace(/\}$/, ",}"), noJson],
  ["no comma between members", right.replace("\",\"", "\" \""), noJson],
  ["two commas between members", right.replace("\",\"", "\",,\""), noJson],
  ["an equals sign", right.replace("\"kind\":", "\"kind\"="), noJson],
  ["a key without quotes", right.replace("\"kind\"", "kind"), noJson],
  ["a web page", "<!DOCTYPE html><html><body>canary-word</body></html>", noJson],
  ["an ini file", "[default]\npassword = canary-word\n", noJson],
  ["a line protocol", "username=canary-user\npassword=canary-word\n", noJson],
  ["Kubernetes' binary form", "k8s\0\n\u0005canary", noJson],
  ["compressed", gzipSync(right), noJson],
  ["a shell's error", "sh: canary-word: not found\n", noJson]
]

const values: ReadonlyArray<Row> = [
  ["null", "null", wrongVersion("")],
  ["an empty object", "{}", wrongVersion("")],
  ["a list", "[]", refused("interpret type", "")],
  ["text", "\"canary\"", refused("interpret type", "")],
  ["a number", "17", refused("interpret type", "")],
  ["true", "true", refused("interpret type", "")],
  ["True", "True", noJson],
  ["undefined", "undefined", noJson]
]

describe("FAULT-17", () => {
  it.live("FAULT-17: RESP-1: an answer that is empty or blank is no JSON", () => holdAgainstRules(nothing))

  it.live("FAULT-17: RESP-1: nothing but white space may stand around the one value", () => holdAgainstRules(around))

  it.live("FAULT-17: RESP-1: neither YAML nor anything else that is like JSON is JSON", () => holdAgainstRules(others))

  it.live("FAULT-17: RESP-1, RESP-2: a value that is no object has no version", () => holdAgainstRules(values))

  it("FAULT-17: RESP-1: an answer that is cut off anywhere is none", () => {
    const bytes = new TextEncoder().encode(right)
    for (let length = 0; length < bytes.length; length++) {
      const decoded = PluginProtocol.decodeResponse(v1, bytes.subarray(0, length))
      const verdict = Result.isFailure(decoded) && [decoded.failure.stage, decoded.failure.class]
      assert.deepStrictEqual(verdict, ["interpret", "syntax"], `the first ${length} bytes`)
      if (Result.isFailure(decoded)) assertHidesSecrets(decoded.failure, `the first ${length} bytes`)
    }
    assert.isTrue(Result.isSuccess(PluginProtocol.decodeResponse(v1, bytes)))
  })
})
