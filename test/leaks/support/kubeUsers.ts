/** Users of kubeconfigs, with canaries where their secrets stand. */
import * as Fs from "node:fs"
import { canaryOf } from "../slots.ts"
import * as Canary from "./canary.ts"

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")

/** Looks like a token of an OpenID provider that is valid until 2100. */
export const idToken = [
  part({ typ: "JWT", alg: "PS512" }),
  part({ exp: 4_102_444_800, sub: "somebody" }),
  Canary.make("the signature of an id-token", "plain")
].join(".")

export const idTokenUser = {
  "auth-provider": {
    name: "oidc",
    config: {
      "idp-issuer-url": "https://issuer.example",
      "client-id": "leaks",
      "id-token": idToken,
      "refresh-token": canaryOf("kubeRefreshToken")
    }
  }
}

export const basic = { username: canaryOf("kubeUsername"), password: canaryOf("kubePassword") }

export interface ExecPlugin {
  readonly name: string
  readonly user: object
  /** To add to the cluster. */
  readonly cluster: object
  readonly captured: (what: "args" | "env" | "stdout") => string
}

const apiVersion = "client.authentication.k8s.io/v1"

const credential = JSON.stringify({
  kind: "ExecCredential",
  apiVersion,
  status: { token: canaryOf("kubeExecToken") }
})

const program = (act: string) =>
  `#!/bin/sh
printf '%s\\n' "$@" > "$0.args"
env > "$0.env"
stderr=$(cat "$0.stderr")
answer() { tee "$0.stdout" < "$0.answer"; }
${act}
`

/** `act` may use `answer` and `$stderr`. */
export const exec = (
  write: (name: string, text: string, mode?: number) => string,
  name: string,
  act: string,
  answer = credential
): ExecPlugin => {
  const command = write(`exec/${name}`, program(act), 0o755)
  write(`exec/${name}.answer`, answer)
  write(`exec/${name}.stderr`, `sign in with ${canaryOf("kubeExecStderr")}\n`)
  return {
    name,
    user: {
      exec: {
        apiVersion,
        command,
        args: ["--password", canaryOf("kubeExecArgs")],
        env: [{ name: "ACME_SETTING", value: canaryOf("kubeExecEnv") }],
        interactiveMode: "Never",
        provideClusterInfo: true
      }
    },
    cluster: {
      extensions: [{ name: "client.authentication.k8s.io/exec", extension: { secret: canaryOf("kubeExecConfig") } }]
    },
    captured: (what) => Fs.readFileSync(`${command}.${what}`, "utf8")
  }
}
