/**
 * What can be set, by environment variables; each has a default.
 */
import { Config, Schema } from "effect"
import { fileURLToPath } from "node:url"

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Where a node's two flags point to. */
export const files = {
  config: Config.withDefault(Config.NonEmptyString("SCANNER_CONFIG"), here("../config.yaml")),
  binDir: Config.withDefault(Config.NonEmptyString("SCANNER_BIN_DIR"), here("../plugins"))
}

/** 0 is any that is free. */
const Port = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 }))

/** For this machine only: who may ask can make the service ask any registry. */
export const server = {
  host: Config.succeed("127.0.0.1"),
  port: Config.withDefault(Config.schema(Port, "SCANNER_PORT"), 8080)
}

/** Of an OpenTelemetry collector, such as `http://localhost:4318`. Without, nothing is sent. */
export const otlp = Config.option(Config.URL("SCANNER_OTLP_URL"))
