/** Bytes that may be one of the documents: written in many ways, spoiled in some. */
import type { Random } from "../driver/random.ts"
import { encode, type Format, mutated, type Texts, toUtf16 } from "./bytes.ts"
import { corpus } from "./corpus.ts"
import * as Documents from "./documents.ts"
import { jsonText } from "./jsonText.ts"
import { yamlText } from "./yamlText.ts"

const jsonTokens: Texts = [
  "{",
  "}",
  "[",
  "]",
  ":",
  ",",
  "\"",
  "\"a\"",
  "\"a\":",
  ",\"a\":1",
  "null",
  "true",
  "1",
  "-",
  "1e9",
  "\\u0041",
  "\\ud800",
  "\\udc00",
  "\\",
  "\\x",
  " ",
  "\n",
  "\r\n",
  "\t",
  "//",
  "\"__proto__\":",
  "\"kind\":",
  "\"KIND\":1,",
  "\"apiVersion\":null,",
  "\"auth\":",
  "\"auth\":{},",
  "\"auths\":{},",
  "\"AUTHS\":null,",
  "\"username\":",
  "\"password\":5,",
  "\"email\":[],",
  "\"HttpHeaders\":{\"a\":1},",
  "\"cacheDuration\":\"5\",",
  "\"\":\"\","
] // dprint-ignore

const yamlTokens: Texts = [
  "\n", "\n\n", "\n  ", "\n- ", "- ", "? ", ": ", ":", ", ", "[", "]", "{", "}", "#", " #", "%", "@", "`", "|\n", ">-\n", "|2\n",
  "\"", "'", "\\", "&a ", "*a", "*a ", "<<: ", "<<: *a\n", "!!int ", "!!binary ", "!!str ", "!x ", "!<", "---\n", "...\n",
  "%YAML 1.1\n", "%TAG ! x\n", "yes", "~", ".nan", "0x1F", "1_000", "\t", " ", "\r\n", "\r", "  - name: a\n", "\na: b\n", "a: &a b\n",
  "? [a]\n: b\n", "{a: b, c: [d]}", "- - - a\n", "\"\n\"", "'\n'", "[\n", "{a:", "env:", "value:", "name: "
] // dprint-ignore

const configCorpus = corpus("decodeConfig")
const yamlCorpus = corpus("yamlToJSON")
const responseCorpus = corpus("decodeResponse")
const dockerCorpus = corpus("dockerConfigFile")

/** What could stand in a config file. */
export const config = (random: Random): Uint8Array => {
  const isYaml = !random.oneIn(3)
  const other = () => {
    if (random.oneIn(6)) return random.pick(random.oneIn(3) ? yamlCorpus : configCorpus)
    return encode(isYaml ? yamlText(random, Documents.config(random)) : jsonText(random, Documents.config(random)))
  }
  const bytes = sometimesMutated(random, { other, tokens: isYaml ? yamlTokens : jsonTokens, most: common })
  return random.oneIn(40) ? toUtf16(bytes, random.oneIn(2)) : bytes
}

/** What a plugin could write to its standard output. */
export const response = (random: Random, apiVersion: string): Uint8Array =>
  mutatedJson(random, () =>
    random.oneIn(6)
      ? random.pick(responseCorpus)
      : encode(jsonText(random, Documents.response(random, apiVersion))))

/** What could stand in a docker config. */
export const dockerConfig = (random: Random, kind: Documents.DockerKind): Uint8Array =>
  mutatedJson(
    random,
    () => random.oneIn(6) ? random.pick(dockerCorpus) : encode(jsonText(random, Documents.dockerConfig(random, kind)))
  )

/** What could be JSON. */
export const json = (random: Random): Uint8Array =>
  random.oneIn(2) ? dockerConfig(random, "dockercfg") : encode(random.joined(60, jsonTokens))

/** What could be YAML. */
export const yaml = (random: Random): Uint8Array =>
  random.oneIn(2) ? config(random) : encode(random.joined(60, yamlTokens))

/** As large as documents get: what hostile ones do to a reader shows at this size, and is still quickly done. */
const common = 65_536

/** What repeats itself millions of times can use up the stack. */
const huge = 4_194_304

const mutatedJson = (random: Random, other: () => Uint8Array): Uint8Array =>
  sometimesMutated(random, { other, tokens: jsonTokens, most: random.oneIn(100) ? huge : common })

const sometimesMutated = (random: Random, format: Format): Uint8Array =>
  random.oneIn(2) ? format.other() : mutated(random, format.other(), format)
