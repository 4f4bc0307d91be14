import type { FieldDefinition } from './definitions.ts'
import type { DataApi, HookUser } from './hook.ts'

/** What an action is called with. */
export interface ActionContext<Input extends object = { readonly [name: string]: unknown }> {
  readonly objectName: string
  readonly actionName: string
  /** The record, for record actions. */
  readonly id?: string
  readonly input: Input
  readonly params: Input
  readonly user?: HookUser
  readonly session?: { readonly userId?: string; readonly tenantId?: string; readonly roles?: readonly string[] }
  readonly userId?: string
  readonly spaceId?: string
  readonly roles: readonly string[]
  readonly isSystem: boolean
  readonly api: DataApi
  /** Reading and writing as the application itself. */
  sudo(): DataApi
}

export type ActionHandler<Input extends object = { readonly [name: string]: unknown }> = (context: ActionContext<Input>) => unknown

/** An operation beyond reading and writing, on one record or on the object as a whole. */
export interface ActionDefinition<Input extends object = { readonly [name: string]: unknown }> {
  readonly name?: string
  readonly label?: string
  readonly type?: 'record' | 'global' | (string & {})
  readonly params?: { readonly [name: string]: FieldDefinition } | readonly (FieldDefinition & { readonly name: string })[]
  readonly handler?: ActionHandler<Input>
  readonly [key: string]: unknown
}

export type ActionConfig = ActionDefinition
