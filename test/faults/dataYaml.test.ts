/** FAULT-22, the config: YAML that is a bomb, a trap, or deep. Rules: CFG-30…36, CFG-40…48, CFG-60…64. */
import { describe, it } from "@effect/vitest"
import {
  accepted,
  type ConfigRow,
  holdConfigsAgainstRules,
  noYaml,
  provider,
  refused,
  yaml
} from "./support/dataConfig.ts"
import { v1 } from "./support/dataHost.ts"

const laughs = (top: string): string =>
  [
    "a0: &a0 [x,x,x,x,x,x,x,x,x,x]",
    ...Array.from({ length: 9 }, (_, at) =>
      `a${at + 1}: &a${at + 1} [${Array.from({ length: 10 }, () => `*a${at}`).join(",")}]`),
    top
  ].join("\n")

const mergeBomb = [
  "m0: &m0 {a: b}",
  ...Array.from({ length: 30 }, (_, at) => `m${at + 1}: &m${at + 1} {k${at}: *m${at}, l${at}: *m${at}, <<: *m${at}}`),
  yaml()
].join("\n")

const secret = "  env: [{name: A, value: canary-word}]"

const aliases: ReadonlyArray<ConfigRow> = [
  [
    "an alias",
    yaml("  args: &a [canary]", "  env: []").replace("matchImages: [reg.example]", "matchImages: &m [reg.example]"),
    accepted({ args: ["canary"] })
  ],
  [
    "a list used twice",
    yaml("  args: *m").replace("[reg.example]", "&m [reg.example]"),
    accepted({ args: ["reg.example"] })
  ],
  [
    "an alias of a list's item",
    yaml("  args: [&w canary, *w, *w]"),
    accepted({ args: ["canary", "canary", "canary"] })
  ],
  ["an anchor that is set anew", yaml("  args: [&w a, *w, &w b, *w]"), accepted({ args: ["a", "a", "b", "b"] })],
  ["a billion laughs", laughs(yaml()), noYaml],
  [
    "a billion laughs where they are wanted",
    yaml("  args: *a9").replace("providers:", `${laughs("")}\nproviders:`),
    noYaml
  ],
  ["merges of merges", mergeBomb, noYaml],
  [
    "1,000 aliases of one word",
    yaml(`  args: [&w canary, ${"*w, ".repeat(999)}*w]`),
    accepted({ args: Array.from({ length: 1001 }, () => "canary") })
  ],
  ["an alias within its own list", yaml("  args: &a [*a]"), noYaml],
  ["an alias within its own mapping", yaml("  env: &e [{name: *e}]"), noYaml],
  ["an anchor that there is not", yaml("  args: [*canary]"), noYaml],
  ["an anchor that comes later", yaml("  args: [*w, &w canary]"), noYaml],
  ["a pattern without quotes", yaml().replace("[reg.example]", "[*.reg.example]"), noYaml],
  ["an alias as a secret's name", yaml("  env: [{name: &n A, value: *n}]"), accepted({ env: [["A", "A"]] })]
]

const base = `base: &base {matchImages: [reg.example], defaultCacheDuration: 10m, apiVersion: ${v1}}`
const merged = (...lines: ReadonlyArray<string>) =>
  `kind: CredentialProviderConfig\napiVersion: kubelet.config.k8s.io/v1\nproviders:\n${lines.join("\n")}\n`

const merges: ReadonlyArray<ConfigRow> = [
  [
    "an item merged into the next",
    merged("- &b", ...provider().map((line) => line.replace(/^- /, "  ")), "- <<: *b"),
    refused("DuplicateProviderName", "acme")
  ],
  [
    "an anchor of its own",
    `${base}\n${merged("- name: acme", "  <<: *base")}`,
    refused("strict", "unknownField /base")
  ],
  [
    "what is there already",
    merged(
      `- &b {name: acme, matchImages: [reg.example], defaultCacheDuration: 10m, apiVersion: ${v1}}`,
      "- {<<: *b, name: other}"
    ),
    refused("strict", "duplicateKey /providers/1/name")
  ],
  ["of a list", merged("- name: acme", "  <<: [{a: b}, c]"), noYaml],
  ["of text", merged("- name: acme", "  <<: canary"), noYaml],
  ["of null", merged("- name: acme", "  <<:"), noYaml],
  ["of itself", merged("- &b", "  name: acme", "  <<: *b"), noYaml],
  ["within an entry of env", yaml("  env: [{<<: {name: A}, value: canary}]"), accepted({ env: [["A", "canary"]] })],
  ["quoted, it is a field", yaml("  \"<<\": {args: [a]}"), refused("strict", "unknownField /providers/0/<hidden>")]
]

const value = (written: string) => yaml(`  env: [{name: A, value: ${written}}]`)
const wrongValue = refused("type", "type /providers/0/env/0/value")
const gives = (text: string) => accepted({ env: [["A", text]] })

const tags: ReadonlyArray<ConfigRow> = [
  ["!!str of a number", value("!!str 5"), gives("5")],
  ["!!str of a word for true", value("!!str yes"), gives("yes")],
  ["!!binary", value("!!binary Y2FuYXJ5"), gives("canary")],
  ["!!binary that is none", value("!!binary canary!"), noYaml],
  ["!!int of text", value("!!int canary"), noYaml],
  ["!!float", value("!!float 1"), wrongValue],
  ["!!null", value("!!null ''"), gives("")],
  ["!!bool of a word", value("!!bool yes"), wrongValue],
  ["a tag of its own", value("!secret canary"), gives("canary")],
  ["a tag of JavaScript", value("!!js/function 'canary()'"), gives("canary()")],
  ["a tag of Python", value("!!python/object/apply:os.system ['canary']"), wrongValue],
  ["a tag in full", value("!<tag:yaml.org,2002:str> 5"), gives("5")],
  ["a handle that there is not", value("!x!y canary"), noYaml]
]

/** Each word as the value of a variable of its own. */
const values = (words: ReadonlyArray<string>) =>
  yaml("  env:", ...words.map((word, at) => `  - {name: V${at}, value: ${word}}`))

const noText = (words: ReadonlyArray<string>): ConfigRow => [
  `none of ${words.join(" ")} is text`,
  values(words),
  refused("type", ...words.map((_, at) => `type /providers/0/env/${at}/value`))
]

const isText = (words: ReadonlyArray<string>, texts = words): ConfigRow => [
  `each of ${words.join(" ")} is text`,
  values(words),
  accepted({ env: texts.map((text, at) => [`V${at}`, text]) })
]

const nulls = ["~", "null", "Null", "NULL", ""]

const words: ReadonlyArray<ConfigRow> = [
  noText(["no", "No", "NO", "n", "N", "off", "Off", "OFF", "false", "False", "FALSE"]),
  noText(["yes", "Yes", "YES", "y", "Y", "on", "On", "ON", "true", "True", "TRUE"]),
  noText(["1", "-1", "010", "0o10", "0x1F", "0b1", "0b-1", "1_000", "1_", "1e3", "+1", ".5", ".5_0", "1.", "1.e3"]),
  isText(["nO", "yEs", "oN", "oFF", "tRUE", "fALSE", "nULL", "norway", "yess", "none", "nil", "nan", "inf"]),
  isText([
    "1:30",
    "2020-01-01",
    "2020-01-01T00:00:00Z",
    "1.2.3",
    "0x",
    "0o8",
    "08:00",
    "++1",
    "1e",
    "._",
    ".5_"
  ]),
  isText(["'no'", "\"off\"", "'1'", "\"0x1F\"", "'~'", "\"null\"", "'.inf'"], [
    "no",
    "off",
    "1",
    "0x1F",
    "~",
    "null",
    ".inf"
  ]),
  isText(nulls, nulls.map(() => "")),
  ...[".inf", "-.Inf", "+.INF", ".nan", ".NaN"].map((word): ConfigRow => [
    `${word} has no counterpart in JSON`,
    value(word),
    refused("type", "syntax ")
  ]),
  ["no as a name", yaml().replace("acme", "no"), refused("type", "type /providers/0/name")],
  ["on as an argument", yaml("  args: [on]"), refused("type", "type /providers/0/args/0")],
  ["a key y", yaml("  y: canary"), refused("strict", "unknownField /providers/0/true")],
  ["a key of a number", yaml("  1: canary"), refused("strict", "unknownField /providers/0/1")],
  ["a null key", yaml("  ~: canary"), noYaml],
  ["a list as a key", yaml("  ? [canary]\n  : x"), noYaml]
]

const documents: ReadonlyArray<ConfigRow> = [
  ["a second document", `${yaml()}---\n${yaml(secret)}`, accepted({ warnings: ["ignoredDocuments"] })],
  ["a second document that is broken", `${yaml()}---\n{{{ canary\n\t- ]`, accepted({ warnings: ["ignoredDocuments"] })],
  ["a first line of dashes", `# comment\n---\n${yaml()}`, accepted()],
  ["an empty first document", `---\n---\n${yaml(secret)}`, refused("missingKind", "document ")],
  ["a first document of comments", `# canary\n---\n# more\n---\n${yaml(secret)}`, refused("missingKind", "document ")],
  ["an end of document", `${yaml()}...\n`, accepted()],
  ["JSON and a second one", `{"kind":"CredentialProviderConfig"}\n{"canary":1}`, refused("interpret", "syntax ")],
  ["another version of YAML", `%YAML 1.2\n---\n${yaml()}`, noYaml],
  ["its own version", `%YAML 1.1\n---\n${yaml()}`, accepted()]
]

const blanks: ReadonlyArray<ConfigRow> = [
  ["line ends of Windows", yaml(secret).replaceAll("\n", "\r\n"), gives("canary-word")],
  ["line ends of old", yaml(secret).replaceAll("\n", "\r"), gives("canary-word")],
  ["line ends of both kinds", yaml(secret).replace("\n", "\r\n"), gives("canary-word")],
  ["a tab as indentation", yaml("\tenv: [{name: A, value: canary}]"), noYaml],
  ["a tab within indentation", yaml(" \tenv: [{name: A, value: canary}]"), noYaml],
  ["tabs between", yaml("  env:\t[{name:\tA, value:\tcanary-word}]\t"), gives("canary-word")],
  ["a byte order mark", `\ufeff${yaml()}`, accepted()],
  ["a NUL", yaml("  args: [\"canary\0\"]"), noYaml],
  ["an escape character", yaml("  args: [canary\u001b]"), noYaml],
  [
    "a byte that is no UTF-8",
    Buffer.concat([Buffer.from(value("canary").slice(0, -3)), Buffer.from([0xff]), Buffer.from("}]\n")]),
    noYaml
  ],
  [
    "a no-break space as indentation",
    yaml("\u00a0\u00a0env: [{name: A, value: canary}]"),
    refused("strict", "unknownField /<hidden>")
  ],
  ["a number sign in a word", value("canary#word"), gives("canary#word")],
  ["a number sign behind a blank", yaml("  args: # canary", "  - canary #word"), accepted({ args: ["canary"] })]
]

const deep: ReadonlyArray<ConfigRow> = [
  ["10,000 lists", yaml(`  args: ${"[".repeat(10_000)}${"]".repeat(10_000)}`), noYaml],
  ["20,000 lists", yaml(`  args: ${"[".repeat(20_000)}${"]".repeat(20_000)}`), noYaml],
  ["20,000 lists that nobody closes", yaml(`  args: ${"[".repeat(20_000)}`), noYaml],
  ["10,000 mappings that nobody closes", yaml(`  x: ${"{a: ".repeat(10_000)}`), noYaml],
  ["5,000 lists of dashes", yaml(`  args:\n  ${"- ".repeat(5_000)}canary`), noYaml],
  ["2,000 indentations", yaml("  x:", ...Array.from({ length: 2_000 }, (_, at) => `${" ".repeat(at + 3)}a:`)), noYaml],
  ["20,000 question marks", yaml(`  ${"? ".repeat(20_000)}canary`), noYaml],
  ["100 lists", yaml(`  args: ${"[".repeat(100)}${"]".repeat(100)}`), refused("type", "type /providers/0/args/0")],
  ["10,000 lists of JSON", `{"x":${"[".repeat(10_000)}${"]".repeat(10_000)}}`, refused("interpret", "syntax ")]
]

const secrets: ReadonlyArray<ConfigRow> = [
  ["a quote that nobody closes", yaml("  env: [{name: A, value: \"canary-word}]"), noYaml],
  ["a backslash that means nothing", value("\"canary\\word\""), noYaml],
  ["a colon in plain text", yaml("  env: [{name: A, value: canary: word}]"), noYaml],
  ["text behind a quoted text", value("\"canary\" word"), noYaml],
  ["an at sign before it", value("@canary"), noYaml],
  ["a backtick before it", value("`canary`"), noYaml],
  ["a percent sign before it", value("%canary"), noYaml],
  ["a star before it", value("*canary"), noYaml],
  ["an exclamation mark before it", value("!canary "), gives("")],
  ["an exclamation mark before it and a brace behind it", value("!canary"), noYaml],
  ["a bracket in it", value("canary]word"), noYaml],
  ["as a list", value("[canary]"), wrongValue],
  ["as a mapping", value("{canary: word}"), wrongValue],
  ["a wrong indentation", yaml("  env:", "   - name: A", "  value: canary", "     x: y"), noYaml],
  [
    "repeated",
    yaml("  env: [{name: A, value: canary, value: canary-word}]"),
    refused("strict", "duplicateKey /providers/0/env/0/value")
  ],
  [
    "in a field that there is not",
    yaml("  password: canary-word"),
    refused("strict", "unknownField /providers/0/password")
  ],
  ["without a kind", yaml(secret).replace("kind:", "sort:"), refused("missingKind", "document ")]
]

describe("FAULT-22, YAML", () => {
  it.live("FAULT-22: CFG-45: aliases work, and what they multiply is bounded", () => holdConfigsAgainstRules(aliases))

  it.live("FAULT-22: CFG-45: a merge brings what is missing, and what is there already is a duplicate", () =>
    holdConfigsAgainstRules(merges))

  it.live("FAULT-22: CFG-44: tags name types and run nothing", () => holdConfigsAgainstRules(tags))

  it.live("FAULT-22: CFG-40…44: words of YAML 1.1 are booleans, numbers and nulls, keys too", () =>
    holdConfigsAgainstRules(words))

  it.live("FAULT-22: CFG-30…35: the first document is the only one", () => holdConfigsAgainstRules(documents))

  it.live("FAULT-22: CFG-46…48: tabs, line ends and odd bytes", () => holdConfigsAgainstRules(blanks))

  it.live("FAULT-22: deep nesting is an error and not the end of the stack", () => holdConfigsAgainstRules(deep))

  it.live("FAULT-22: LOG-38: a mistake on the line of a secret does not show it", () =>
    holdConfigsAgainstRules(secrets))
})
