import type { Typed } from '../expression/typed.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'
import type { JsonSchemaIr } from './json-schema.ts'

/** A rule as the author wrote it. */
export interface RuleIr {
  readonly name: string
  readonly type: string
  readonly body: Json
  readonly span: Span
}

export type RuleSeverity = 'error' | 'warning' | 'info'
export type RuleOperation = 'create' | 'update' | 'delete'

/** A validation rule of any dialect, compiled. */
export type CompiledRule = RuleBase & RuleCheck

export type RuleCheck =
  | { readonly kind: 'record'; readonly holds: Typed }
  | {
      readonly kind: 'transition'
      readonly field: string
      /** Stored value → values that may follow it. */
      readonly transitions: Readonly<Record<string, readonly string[]>>
      readonly initial?: readonly string[]
    }
  | {
      readonly kind: 'unique'
      readonly key: readonly string[]
      readonly isCaseSensitive: boolean
      /** Which records it is about. */
      readonly scope?: Typed
    }
  | {
      readonly kind: 'related'
      readonly object: string
      readonly field: string
      readonly matches: string
      /** Over the records of `object`; `previous` is the record that is written. */
      readonly filter?: Typed
      /** Holds, too, unless the application itself is at work: it names `current_user`. */
      readonly ofUser?: Typed
      readonly expects: 'some' | 'none'
    }
  | { readonly kind: 'format'; readonly field: string; readonly format: RuleFormat }
  | {
      readonly kind: 'validator'
      readonly by: ValidatorIr
      /** Whose value is in question. */
      readonly field?: string
      /** What the author tells whoever is asked. */
      readonly params?: Readonly<Record<string, Json>>
      /** Milliseconds. */
      readonly timeout?: number
    }
  | { readonly kind: 'json-schema'; readonly field: string; readonly schema: JsonSchemaIr }

/** Who is asked whether a record is right. */
export type ValidatorIr =
  | {
      readonly kind: 'function'
      /** As the rule spells it. */
      readonly name: string
      /** Where the schemas export it. Absent: the program registers it under its name. */
      readonly module?: string
      readonly exportPath?: string
      /** The module is called from its copy in the output. */
      readonly isCopied?: true
      /** An import of its module that the server would not find. */
      readonly missing?: string
      readonly span: Span
    }
  /** `${NAME}` stands for variables of the environment. */
  | {
      readonly kind: 'address'
      readonly url: string
      readonly method: 'POST' | 'GET'
      readonly headers?: Readonly<Record<string, string>>
    }

/** What a text has to look like. Null and empty text look like anything. */
export type RuleFormat = 'email' | 'url' | 'phone' | 'json' | { readonly pattern: string }

export interface RuleBase {
  readonly name: string
  readonly code: string
  readonly severity: RuleSeverity
  readonly message: string
  /** By locale. */
  readonly messages?: Readonly<Record<string, string>>
  readonly params?: Readonly<Record<string, Json>>
  /** Fields of related records that its messages show. */
  readonly shown?: readonly Typed[]
  readonly on: readonly RuleOperation[]
  /** What it is about, for people; the first is what an issue points at. Empty: the record as a whole. */
  readonly about: readonly string[]
  /** On update only where one of these gets another value. Absent: where the patch has a field it looks at. */
  readonly fields?: readonly string[]
  /** Checked only where this holds. */
  readonly applies?: Typed
  /** Not for writes of many records at once. */
  readonly skipsBulk?: true
  /** Lower first; rules of one priority in the author's order. */
  readonly priority: number
  readonly span: Span
}
