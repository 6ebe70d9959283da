/** Who asks, from a user of a kubeconfig: which of its settings count, and how they stay fresh. Rules: KUBE-4, KUBE-7…14. */
import type { PluginProcess } from "@credlet/core/plugin/PluginProcess"
import * as Bytes from "@credlet/core/text/Bytes"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Redacted from "effect/Redacted"
import type * as Scope from "effect/Scope"
import type { ApiCredentials, ApiTls, ClientCertificate } from "../ApiConnection.ts"
import { KubeConfigError } from "../KubeConfigError.ts"
import { type Chosen, isSet, plain } from "./chosenContext.ts"
import { combine } from "./connection.ts"
import * as ExecCredentials from "./ExecCredentials.ts"
import { basic, bearer } from "./header.ts"
import * as IdToken from "./idToken.ts"
import { type Entry, entryError, type Exec, type User } from "./KubeConfigFile.ts"
import { isPair, sameCertificate } from "./pem.ts"
import { failureText, readFile } from "./readFile.ts"
import { relativeTo } from "./relativeTo.ts"
import * as Renewable from "./Renewable.ts"
import * as TokenFile from "./tokenFile.ts"

export const make: (
  chosen: Chosen,
  tls: ApiTls,
  onExecStderr: ((bytes: Uint8Array) => void) | undefined
) => Effect.Effect<
  Renewable.Renewable<ApiCredentials>,
  KubeConfigError,
  FileSystem.FileSystem | Path.Path | PluginProcess | Scope.Scope
> = Effect.fnUntraced(function*(chosen, tls, onExecStderr) {
  const { user } = chosen
  if (user === undefined) return combine(Renewable.fixed(undefined), Renewable.fixed(undefined))
  const { exec } = user.value
  const authorization = yield* makeAuthorization(user)
  const certificate = yield* makeCertificate(user)
  if (exec === undefined || authorization !== undefined || certificate !== undefined) {
    return combine(authorization ?? Renewable.fixed(undefined), certificate ?? Renewable.fixed(undefined))
  }
  return yield* makeExec(chosen, user, exec, tls, onExecStderr)
})

/** A token, a token file, a name and password, or the token of an auth provider, in this order. */
const makeAuthorization = Effect.fnUntraced(function*(user: Entry<User>) {
  const { "auth-provider": provider, password, token, tokenFile, username } = user.value
  const fixedToken = plain(token) === "" ? undefined : bearer(plain(token))
  if (plain(token) !== "" && fixedToken === undefined) {
    return yield* entryError(user, "InvalidToken", "its token holds control characters, such as a line break")
  }
  if (isSet(tokenFile)) return yield* TokenFile.make(relativeTo(yield* Path.Path, user.file, tokenFile), fixedToken)
  if (fixedToken !== undefined) return Renewable.fixed(fixedToken)
  if (isSet(username)) return Renewable.fixed(basic(username, plain(password)))
  return provider === undefined ? undefined : yield* makeIdToken(user, plain(provider.config?.["id-token"]))
})

const execAdvice = "use an exec plugin that signs in to the provider, such as kubelogin"

const makeIdToken = Effect.fnUntraced(function*(user: Entry<User>, idToken: string) {
  const expired = entryError(
    user,
    "IdTokenExpired",
    `the id-token of its auth-provider has expired and is not refreshed here: ${execAdvice}`
  )
  const renewable = IdToken.make(idToken, expired)
  if (renewable === undefined) {
    const what = idToken === ""
      ? "its auth-provider has no id-token"
      : "the id-token of its auth-provider can't be read"
    return yield* entryError(user, "UnsupportedAuthProvider", `${what}: ${execAdvice}`)
  }
  yield* renewable.get
  return renewable
})

/** Certificates in files are replaced before they expire; the reference looks every five minutes, too. */
const makeCertificate = Effect.fnUntraced(function*(user: Entry<User>) {
  const { value } = user
  const path = yield* Path.Path
  const files = yield* FileSystem.FileSystem
  const certificateFile = value["client-certificate"]
  const keyFile = value["client-key"]
  const certificateData = value["client-certificate-data"]
  if (!isSet(certificateFile) && !isSet(certificateData)) return undefined
  const read = Effect.gen(function*() {
    const certificate = isSet(certificateFile)
      ? yield* readText(user, "client-certificate", relativeTo(path, user.file, certificateFile))
      : certificateData ?? ""
    const key = isSet(keyFile)
      ? Redacted.make(yield* readText(user, "client-key", relativeTo(path, user.file, keyFile)))
      : value["client-key-data"] ?? Redacted.make("")
    const pair: ClientCertificate = { certificate, key }
    if (isPair(pair)) return pair
    return yield* entryError(
      user,
      "InvalidCertificate",
      "its client certificate and key can't be used: expected PEM, and a key that belongs to the certificate"
    )
  }).pipe(Effect.provideService(FileSystem.FileSystem, files))
  const initial = yield* read
  return isSet(certificateFile) || isSet(keyFile)
    ? yield* Renewable.reread({ initial, isFresh: true, read, interval: Duration.minutes(5), isSame: sameCertificate })
    : Renewable.fixed(initial)
})

const readText = (user: Entry<User>, field: string, file: string) =>
  readFile(file).pipe(
    Effect.map(Bytes.decode),
    Effect.mapError((failure) =>
      new KubeConfigError({
        reason: "ReferenceUnreadable",
        file,
        entry: { kind: "user", name: user.name },
        detail: `its ${field} can't be read: ${failureText(failure)}`
      })
    )
  )

const makeExec = Effect.fnUntraced(function*(
  { cluster, server }: Chosen,
  user: Entry<User>,
  exec: Exec,
  tls: ApiTls,
  onStderr: ((bytes: Uint8Array) => void) | undefined
) {
  if (exec.interactiveMode === "Always") {
    return yield* entryError(
      user,
      "InvalidExec",
      "its exec plugin needs a terminal (interactiveMode: Always), which it can't have here: sign in beforehand"
    )
  }
  const path = yield* Path.Path
  const command = exec.command ?? ""
  return yield* ExecCredentials.make({
    exec,
    command: command.includes(path.sep) ? relativeTo(path, user.file, command) : command,
    cluster: exec.provideClusterInfo === true
      ? Effect.map(tls.authority, (authority) => ({ server: server.base, authority, cluster: cluster.value }))
      : Effect.undefined,
    error: (reason, detail) => entryError(user, reason, detail),
    onStderr
  })
})
