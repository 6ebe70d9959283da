/**
 * Writes `reference.json`: what a real kubectl does with each case, as a server on loopback sees it. Where it has nothing to
 * sign in with, kubectl `asks` for a user name; a program that uses the same library without a terminal is anonymous. Run by hand:
 * `node packages/kubernetes/test/kubeconfig/record.ts kubectl`
 */
import { execFile } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Http from "node:http"
import * as Https from "node:https"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { TLSSocket } from "node:tls"
import { byId, type Case } from "./cases.ts"
import * as Certificates from "./certificates.ts"
import { place } from "./place.ts"

const [, , kubectl = "kubectl"] = process.argv
const seen: Array<Record<string, unknown>> = []

const listener: Http.RequestListener = (request, response) => {
  const { socket } = request
  const certificate = "getPeerCertificate" in socket
    ? (socket as TLSSocket).getPeerCertificate().subject?.CN
    : undefined
  const { authorization } = request.headers
  const impersonation = request.rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && /^impersonate-/i.test(name) ? [[name.toLowerCase(), request.rawHeaders[index + 1] ?? ""]] : []
  )
  seen.push({ authorization, certificate, impersonation })
  response.setHeader("content-type", "application/json").end("{}")
}
const tls = { cert: Certificates.serverCertificate, key: Certificates.serverKey }
const secure = Https.createServer({ ...tls, requestCert: true, rejectUnauthorized: false }, listener)
const open = Http.createServer(listener)
const listen = (server: Http.Server | Https.Server) =>
  new Promise<string>((done) =>
    server.listen(0, "127.0.0.1", () => done(`127.0.0.1:${(server.address() as AddressInfo).port}`))
  )
const SERVER = `https://${await listen(secure)}`
const HTTP = `http://${await listen(open)}`

const run = (dir: string, { context, path, ...one }: Case, args: ReadonlyArray<string>) =>
  new Promise<{ readonly ok: boolean; readonly stdout: string; readonly stderr: string }>((done) => {
    const KUBECONFIG = (one.KUBECONFIG ?? "$DIR/config").replaceAll("$DIR", dir)
    const options = [
      ...path === undefined ? [] : ["--kubeconfig", path.replaceAll("$DIR", dir)],
      ...context === undefined ? [] : ["--context", context]
    ]
    const env = { PATH: `${dir}/bin:/usr/bin:/bin`, HOME: join(dir, "home"), KUBECONFIG }
    const child = execFile(
      kubectl,
      [...options, ...args],
      { env, cwd: tmpdir(), timeout: 20_000 },
      (error, stdout, stderr) => done({ ok: error === null, stdout, stderr })
    )
    child.stdin?.end()
  })

const cases: Record<string, unknown> = {}
for (const [id, one] of byId) {
  const dir = await Fs.mkdtemp(join(tmpdir(), "kubeconfig-"))
  await Fs.mkdir(join(dir, "home"))
  await place(dir, one.files, { $SERVER: SERVER, $HTTP: HTTP })
  seen.length = 0
  const probe = await run(dir, one, ["get", "--raw", "/probe"])
  const view = await run(dir, one, ["config", "view", "--minify", "-o", "jsonpath={.contexts[0].context.namespace}"])
  const clean = (text: string) => text.replaceAll(dir, "$DIR").replaceAll(SERVER, "$SERVER").replaceAll(HTTP, "$HTTP")
  const info = await Fs.readFile(join(dir, "info"), "utf8").catch(() => undefined)
  const namespace = view.stdout || "default"
  cases[id] = {
    ...probe.ok
      ? { ...seen.at(-1), namespace }
      : probe.stdout.includes("Please enter Username")
      ? { asks: true, namespace }
      : { error: clean(probe.stderr).trim().split("\n").at(-1) },
    ...info === undefined ? {} : { info: clean(info) }
  }
  await Fs.rm(dir, { recursive: true })
}
const version = await run(tmpdir(), { rule: "", title: "", files: {} }, ["version", "--client"])
const recorded = { version: version.stdout.split("\n")[0], cases }
await Fs.writeFile(new URL("reference.json", import.meta.url), `${JSON.stringify(recorded, null, 2)}\n`)
secure.close()
open.close()
