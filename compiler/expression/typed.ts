import type { Comparison, FunctionName, TextMatch } from '../../runtime-lite/query/ast.ts'
import type { Range } from './syntax.ts'

/** What a value is. `null` is the literal alone; `structure` can be tested for null only. */
export type ValueType = 'text' | 'number' | 'boolean' | 'date' | 'datetime' | 'time' | 'list' | 'structure' | 'null'

/** Whose field it is. */
export type Root = 'record' | 'previous' | 'current_user'

/**
 * An expression whose names are resolved and whose types fit, the same for all dialects. Conditions are values of type `boolean` that are never
 * null; a boolean field among them holds where it is true.
 */
export type Typed = Range &
  (
    | { readonly kind: 'constant'; readonly type: ValueType; readonly value: string | number | boolean | null }
    | {
        readonly kind: 'field'
        readonly type: ValueType
        readonly root: Root
        readonly path: readonly string[]
        /** Objects that its lookups lead to, one after the other. */
        readonly through?: readonly string[]
      }
    | { readonly kind: 'now'; readonly type: 'datetime' }
    /** The record is being created. */
    | { readonly kind: 'is-new'; readonly type: 'boolean' }
    | { readonly kind: 'call'; readonly type: ValueType; readonly name: FunctionName; readonly args: readonly Typed[] }
    /** `otherwise` undefined: null. */
    | { readonly kind: 'if'; readonly type: ValueType; readonly condition: Typed; readonly result: Typed; readonly otherwise?: Typed }
    | { readonly kind: 'compare'; readonly type: 'boolean'; readonly operator: Comparison; readonly left: Typed; readonly right: Typed }
    | { readonly kind: 'match'; readonly type: 'boolean'; readonly operator: TextMatch; readonly left: Typed; readonly right: Typed }
    | { readonly kind: 'is-null'; readonly type: 'boolean'; readonly of: Typed }
    | { readonly kind: 'not'; readonly type: 'boolean'; readonly of: Typed }
    | { readonly kind: 'and' | 'or'; readonly type: 'boolean'; readonly parts: readonly Typed[] }
  )

/** True for what holds or does not, and is never null. */
export const isCondition = ({ kind }: Typed): boolean => ['is-new', 'compare', 'match', 'is-null', 'not', 'and', 'or'].includes(kind)

/** The same expression without the places it was written at: equal for texts that mean the same. */
export const meaningOf = (typed: Typed): string =>
  JSON.stringify(typed, (key, value: unknown) => (key === 'start' || key === 'end' ? undefined : value))
