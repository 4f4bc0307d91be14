import type { Health, PluginContext } from '../../runtime-lite/kernel/plugin.ts'
import type { Middleware } from '../../runtime-lite/middleware/middleware.ts'
import type { FieldDefinition, ObjectDefinition } from '../spec/definitions.ts'
import type { HookDefinition } from '../spec/hook.ts'
import type { EventDefinition } from './event-definition.ts'

export interface PluginHookOptions {
  /** Shown in pipelines. Default: made of the plugin, the events and the object. */
  readonly name?: string
  readonly priority?: number
  readonly onError?: HookDefinition['onError']
  readonly condition?: Exclude<HookDefinition['condition'], (...args: never) => unknown>
  /** Nobody waits for it; after-events only. */
  readonly async?: boolean
  readonly parallel?: boolean
  /** Milliseconds. */
  readonly timeout?: number
  readonly retryPolicy?: HookDefinition['retryPolicy']
  readonly description?: string
}

export interface PluginHook extends PluginHookOptions {
  readonly name: string
  readonly object: string | readonly string[]
  readonly events: HookDefinition['events']
  readonly handler: (context: never) => unknown
}

export interface PluginAction {
  readonly object: string
  readonly name: string
  readonly label?: string
  readonly description?: string
  readonly type?: 'record' | 'global'
  readonly params?: Readonly<Record<string, FieldDefinition>>
  /** Not to be called over REST. */
  readonly internal?: boolean
  readonly handler: (context: never) => unknown
}

/** What the compiler reads, and the kernel calls. */
export interface BuiltPlugin<Config = unknown, Objects = object, Events extends object = Record<never, never>> {
  readonly name: string
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly conflicts?: Readonly<Record<string, string>>
  readonly engines?: Readonly<Record<string, string>>
  readonly provides?: readonly string[]
  readonly requires?: readonly string[]
  readonly hot?: boolean
  readonly objects?: Readonly<Record<string, ObjectDefinition>>
  readonly objectExtensions?: Readonly<Record<string, { readonly fields: Readonly<Record<string, FieldDefinition>> }>>
  readonly hooks?: readonly PluginHook[]
  readonly actions?: readonly PluginAction[]
  readonly middleware?: readonly Middleware[]
  readonly events?: { readonly [Name in keyof Events]: EventDefinition<Events[Name]> }
  install?(context: PluginContext<Config, Objects, Events>): Promise<void>
  start?(context: PluginContext<Config, Objects, Events>): Promise<void>
  stop?(context: PluginContext<Config, Objects, Events>): Promise<void>
  health?(): Health | Promise<Health>
}
