/** What plugins are written with. */
export type { Health, Logger, Plugin, PluginContext, Services } from '../../runtime-lite/kernel/plugin.ts'
export type { BuiltPlugin, PluginAction, PluginHook, PluginHookOptions } from './built-plugin.ts'
export type { ActionCallContext, AnyRecords, HookContextFor, ListenedEvent } from './contexts.ts'
export { createLogger, type LoggerOptions } from './logger.ts'
export { type FieldMetadata, getField, getObject, listObjects } from './metadata-helpers.ts'
export { PluginBuildError, PluginBuilder } from './plugin-builder.ts'
export { invalid, refusal } from './problems.ts'
