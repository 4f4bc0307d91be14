import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'
import type { ActionResultIr } from './action-result.ts'
import type { ChartIr } from './chart.ts'
import type { FieldType } from './field-type.ts'
import type { HandlerFacts, HookCondition, ModuleIr } from './handler.ts'
import type { AutonumberIr, FormulaIr, SummaryIr } from './kept.ts'
import type { MachineIr } from './machine.ts'
import type { ConfigSchemaIr, MiddlewareIr, PluginIr } from './plugin.ts'
import type { PlannedCallIr, QueryPlanIr } from './query-plan.ts'
import type { CompiledRule, RuleIr } from './rule.ts'
import type { WorkflowIr } from './workflow.ts'

/** The whole application: frozen, canonical, complete. Objects are sorted by name; fields keep the author's order. */
export interface AppIr {
  readonly name: string
  readonly label?: string
  readonly objects: readonly ObjectIr[]
  readonly seeds: readonly SeedIr[]
  /** Copies of modules that hooks and actions are called from. */
  readonly modules?: readonly ModuleIr[]
  /** Everything the registry can list besides objects, sorted by type, then name. */
  readonly metadata: readonly MetadataIr[]
  /** In the order they start. */
  readonly plugins: readonly PluginIr[]
  /** What plugins put around requests, outermost first. Absent: nothing. */
  readonly restMiddleware?: readonly MiddlewareIr[]
  /** Sorted by owner, then name. */
  readonly configSchemas: readonly ConfigSchemaIr[]
  /** By name. Absent: none. */
  readonly workflows?: readonly WorkflowIr[]
  /** Reads found in the application's sources, sorted by hash; undefined when none are looked for. */
  readonly calls?: readonly PlannedCallIr[]
  /** What says who sends a request. Absent: nobody asks. */
  readonly auth?: AuthIr
}

/** The function that says who sends a request. */
export interface AuthIr {
  /** Path of its module in the project. */
  readonly module: string
  readonly exportName: 'default' | 'authenticate'
  /** The module is imported from its copy in the output. */
  readonly isCopied?: true
}

export interface ObjectIr {
  readonly kind: 'object'
  /** As authored: used in URLs, the registry and as JSON key. */
  readonly name: string
  readonly names: ObjectNames
  readonly label: string
  readonly pluralLabel: string
  readonly description?: string
  /** Physical table (default: the object name). Always quoted in SQL. */
  readonly table: string
  readonly datasource: string
  readonly package?: string
  readonly tags: readonly string[]
  /** Field that names a record (`nameField`, else `name`, `title`, `subject`), if there is one. */
  readonly nameField?: string
  /** The author's fields in order, preceded by `id` and followed by `created_at` and `updated_at` where the author declared none. */
  readonly fields: readonly FieldIr[]
  readonly indexes: readonly IndexIr[]
  /** To-many relations: objects whose lookup points here, by child, in the order of their fields. */
  readonly children: readonly ChildrenIr[]
  /** Text fields of the full-text index, in order. Empty: no full-text search unless a query names fields. */
  readonly searchable: readonly string[]
  /** Deleted records stay until they are purged. */
  readonly trash?: TrashIr
  /** Operations the API exposes (`enable.apiEnabled`, `enable.apiMethods`). */
  readonly methods: readonly ApiMethod[]
  readonly actions: readonly ActionIr[]
  /** Queries with a name, sorted by it. */
  readonly queries: readonly NamedQueryIr[]
  /** As the author wrote them. */
  readonly rules: readonly RuleIr[]
  /** Those that run, in order. Absent: none does. */
  readonly compiledRules?: readonly CompiledRule[]
  readonly hooks: readonly HookIr[]
  /** What plugins put around its operations, outermost first. Absent: nothing. */
  readonly middleware?: readonly MiddlewareIr[]
  /** Workflows that its records start: their modules in `workflows/`. Absent: none. */
  readonly workflows?: readonly string[]
  /** State machines, one for each field. Absent: none. */
  readonly machines?: readonly MachineIr[]
  /** Those of them with several states at once, histories or times. Absent: none. */
  readonly charts?: readonly ChartIr[]
  /** Everything else the author wrote, canonical spelling, for the registry. */
  readonly annotations: Annotations
  readonly span: Span
}

export type ApiMethod = 'get' | 'list' | 'create' | 'update' | 'delete'

/** Names a person would have chosen, unique in the app and legal everywhere they are used. */
export interface ObjectNames {
  /** `CrmAccount`: TypeScript types, OpenAPI schemas. */
  readonly pascal: string
  /** `CrmAccounts`, used in `listCrmAccounts`. Equal to `pascal` + `List` when plural and singular are the same word. */
  readonly pascalPlural: string
  /** `crmAccount`: variables and function name stems. */
  readonly camel: string
  /** `crm-account`: file names. Unique ignoring case. */
  readonly file: string
}

export type Annotations = { readonly [key: string]: Json }

export interface FieldIr {
  readonly kind: 'field'
  /** As authored: the JSON key. */
  readonly name: string
  readonly type: FieldType
  readonly label: string
  readonly description?: string
  readonly value: ValueIr
  /** Array of `value` (multiple, multiselect, checkboxes, tags). Stored as JSON. */
  readonly isList: boolean
  /** Physical column, or undefined when nothing is stored (formula). */
  readonly column?: string
  /** Must be present and not null on create; must not be set to null on update. */
  readonly isRequired: boolean
  /** Never accepted from a client: id handling aside, created_at, updated_at, summary, autonumber, formula. */
  readonly isComputed: boolean
  /** `readonly: true` in the schema, or computed: clients only read it; hooks and actions write it. */
  readonly isReadonly: boolean
  /** password and secret: accepted on write, never returned, filtered or sorted by. */
  readonly isWriteOnly: boolean
  readonly isUnique: boolean
  readonly default?: DefaultIr
  readonly reference?: ReferenceIr
  /** What the field is worked out from when it is read. Undefined for a formula that cannot be compiled, which is left out of records. */
  readonly formula?: FormulaIr
  /** What a roll-up is worked out from. Undefined when it cannot be. */
  readonly summary?: SummaryIr
  /** How the numbers of new records are made up. */
  readonly autonumber?: AutonumberIr
  /** True for `id`, `created_at`, `updated_at` that nobody declared. */
  readonly isImplicit: boolean
  readonly annotations: Annotations
  readonly span: Span
}

export type ValueIr =
  | {
      readonly kind: 'string'
      readonly minLength?: number
      readonly maxLength?: number
      readonly pattern?: string
      readonly patternMessage?: string
      readonly format?: 'email' | 'url' | 'phone'
      readonly protocols?: readonly string[]
    }
  | {
      readonly kind: 'number'
      readonly isInteger: boolean
      readonly scale?: number
      readonly precision?: number
      readonly min?: number
      readonly max?: number
    }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'date' }
  | { readonly kind: 'datetime' }
  | { readonly kind: 'time' }
  /** `isOpen`: values outside the list are accepted (tags with suggestions, fewer than two usable options, or by config). */
  | { readonly kind: 'option'; readonly base: 'string' | 'number'; readonly options: readonly OptionIr[]; readonly isOpen: boolean }
  | { readonly kind: 'id' }
  | { readonly kind: 'attachment'; readonly isImage: boolean; readonly maxSize?: number; readonly accept?: readonly string[] }
  | { readonly kind: 'location' }
  | { readonly kind: 'address' }
  | { readonly kind: 'json' }
  /** array, grid, repeater: a list of free-form objects. */
  | { readonly kind: 'records' }
  /** composite, record: one free-form object. */
  | { readonly kind: 'record' }
  | { readonly kind: 'vector'; readonly dimensions?: number; readonly metric?: VectorMetric }

/** How similar two vectors are, as the schema wants them compared. */
export type VectorMetric = 'cosine' | 'euclidean' | 'dot' | 'manhattan'

export interface OptionIr {
  readonly value: string | number
  readonly label: string
  readonly annotations: Annotations
}

export type DefaultIr =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'today' }
  | { readonly kind: 'now' }
  | { readonly kind: 'current-user' }

export interface ReferenceIr {
  /** Resolved target object, or undefined for an external or polymorphic reference (stored as an opaque id, no foreign key). */
  readonly object?: string
  /** What the author wrote; several for a polymorphic reference. */
  readonly authored: readonly string[]
  /** Objects a polymorphic reference may point at, resolved. */
  readonly candidates: readonly string[]
  readonly onDelete: 'set-null' | 'cascade' | 'restrict'
}

export interface ChildrenIr {
  /** `contacts`. Never the name of a field. */
  readonly name: string
  readonly object: string
  /** Lookup of that object that points here. */
  readonly field: string
}

export interface TrashIr {
  /** When a record was deleted; empty: it was not. */
  readonly field: string
  /** Who did it. */
  readonly by?: string
  /** After so many days it is really deleted. */
  readonly retentionDays?: number
}

export interface IndexIr {
  readonly name: string
  readonly fields: readonly string[]
  readonly isUnique: boolean
  readonly type?: string
  readonly where?: string
  readonly span: Span
}

/** A query known while compiling: a REST route, an SDK call and a constant statement. */
export interface NamedQueryIr {
  readonly name: string
  readonly description?: string
  /** Declared parameters. Others that `document` names have the type of what they are compared with. */
  readonly params: readonly FieldIr[]
  /** Names of those that may be left out: `required: false`. */
  readonly optional: readonly string[]
  /** where, orderBy, select, expand …; parameters stand in it as `$name`. */
  readonly document: { readonly [key: string]: Json }
  /** Where values of `document` stand, by JSON pointer. */
  readonly spans: { readonly [pointer: string]: Span }
  /** Statements and types, once it is planned. */
  readonly plan?: QueryPlanIr
  readonly span: Span
}

export interface ActionIr {
  readonly name: string
  readonly label: string
  readonly description?: string
  readonly scope: 'record' | 'global'
  readonly params: readonly FieldIr[]
  /** What its schema says it returns, where that is understood. */
  readonly returns?: ActionResultIr
  readonly module?: string
  readonly exportPath?: string
  /** Called from a copy of its module. */
  readonly isCopied?: true
  /** What its source says, where it was read. */
  readonly facts?: HandlerFacts
  readonly annotations: Annotations
  readonly span: Span
}

export interface HookIr {
  readonly name: string
  readonly event: string
  readonly module: string
  readonly exportPath: string
  /** Called from a copy of its module. */
  readonly isCopied?: true
  readonly priority: number
  readonly package?: string
  /** What its source says, where it was read. */
  readonly facts?: HandlerFacts
  readonly condition?: HookCondition
  readonly annotations: Annotations
  readonly span: Span
}

export interface SeedIr {
  readonly object: string
  readonly mode: 'insert' | 'update' | 'upsert' | 'replace' | 'ignore'
  readonly key: string
  readonly records: readonly { readonly [field: string]: Json }[]
  readonly span: Span
}

export interface MetadataIr {
  readonly type: string
  readonly name: string
  readonly object?: string
  readonly package?: string
  readonly tags: readonly string[]
  readonly body: Json
  readonly span: Span
}
