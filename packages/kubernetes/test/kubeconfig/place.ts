/** Puts the files of a case into a directory. */
import * as Fs from "node:fs/promises"
import { dirname, join } from "node:path"

export const place = async (
  dir: string,
  files: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string>>
): Promise<void> => {
  for (const [name, content] of Object.entries(files)) {
    const file = join(dir, name)
    await Fs.mkdir(dirname(file), { recursive: true })
    const text = Object.entries({ $DIR: dir, ...values }).reduce(
      (text, [key, value]) => text.replaceAll(key, value),
      content
    )
    await Fs.writeFile(file, text, { mode: name.startsWith("bin/") || name === "aside" ? 0o755 : 0o644 })
  }
}
