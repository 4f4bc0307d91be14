import type { Typed } from '../expression/typed.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'

export type RuleSeverity = 'error' | 'warning' | 'info'
export type RuleOperation = 'create' | 'update' | 'delete'

/** A validation rule of any dialect, compiled. */
export type CompiledRule = RuleBase &
  (
    | { readonly kind: 'record'; readonly holds: Typed }
    | {
        readonly kind: 'transition'
        readonly field: string
        /** Stored value → values that may follow it. */
        readonly transitions: Readonly<Record<string, readonly string[]>>
        readonly initial?: readonly string[]
      }
    | { readonly kind: 'unique'; readonly fields: readonly string[]; readonly isCaseSensitive: boolean; readonly scope?: Json }
    | {
        readonly kind: 'related'
        readonly object: string
        readonly field: string
        readonly matches: string
        readonly filter?: Json
        readonly expects: 'some' | 'none'
      }
    | { readonly kind: 'json-schema'; readonly field: string; readonly schema: Json }
  )

export interface RuleBase {
  readonly name: string
  readonly code: string
  readonly severity: RuleSeverity
  readonly message: string
  /** By locale. */
  readonly messages?: Readonly<Record<string, string>>
  readonly params?: Readonly<Record<string, Json>>
  readonly on: readonly RuleOperation[]
  /** On update only where one of these changes. Absent: the fields it looks at. */
  readonly fields?: readonly string[]
  /** Checked only where this holds. */
  readonly applies?: Typed
  /** Lower first; rules of one priority in the author's order. */
  readonly priority: number
  readonly span: Span
}
