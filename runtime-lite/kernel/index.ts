/** What a generated `kernel.ts` is printed with, what plugins are written against, and kernels without generated code. */

export type { DataMiddleware, Middleware, MiddlewareOperation, Next, ProtocolMiddleware } from '../middleware/middleware.ts'
export type { HeaderList, RestContext, RestReply } from '../middleware/rest-context.ts'
export { type DriverComponent, isApplication, isDriver, isPlugin, type KernelComponent } from './component-kinds.ts'
export { createKernel } from './create-kernel.ts'
export type { ComponentState, ComponentStatus, HostKernel, HostKernelOptions } from './host-kernel.ts'
export type { PhaseTimeouts, TimedPhase } from './in-time.ts'
export type { Kernel, KernelOptions, PluginStatus } from './kernel.ts'
export { type ComponentKind, KernelError, type KernelPhase } from './kernel-error.ts'
export type { KernelPlan, PhaseRun, PluginFacts } from './kernel-plan.ts'
export { type Health, type LoadedPlugin, type Logger, type Plugin, type PluginContext, pluginOf, type Services } from './plugin.ts'
export type { PluginState } from './plugin-component.ts'
export { type PluginNode, type PluginRequirement, type Resolution, type ResolutionProblem, resolvePlugins } from './resolve-plugins.ts'
