/** What plugins are written with. */
export type { Maybe, ResultRow, RunResult, Session, Statement } from '../../runtime-lite/database/session.ts'
export type { LayeredTransaction, LayerPlace, LayerTurn, StatementLayer } from '../../runtime-lite/database/statement-layer.ts'
export type { Health, Logger, Plugin, PluginContext, Services } from '../../runtime-lite/kernel/plugin.ts'
export { asMiddleware, type HookLike } from '../../runtime-lite/middleware/as-middleware.ts'
export { type ErrorHandlingOptions, errorHandling } from '../../runtime-lite/middleware/error-handling.ts'
export { type LoggingOptions, logging } from '../../runtime-lite/middleware/logging.ts'
export type { DataMiddleware, Middleware, MiddlewareOperation, Next, ProtocolMiddleware } from '../../runtime-lite/middleware/middleware.ts'
export {
  type OperationStatistics,
  type OperationTiming,
  type PerformanceMiddleware,
  type PerformanceOptions,
  performance,
} from '../../runtime-lite/middleware/performance.ts'
export { HeaderList, type RestContext, RestReply } from '../../runtime-lite/middleware/rest-context.ts'
export type { BuiltPlugin, PluginAction, PluginHook, PluginHookOptions } from './built-plugin.ts'
export type { ActionCallContext, AnyRecords, HookContextFor, ListenedEvent } from './contexts.ts'
export { type EventDefinition, type EventDefinitions, type EventsOf, event, type PayloadsOf } from './event-definition.ts'
export { findByIds } from './find-by-ids.ts'
export { createLogger, type LoggerOptions } from './logger.ts'
export { type FieldMetadata, getField, getObject, listObjects } from './metadata-helpers.ts'
export { PluginBuildError, PluginBuilder } from './plugin-builder.ts'
export { invalid, refusal } from './problems.ts'
export { type Conditions, conditionsOn, type RecordFilter } from './record-filter.ts'
export { type BatchOptions, type OrderedQuery, type RecordQuery, recordsOf } from './records-of.ts'
