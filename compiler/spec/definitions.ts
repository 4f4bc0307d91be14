import type { FieldType } from '../ir/field-type.ts'
import type { Expression } from './expression.ts'

/** Keys beyond the ones named here are kept as annotations. */
interface Open {
  readonly [key: string]: unknown
}

/** Canonical field types and the spellings older metadata uses. */
export type FieldTypeName =
  | FieldType
  | 'string'
  | 'object'
  | 'toggle'
  | 'checkbox'
  | 'auto_number'
  | 'autoNumber'
  | 'masterDetail'
  | 'grid'
  | 'repeater'
  | 'record'

/** A choice: its value, or its value with a label and more. */
export type OptionDefinition =
  | string
  | number
  | ({
      readonly value: string | number
      readonly label?: string
      readonly color?: string
      readonly default?: boolean
      readonly description?: string
    } & Open)

/** What any field can say about itself. */
export interface FieldOptions extends Open {
  readonly label?: string
  readonly description?: string
  readonly required?: boolean
  readonly unique?: boolean | 'global' | 'organization'
  readonly index?: boolean
  readonly readonly?: boolean
  readonly hidden?: boolean
  readonly multiple?: boolean
  readonly defaultValue?: unknown
  readonly min?: number | string
  readonly max?: number | string
  readonly precision?: number
  readonly scale?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string | RegExp
  readonly format?: string
  /** Other spellings (`values`, `choices` …) are accepted too. */
  readonly options?: readonly OptionDefinition[]
  /** Name of the object a relation points at; several for a polymorphic one. */
  readonly reference?: string | readonly string[]
  readonly deleteBehavior?: 'set_null' | 'cascade' | 'restrict'
  readonly expression?: string | Expression
  readonly summaryOperations?: SummaryDefinition
  readonly inlineHelpText?: string
}

export interface FieldDefinition extends FieldOptions {
  /** Left out, it is inferred: a reference makes a lookup, options a select, an expression a formula. */
  readonly type?: FieldTypeName
}

/** The same under the name older code imports. */
export type FieldConfig = FieldDefinition

export interface SummaryDefinition extends Open {
  readonly object: string
  readonly field?: string
  readonly function: 'count' | 'sum' | 'min' | 'max' | 'avg'
  readonly relationshipField?: string
  readonly filter?: unknown
}

export interface IndexDefinition extends Open {
  readonly name?: string
  readonly fields: readonly string[]
  readonly unique?: boolean
  readonly type?: 'btree' | 'hash' | 'gin' | 'gist' | 'fulltext'
  /** SQL condition of a partial index. */
  readonly partial?: string
}

export interface ObjectDefinition extends Open {
  /** Machine name. In a file of its own it defaults to the file's. */
  readonly name?: string
  readonly label?: string
  readonly pluralLabel?: string
  readonly description?: string
  readonly icon?: string
  readonly tableName?: string
  readonly datasource?: string
  readonly nameField?: string
  readonly tags?: readonly string[]
  readonly fields: { readonly [name: string]: FieldDefinition } | readonly (FieldDefinition & { readonly name: string })[]
  readonly indexes?: readonly IndexDefinition[] | { readonly [name: string]: Omit<IndexDefinition, 'name'> }
  readonly enable?: { readonly apiEnabled?: boolean; readonly apiMethods?: readonly string[]; readonly trackHistory?: boolean } & Open
  readonly validations?: readonly ValidationDefinition[]
  /** Queries with a name: each a route, an SDK call and one constant statement. */
  readonly queries?: { readonly [name: string]: QueryDefinition }
}

/** A query document; `'$name'` stands for a parameter. */
export interface QueryDefinition extends Open {
  readonly description?: string
  /** Type of parameters that are not simply compared with a field. */
  readonly params?: { readonly [name: string]: FieldDefinition }
  readonly where?: unknown
  readonly orderBy?: unknown
  readonly select?: readonly string[]
  readonly expand?: unknown
  readonly limit?: number | string
}

/** The same under the names older code imports. */
export type ObjectConfig = ObjectDefinition
export type ServiceObject = ObjectDefinition

export interface ObjectExtensionDefinition extends Partial<Omit<ObjectDefinition, 'name'>> {
  /** Name of the object that gets more fields, indexes and rules. */
  readonly extend: string
  /** 0–999, merged in ascending order. Default 200; definitions stand at 100. */
  readonly priority?: number
}

export interface ValidationDefinition extends Open {
  readonly name: string
  readonly type: string
  readonly message?: string | { readonly [locale: string]: string }
}

export interface SeedDefinition extends Open {
  readonly object: string
  readonly records: readonly { readonly [field: string]: unknown }[]
  readonly mode?: 'insert' | 'update' | 'upsert' | 'replace' | 'ignore'
  readonly externalId?: string
}

export interface WorkflowDefinition extends Open {
  readonly name: string
}

export interface AppDefinition extends Open {
  readonly name?: string
  readonly label?: string
}
