import { AssertionError } from 'node:assert'
import type { AnyApp } from '../../runtime-lite/app/app.ts'
import { type ConformanceCheck, inTime } from './conformance.ts'
import { shown } from './differences.ts'
import { PluginTestHarness } from './plugin-test-harness.ts'
import type { ProtocolAdapter } from './protocol-adapter.ts'
import { type ProtocolCapability, protocolCapabilityChecks } from './protocol-capability-checks.ts'
import { protocolErrorChecks } from './protocol-error-checks.ts'
import { protocolHostileChecks } from './protocol-hostile-checks.ts'
import { protocolListChecks } from './protocol-list-checks.ts'
import { ITEM, protocolObject } from './protocol-object.ts'
import { protocolRecordChecks } from './protocol-record-checks.ts'
import { openProtocolScene } from './protocol-scene.ts'
import { protocolValueChecks } from './protocol-value-checks.ts'

export interface ProtocolConformanceOptions {
  /** What the protocol has beyond records and lists: checked as well. Default: nothing. */
  readonly has?: readonly ProtocolCapability[]
  /** Longest time for one check, in milliseconds; starting is not counted. Default 30,000. */
  readonly timeout?: number
}

/** Longest time for stopping what the adapter has started. */
const END_MS = 5000

/**
 * What clients expect of a protocol. For each check an application is compiled and started that has `protocolObject`, and `open` says how to speak to it:
 * `prepare` adds the plugin that serves the protocol, or a database.
 */
export const protocolConformance = (
  open: (app: AnyApp) => ProtocolAdapter | Promise<ProtocolAdapter>,
  { prepare, ...options }: ProtocolConformanceOptions & { readonly prepare?: (harness: PluginTestHarness) => unknown } = {},
): readonly ConformanceCheck[] =>
  checksOf(options, async (check) => {
    const harness = new PluginTestHarness().withObject(protocolObject)
    await prepare?.(harness)
    await using started = await harness.start()
    const { app } = started
    app.registerAction(ITEM, 'raise', async ({ api, id, input }) => {
      const record = await api.findOne(ITEM, String(id))
      const { level } = await api.update(ITEM, String(id), { level: Number(record?.['level']) + Number(Object(input).by) })
      return { level }
    })
    app.registerAction(ITEM, 'echo', ({ input }) => input)
    await check(await open(app))
  })

/**
 * The same checks for a server that runs already, in whatever language, and serves `protocolObject`. Records of a check are told by their field `batch`; they
 * are not taken away.
 */
export const servedProtocolConformance = (
  open: () => ProtocolAdapter | Promise<ProtocolAdapter>,
  options: ProtocolConformanceOptions = {},
): readonly ConformanceCheck[] => checksOf(options, async (check) => check(await open()))

function checksOf(
  { has = [], timeout = 30_000 }: ProtocolConformanceOptions,
  opened: (check: (adapter: ProtocolAdapter) => Promise<void>) => Promise<void>,
): readonly ConformanceCheck[] {
  const records = [...protocolRecordChecks, ...protocolValueChecks, ...protocolErrorChecks, ...protocolListChecks, ...protocolHostileChecks]
  const capabilities = [...new Set(has)].flatMap((capability) => protocolCapabilityChecks[capability])
  return [...records, ...capabilities].map(([name, check]) => ({
    name,
    run: () =>
      opened(async (adapter) => {
        try {
          await inTime(name, timeout, check(openProtocolScene(adapter)))
        } catch (error) {
          throw asAssertion(adapter, error)
        } finally {
          await inTime('the end of the check', END_MS, Promise.resolve(adapter.close?.()))
        }
      }),
  }))
}

/** The server refused what it has to take. */
function asAssertion(adapter: ProtocolAdapter, error: unknown): unknown {
  const problem = error instanceof AssertionError ? undefined : adapter.problemOf(error)
  if (!problem) return error
  const made = new AssertionError({ message: `Refused, but should not have been: ${shown(problem)}.`, actual: problem })
  made.cause = error
  return made
}
