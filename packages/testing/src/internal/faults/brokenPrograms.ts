/** FAULT-13: what stands in a program's place and can't be run. Made where it is needed, since files of a package can't be so. */
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { describe, type Description } from "./description.ts"

const broken = (does: string, goodHost: string, make: (path: string) => Promise<void>): Description => ({
  ...describe([13], does, goodHost),
  make: (path) => Effect.promise(() => make(path))
})

/** It would answer, if it were run after all. */
const answer = `read -r request
printf '%s\\n' '{"kind":"CredentialProviderResponse","apiVersion":"credentialprovider.kubelet.k8s.io/v1",' \\
  '"cacheKeyType":"Registry","cacheDuration":"0s","auth":{"*":{"username":"broken","password":"fault-lab-password"}}}'
`

/** For a machine that no program is made for (the kernel's BPF); behind its header stands a script. */
const foreignBinary = (): Uint8Array => {
  const header = new Uint8Array(64)
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
  header.set([2, 0, 247, 0, 1], 16)
  return new Uint8Array([...header, ...new TextEncoder().encode(`\n${answer}`)])
}

export const brokenPrograms = {
  missing: broken("is not there (ENOENT)", "says that it is not there", () => Promise.resolve()),
  "not-executable": broken(
    "may not be executed (EACCES)",
    "says so",
    (path) => Fs.writeFile(path, `#!/bin/sh\n${answer}`, { mode: 0o644 })
  ),
  "no-shebang": broken(
    "is a script without a #! line (ENOEXEC)",
    "refuses it; the C library's execvp would run it with /bin/sh",
    (path) => Fs.writeFile(path, answer, { mode: 0o755 })
  ),
  "empty-file": broken("is empty (ENOEXEC)", "refuses it", (path) => Fs.writeFile(path, "", { mode: 0o755 })),
  "foreign-binary": broken(
    "is a binary for another machine (ENOEXEC)",
    "refuses it; the C library's execvp would read it with /bin/sh",
    (path) => Fs.writeFile(path, foreignBinary(), { mode: 0o755 })
  ),
  "bad-interpreter": broken(
    "is a script for an interpreter that is not there (ENOENT)",
    "says that it can't be started, best that the interpreter is missing",
    (path) => Fs.writeFile(path, `#!/fault-lab/no/such/interpreter\n${answer}`, { mode: 0o755 })
  ),
  "windows-line-ends": broken(
    "is a script with Windows line ends (ENOENT)",
    "says that it can't be started, best that the interpreter is missing",
    (path) => Fs.writeFile(path, `#!/bin/sh\n${answer}`.replaceAll("\n", "\r\n"), { mode: 0o755 })
  ),
  directory: broken("is a directory (EACCES)", "says so", async (path) => void await Fs.mkdir(path)),
  "dangling-link": broken(
    "is a link to a file that is not there (ENOENT)",
    "says that it is not there",
    (path) => Fs.symlink(Path.join(Path.dirname(path), "no-such-file"), path)
  ),
  "link-loop": broken(
    "is a link to itself (ELOOP)",
    "says that it can't be started",
    (path) => Fs.symlink(Path.basename(path), path)
  ),
  busy: {
    ...describe([13], "is being written (ETXTBSY)", "tries again for a moment, then says so"),
    /** Open for writing until the scope closes. Linux 6.11 and 6.12 let such a file be run. */
    make: (path: string) =>
      Effect.asVoid(Effect.acquireRelease(
        Effect.promise(async () => {
          await Fs.writeFile(path, `#!/bin/sh\n${answer}`, { mode: 0o755 })
          return Fs.open(path, "r+")
        }),
        (file) => Effect.promise(() => file.close())
      ))
  }
}
