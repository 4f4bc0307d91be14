import type { ActionDefinition } from './action.ts'
import type { AppDefinition, ObjectDefinition, ObjectExtensionDefinition, SeedDefinition } from './definitions.ts'
import type { HookDefinition } from './hook.ts'

type Collection<Item> = readonly Item[] | { readonly [name: string]: Item }

/** A package of metadata: objects, hooks, actions and more under one name. */
export interface PluginDefinition {
  readonly name: string
  readonly label?: string
  readonly version?: string
  readonly dependencies?: readonly string[] | { readonly [name: string]: string }
  readonly objects?: Collection<ObjectDefinition>
  readonly triggers?: Collection<HookDefinition>
  readonly hooks?: Collection<HookDefinition>
  readonly actions?: Collection<unknown>
  readonly [key: string]: unknown
}

/** A whole application, as `objectstack.config.ts` exports it. */
export interface StackDefinition {
  readonly manifest?: {
    readonly id?: string
    readonly name?: string
    readonly version?: string
    readonly namespace?: string
    readonly [key: string]: unknown
  }
  readonly objects?: Collection<ObjectDefinition>
  readonly objectExtensions?: readonly ObjectExtensionDefinition[]
  readonly hooks?: Collection<HookDefinition>
  readonly actions?: Collection<ActionDefinition>
  readonly data?: readonly SeedDefinition[]
  readonly apps?: Collection<AppDefinition>
  readonly plugins?: readonly unknown[]
  readonly [key: string]: unknown
}
