/**
 * Test doubles for programs that use Credlet.
 *
 * @since 0.1.0
 */
export * as FakeApiServer from "./FakeApiServer.ts"
export * as FaultLab from "./FaultLab.ts"
export * as ScriptedIdentity from "./ScriptedIdentity.ts"
export * as ScriptedPlugins from "./ScriptedPlugins.ts"
export * as TestCredlet from "./TestCredlet.ts"
export * as TinyRegistry from "./TinyRegistry.ts"
