import type { ActionDefinition } from './action.ts'
import type {
  AppDefinition,
  ObjectDefinition,
  ObjectExtensionDefinition,
  SeedDefinition,
  ValidationDefinition,
  WorkflowDefinition,
} from './definitions.ts'
import type { HookDefinition } from './hook.ts'
import type { PluginDefinition, StackDefinition } from './stack.ts'

export type { ActionConfig, ActionContext, ActionDefinition, ActionHandler } from './action.ts'
export type {
  AppDefinition,
  FieldConfig,
  FieldDefinition,
  FieldOptions,
  FieldTypeName,
  IndexDefinition,
  ObjectConfig,
  ObjectDefinition,
  ObjectExtensionDefinition,
  OptionDefinition,
  SeedDefinition,
  ServiceObject,
  SummaryDefinition,
  ValidationDefinition,
  WorkflowDefinition,
} from './definitions.ts'
export type { Expression } from './expression.ts'
export { cel, cron, F, P, tmpl } from './expression.ts'
export { Field } from './field.ts'
export type { DataApi, HookContext, HookDefinition, HookEvent, HookHandler, HookUser, ObjectHookDefinition } from './hook.ts'
export { HOOK_EVENTS } from './hook.ts'
export type { PluginDefinition, StackDefinition } from './stack.ts'
export type { TypedApi, TypedObject } from './typed-api.ts'
export type {
  CreateContextOf,
  DeleteContextOf,
  FindContextOf,
  HookContextOf,
  HookOf,
  PurgeContextOf,
  RestoreContextOf,
  UpdateContextOf,
} from './typed-hook.ts'
export type { Validator, ValidatorAnswer, ValidatorContext, ValidatorContextOf, ValidatorOf } from './validator.ts'

/** Builders give back what they are given: they exist for their types. */
const identity =
  <Bound>() =>
  <const Definition extends Bound>(definition: Definition): Definition =>
    definition

const builder = <Bound>(): { readonly create: <const Definition extends Bound>(definition: Definition) => Definition } => ({
  create: identity<Bound>(),
})

/** An object with its fields. */
export const ObjectSchema = builder<ObjectDefinition>()
/** More fields, indexes or rules for an object somebody else declares. */
export const ObjectExtension = builder<ObjectExtensionDefinition>()
export const Action = builder<ActionDefinition>()
export const App = builder<AppDefinition>()
export const Dataset = builder<SeedDefinition>()
export const Validation = builder<ValidationDefinition>()
export const Workflow = builder<WorkflowDefinition>()
export const WorkflowRule = builder<WorkflowDefinition>()
/** A hook object. The type of the same name serves code that writes the object out. */
export const Hook = builder<HookDefinition>()
export type Hook<Record extends object = { [field: string]: unknown }> = HookDefinition<Record>

/** A whole application. */
export const defineStack = identity<StackDefinition>()
export const definePlugin = identity<PluginDefinition>()
export const defineObject = identity<ObjectDefinition>()
export const defineHook = identity<HookDefinition>()
export const defineAction = identity<ActionDefinition>()
export const defineDataset = identity<SeedDefinition>()
export const defineApp = identity<AppDefinition>()
