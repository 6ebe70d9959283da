/**
 * `pnpm types` ends with this: every TypeScript example in the doc comments, the README and the docs is a program of its
 * own that type-checks against the packages as they are.
 */
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"

const root = Path.resolve(import.meta.dirname, "../..")
const target = Path.join(root, "node_modules/.cache/examples")

const texts = [
  "README.md",
  ...Fs.globSync("{docs,packages/*}/**/*.md", { cwd: root }),
  ...Fs.globSync("packages/*/src/**/*.ts", { cwd: root })
].filter((file) => !file.includes("node_modules") && !file.includes("dist"))

/** In a doc comment each line begins with ` * `. */
const withoutStars = (text: string) => text.replaceAll(/^ *\* ?/gm, "")

const examples = texts.flatMap((file) => {
  const text = Fs.readFileSync(Path.join(root, file), "utf8")
  return [...text.matchAll(/^( *\* )?```ts\n(.*?)^\1```/gms)].map(([, star, code = ""], at) => ({
    name: `${file.replaceAll(/[^A-Za-z0-9]+/g, "-")}-${at + 1}.ts`,
    code: star === undefined ? code : withoutStars(code)
  }))
})

Fs.rmSync(target, { recursive: true, force: true })
Fs.mkdirSync(target, { recursive: true })
for (const { code, name } of examples) Fs.writeFileSync(Path.join(target, name), `${code}\nexport {}\n`)
Fs.writeFileSync(
  Path.join(target, "tsconfig.json"),
  JSON.stringify({
    extends: Path.join(root, "tsconfig.base.json"),
    include: ["*.ts"],
    // An example shows what it has made; it need not use it.
    compilerOptions: {
      noEmit: true,
      composite: false,
      incremental: false,
      declarationMap: false,
      rootDir: root,
      noUnusedLocals: false
    }
  })
)
const { status } = spawnSync(Path.join(root, "node_modules/.bin/tsc"), ["-p", target], { stdio: "inherit" })
console.log(`${examples.length} examples ${status === 0 ? "type-check" : "were checked"}`)
process.exitCode = status ?? 1
