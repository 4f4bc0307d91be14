import type { FieldType } from '../ir/field-type.ts'
import type { Json } from '../source/json.ts'
import type { Located, Span } from '../source/span.ts'

/**
 * What parsing yields: one canonical form for all six input dialects. Attribute and type spellings are already canonical
 * here (metadata language, section 2.2); names are as authored and nothing is resolved yet.
 */
export interface Syntax {
  readonly objects: readonly ObjectSyntax[]
  readonly rules: readonly RuleSetSyntax[]
  readonly hooks: readonly HookSyntax[]
  readonly actions: readonly ActionSyntax[]
  readonly validators: readonly ValidatorSyntax[]
  readonly permissions: readonly MetaSyntax[]
  readonly workflows: readonly MetaSyntax[]
  readonly apps: readonly MetaSyntax[]
  readonly translations: readonly TranslationSyntax[]
  readonly seeds: readonly SeedSyntax[]
  readonly plugins: readonly PluginSyntax[]
  /** Documents of any other kind, kept for the metadata registry (views, dashboards, reports …). */
  readonly others: readonly MetaSyntax[]
}

/** Where one definition sits in the merge order of same-named objects (metadata language, section 2.1). */
export type ObjectRole = 'definition' | 'extension'

export interface ObjectSyntax {
  readonly kind: 'object'
  readonly name: Located<string>
  /** True when the document had no `name` and the file stem or bundle key was used. */
  readonly isNameInferred: boolean
  /** File name without directory and `.object.*`. The file whose stem equals the name is merged first. */
  readonly stem: string
  readonly role: ObjectRole
  /** 0–999; default 100 for a definition, 200 for an extension. Merged in ascending order. */
  readonly priority: number
  /** Package (plugin or stack) that brought it; undefined for the application itself. */
  readonly package?: string
  /** label, pluralLabel, description, icon, tableName, datasource, nameField, tags, enable, softDelete, tenancy …: canonical name → value. */
  readonly attributes: Attributes
  readonly fields: readonly FieldSyntax[]
  readonly indexes: readonly IndexSyntax[]
  readonly actions: readonly ActionSyntax[]
  readonly queries: readonly QuerySyntax[]
  readonly rules: readonly RuleSyntax[]
  /** stateMachine / stateMachines, keyed by name ('' for the single one). */
  readonly stateMachines: readonly MetaSyntax[]
  readonly span: Span
}

export type Attributes = ReadonlyMap<string, Located<Json>>

export interface FieldSyntax {
  readonly kind: 'field'
  readonly name: Located<string>
  /** Undefined when the author gave none: link infers it after the merge (metadata language, section 2). */
  readonly type?: Located<FieldType>
  /** The spelling the author used, when it differs from `type` (e.g. `checkbox`, `string`). */
  readonly typeAlias?: string
  /** Canonical attribute name → value, options and validation blocks excluded (validation.* is flattened into it). */
  readonly attributes: Attributes
  readonly options?: readonly OptionSyntax[]
  readonly span: Span
}

export interface OptionSyntax {
  /** Exactly as authored: string or number. */
  readonly value: Located<string | number>
  readonly label: string
  readonly isDefault: boolean
  /** color, description, probability …; everything else the author wrote. */
  readonly annotations: { readonly [key: string]: Json }
}

export interface IndexSyntax {
  /** Undefined for an unnamed array entry. */
  readonly name?: Located<string>
  readonly fields: readonly Located<string>[]
  readonly isUnique: boolean
  readonly type?: string
  /** SQL `where` text of a partial index, as authored. */
  readonly where?: Located<string>
  readonly span: Span
}

/** A query with a name and parameters. */
export interface QuerySyntax {
  readonly name: Located<string>
  readonly description?: string
  readonly params: readonly FieldSyntax[]
  /** A query document: where, orderBy, select, expand … under their canonical keys. Parameters stand in it as `$name`. */
  readonly document: { readonly [key: string]: Json }
  /** Spans of values inside `document`, by JSON pointer. */
  readonly spanOf: (pointer: string) => Span
  readonly span: Span
}

export interface RuleSetSyntax {
  readonly object: Located<string>
  readonly rules: readonly RuleSyntax[]
  readonly span: Span
}

export interface RuleSyntax {
  readonly name: string
  readonly type: string
  readonly body: Json
  /** Spans of values inside `body`, by JSON pointer. */
  readonly spanOf: (pointer: string) => Span
  readonly span: Span
}

export interface HookSyntax {
  readonly name: string
  readonly objects: readonly Located<string>[]
  readonly events: readonly Located<string>[]
  /** Module path relative to the root plus the export that holds the handler (property path for nested handlers). */
  readonly module: string
  readonly exportPath: string
  /** Where the function is that says when it is called. */
  readonly conditionPath?: string
  readonly attributes: Attributes
  readonly package?: string
  readonly span: Span
}

export interface ActionSyntax {
  readonly name: Located<string>
  /** Undefined while it stands inside an object. */
  readonly object?: Located<string>
  readonly scope: 'record' | 'global'
  readonly params: readonly FieldSyntax[]
  readonly attributes: Attributes
  readonly module?: string
  readonly exportPath?: string
  readonly span: Span
}

/** A function that rules of an object ask by its name. */
export interface ValidatorSyntax {
  readonly name: string
  readonly object: Located<string>
  readonly module: string
  readonly exportPath: string
  readonly span: Span
}

/** A document whose meaning is compiled elsewhere: kept whole, linked to its object. */
export interface MetaSyntax {
  readonly type: string
  readonly name: string
  readonly object?: Located<string>
  readonly body: Json
  readonly spanOf: (pointer: string) => Span
  readonly package?: string
  readonly span: Span
}

export interface TranslationSyntax {
  readonly locale: string
  readonly body: Json
  readonly span: Span
}

export interface SeedSyntax {
  readonly object: Located<string>
  readonly mode: 'insert' | 'update' | 'upsert' | 'replace' | 'ignore'
  /** Field that identifies a record for upsert; default `id` when records carry one, else `name`. */
  readonly externalId?: Located<string>
  /** `_id` is already renamed to `id`. */
  readonly records: readonly { readonly [field: string]: Json }[]
  /** Pointer is `/<record index>/<field>`. */
  readonly spanOf: (pointer: string) => Span
  readonly span: Span
}

export interface PluginSyntax {
  readonly name: Located<string>
  readonly version?: Located<string>
  readonly dependencies: readonly PluginRequirementSyntax[]
  readonly optionalDependencies: readonly PluginRequirementSyntax[]
  readonly conflicts: readonly PluginRequirementSyntax[]
  /** Versions of what it runs on: `objectql`, `node`. */
  readonly engines: readonly PluginRequirementSyntax[]
  /** Capabilities. */
  readonly provides: readonly Located<string>[]
  /** It says that another version of it needs another process. */
  readonly isCold?: true
  readonly requires: readonly Located<string>[]
  /** Functions around operations and requests, in the order of its list. */
  readonly middleware: readonly MiddlewareSyntax[]
  /** Where it is; only of a plugin that does something when the application starts. */
  readonly place?: PluginPlace
  /** What it says about itself. */
  readonly body: Json
  /** Spans of values inside `body`, by JSON pointer. */
  readonly spanOf: (pointer: string) => Span
  readonly span: Span
}

export interface MiddlewareSyntax {
  readonly name: Located<string>
  /** As written; absent: all operations. */
  readonly on?: readonly Located<string>[]
  /** As written; absent: all objects. */
  readonly objects?: readonly Located<string>[]
  readonly phase?: 'outer' | 'inner'
  readonly module: string
  /** Of `execute`. */
  readonly exportPath: string
  readonly span: Span
}

/** Another plugin by name, and a semver range of its version; `*` where none is given. */
export interface PluginRequirementSyntax {
  readonly name: Located<string>
  readonly range: Located<string>
}

export interface PluginPlace {
  /** Relative to the project. */
  readonly module: string
  readonly exportPath: string
  /** Name by which the module is imported, of an installed package. */
  readonly specifier?: string
  /** The functions the kernel calls, by phase: their names in the plugin. */
  readonly calls: { readonly [Phase in 'install' | 'start' | 'stop' | 'health']?: string }
  /** Other members the kernel looks at. */
  readonly reads: readonly ('events' | 'services')[]
}
