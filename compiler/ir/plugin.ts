import type { MiddlewareOperation } from '../../runtime-lite/middleware/middleware.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'
import type { HandlerFacts } from './handler.ts'

/** A plugin in the order that was resolved. */
export interface PluginIr {
  readonly name: string
  readonly version?: string
  readonly dependencies: readonly PluginRequirementIr[]
  readonly optionalDependencies: readonly PluginRequirementIr[]
  readonly conflicts: readonly PluginRequirementIr[]
  readonly provides: readonly string[]
  readonly requires: readonly string[]
  /** Another version of it needs another process. */
  readonly isCold?: true
  /** Groups start one after another; plugins of one group need nothing of each other. */
  readonly group: number
  /** What the application tells it, with the defaults of its schema. */
  readonly config: Json
  /** Where it is, if the kernel has something to do with it. */
  readonly place?: PluginPlaceIr
  /** An import of its module that the server would not find: nothing of it can be called. */
  readonly missing?: string
  readonly span: Span
}

export interface PluginRequirementIr {
  readonly name: string
  /** Of semver. */
  readonly range: string
}

export interface PluginPlaceIr {
  /** Relative to the project. */
  readonly module: string
  /** Empty: the exports of the module are the plugin. */
  readonly exportPath: string
  /** Name by which the module is imported, of an installed package. */
  readonly specifier?: string
  /** The server could not load the module as it is: it loads a copy in the output. */
  readonly isCopied?: true
  /** Functions the kernel calls: their names in the plugin. */
  readonly calls: { readonly [Phase in 'install' | 'start' | 'stop' | 'health']?: string }
  /** Other members the kernel looks at. */
  readonly reads: readonly ('events' | 'services')[]
}

/** A function of a plugin around operations or requests. */
export interface MiddlewareIr {
  readonly name: string
  readonly plugin: string
  /** Operations; `rest` alone for requests. */
  readonly on: readonly MiddlewareOperation[] | 'rest'
  readonly phase?: 'outer' | 'inner'
  readonly module: string
  readonly exportPath: string
  /** Absent before its source is read, and where that is none of TypeScript or JavaScript. */
  readonly facts?: HandlerFacts
  /** The module is called from its copy in the output. */
  readonly isCopied?: true
  readonly span: Span
}

/** JSON Schema of a plugin's configuration or an app's settings, reduced to what decides types. */
export interface ConfigSchemaIr {
  readonly owner: 'plugin' | 'app'
  /** Name of the plugin or app. */
  readonly name: string
  /** `AuditPluginConfig`, `CrmAppSettings`: unique among the types of all configurations. */
  readonly typeName: string
  /** References are `#` or `#/$defs/<type name>`, a key of `parts`. */
  readonly schema: { readonly [keyword: string]: Json }
  readonly parts: { readonly [typeName: string]: Json }
  readonly span: Span
}
