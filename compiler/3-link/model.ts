import type {
  ActionSyntax,
  Attributes,
  FieldSyntax,
  HookSyntax,
  IndexSyntax,
  MetaSyntax,
  OptionSyntax,
  PluginSyntax,
  QuerySyntax,
  RuleSyntax,
  SeedSyntax,
  TranslationSyntax,
  ValidatorSyntax,
} from '../2-parse/syntax.ts'
import type { Typed } from '../expression/typed.ts'
import type { ChartIr } from '../ir/chart.ts'
import type { FieldType } from '../ir/field-type.ts'
import type { HookCondition } from '../ir/handler.ts'
import type { MachineIr } from '../ir/machine.ts'
import type { DefaultIr } from '../ir/object.ts'
import type { MiddlewareIr } from '../ir/plugin.ts'
import type { CompiledRule } from '../ir/rule.ts'
import type { WorkflowIr } from '../ir/workflow.ts'
import type { Json } from '../source/json.ts'
import type { Located, Span } from '../source/span.ts'
import type { ReducedSchema } from './config-schema.ts'

/** Syntax with every name resolved: one node per object, each field typed, each relation pointing at an object. */
export interface Model {
  /** Sorted by name. */
  readonly objects: readonly LinkedObject[]
  /** To-many relations of the objects that have some, by object. */
  readonly children: ReadonlyMap<string, readonly LinkedChildren[]>
  readonly seeds: readonly LinkedSeed[]
  /** Documents for the registry, linked to their object, sorted by type, name, object and place. */
  readonly documents: readonly LinkedDocument[]
  readonly translations: readonly TranslationSyntax[]
  /** In the order they start. */
  readonly plugins: readonly LinkedPlugin[]
  /** Outermost first. Absent: none. */
  readonly middleware?: readonly LinkedMiddleware[]
  /** Those that can be compiled, by name. Absent: none. */
  readonly workflows?: readonly WorkflowIr[]
  /** Sorted by owner, then name; one for each. */
  readonly configSchemas: readonly LinkedConfigSchema[]
}

export interface LinkedPlugin extends PluginSyntax {
  /** Groups start one after another; plugins of one group need nothing of each other. */
  readonly group: number
  /** What the application tells it, with the defaults of its schema. */
  readonly config: Json
}

export interface LinkedMiddleware extends Omit<MiddlewareIr, 'facts' | 'isCopied'> {
  /** Names; none around requests. */
  readonly objects: readonly string[]
}

/** What a plugin's configuration or an app's settings look like. */
export interface LinkedConfigSchema extends ReducedSchema {
  readonly owner: 'plugin' | 'app'
  /** Name of the plugin or app. */
  readonly name: string
  readonly span: Span
}

export interface LinkedObject {
  readonly name: string
  readonly package?: string
  /** Merged over all definitions and extensions. */
  readonly attributes: Attributes
  readonly fields: readonly LinkedField[]
  /** Only those whose fields exist. */
  readonly indexes: readonly LinkedIndex[]
  readonly actions: readonly LinkedAction[]
  readonly queries: readonly LinkedQuery[]
  readonly rules: readonly RuleSyntax[]
  /** Those of them that run, in order; absent before they are compiled. */
  readonly compiledRules?: readonly CompiledRule[]
  readonly hooks: readonly LinkedHook[]
  /** Functions that its rules may ask. Absent: none. */
  readonly validators?: readonly ValidatorSyntax[]
  /** State machines that can be compiled, one for each field. Absent: none. */
  readonly machines?: readonly MachineIr[]
  /** Those of them with several states at once, histories or times. Absent: none. */
  readonly charts?: readonly ChartIr[]
  /** Field that names a record, if there is one. */
  readonly nameField?: string
  /** The name in the first definition. */
  readonly span: Span
}

export interface LinkedHook extends HookSyntax {
  /** When it is called, by event; absent: always. */
  readonly conditions?: Readonly<Record<string, HookCondition>>
}

export interface LinkedField {
  readonly name: string
  readonly type: FieldType
  /** Spelling the author used for the type, when it is not the canonical one. */
  readonly typeAlias?: string
  readonly attributes: Attributes
  /** Without duplicates; values are all strings or all numbers. Undefined when the field has no list of options. */
  readonly options?: readonly OptionSyntax[]
  readonly default?: DefaultIr
  readonly reference?: LinkedReference
  readonly summary?: LinkedSummary
  /** Only of a formula that can be compiled. */
  readonly formula?: LinkedFormula
  readonly span: Span
}

/** What a lookup points at. */
export interface LinkedReference {
  /** Resolved names, in the author's order; empty for an external reference. */
  readonly objects: readonly string[]
  readonly authored: readonly string[]
}

/** A to-many relation of an object: the records of `object` whose lookup `field` points at it. */
export interface LinkedChildren {
  readonly name: string
  readonly object: string
  readonly field: string
}

/** What a formula is worked out from. */
export interface LinkedFormula {
  /** As the author wrote it. */
  readonly source: string
  readonly dialect: 'spreadsheet' | 'cel' | 'javascript'
  /** What its values are. */
  readonly type: 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'time'
  readonly typed: Typed
  /** The same as queries have it: an `Expression`. */
  readonly expression: Json
}

/** What a roll-up adds up; only when object and field exist. */
export interface LinkedSummary {
  readonly object: string
  readonly field?: string
  readonly function: SummaryFunction
  /** Lookup of that object that leads back. Undefined: the roll-up cannot be worked out, and stays empty. */
  readonly through?: string
  /** Which records count, as queries take it, and the fields it looks at. */
  readonly filter?: Json
  readonly filterFields?: readonly string[]
}

export type SummaryFunction = 'count' | 'sum' | 'min' | 'max' | 'avg'

export interface LinkedIndex extends Omit<IndexSyntax, 'fields'> {
  /** Field names as declared. */
  readonly fields: readonly string[]
}

export interface LinkedAction extends Omit<ActionSyntax, 'params'> {
  readonly params: readonly LinkedField[]
}

export interface LinkedQuery extends Omit<QuerySyntax, 'params'> {
  readonly params: readonly LinkedField[]
}

export interface LinkedSeed extends Omit<SeedSyntax, 'object' | 'externalId'> {
  readonly object: string
  /** Field that identifies a record. */
  readonly key: string
}

export interface LinkedDocument extends Omit<MetaSyntax, 'object'> {
  /** Resolved name of the object it belongs to. */
  readonly object?: string
}

/** An object after the merge, before anything in it is resolved. */
export interface MergedObject {
  readonly name: Located<string>
  readonly package?: string
  readonly attributes: Attributes
  /** The type of each is inferred when the field is linked. */
  readonly fields: readonly FieldSyntax[]
  readonly indexes: readonly IndexSyntax[]
  readonly actions: readonly ActionSyntax[]
  readonly queries: readonly QuerySyntax[]
  readonly rules: readonly RuleSyntax[]
  readonly stateMachines: readonly MetaSyntax[]
}
