/** What plugins are tested with. Nothing of it is loaded by an application that runs. */
export { type ExpectedProblem, expectEmitted, expectHookOrder, expectProblem, expectRecord } from './assertions.ts'
export type { BoundaryRecord, DataBuilder, DataBuilderOptions, InvalidRecord } from './data-builder.ts'
export { HarnessError } from './harness-error.ts'
export { type ManualClock, manualClock } from './manual-clock.ts'
export { type MockedNetwork, mockNetwork, type NetworkAnswer, type NetworkCall, type NetworkHandler } from './mock-network.ts'
export { pipelineSnapshot } from './pipeline-snapshot.ts'
export { type LogEntry, PluginTestHarness, type StartedHarness } from './plugin-test-harness.ts'
export type { HookCall } from './recorded-plugin.ts'
