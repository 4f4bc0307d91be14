import type { FieldPlan } from '../object/object-plan.ts'
import type { Comparison, Operand } from './ast.ts'
import type { ParameterKind } from './parameter-kind.ts'

/**
 * How the value of a parameter comes from those of a request, as data: statements that were planned ahead carry it beside their text, and
 * `readRecipe` makes the parameter of it again.
 */
export type Recipe =
  /** Known while planning. `big`: a whole number as text, which JSON has no numbers for. */
  | { readonly op: 'constant'; readonly value: string | number | null }
  | { readonly op: 'big'; readonly value: string }
  /** A value that is compared with a field, as the column holds it. */
  | ({ readonly op: 'value'; readonly operand: Operand } & ComparedRecipe)
  /** A number that a whole-number column is compared with. */
  | ({ readonly op: 'integer'; readonly operand: Operand; readonly operator: Comparison } & ComparedRecipe)
  /** Values as one JSON array, those of another type than `only` left out. */
  | ({ readonly op: 'list'; readonly operands: readonly Operand[]; readonly only?: 'string' | 'number' } & ComparedRecipe)
  /** A page size or an offset. */
  | { readonly op: 'whole'; readonly operand: Operand; readonly max: number; readonly at: string }
  | { readonly op: 'more'; readonly of: Recipe }
  | { readonly op: 'search'; readonly operand: Operand }
  /** The id and the time of the request. */
  | { readonly op: 'id' }
  | { readonly op: 'now' }
  | { readonly op: 'shift'; readonly name: 'add' | 'sub'; readonly of: Recipe; readonly duration: Operand; readonly at: string }
  /** The sort key at an index of the cursor of the request. */
  | { readonly op: 'cursor'; readonly operand: Operand; readonly index: number }
  | { readonly op: 'max' | 'min' | Arithmetic; readonly parts: readonly RecipeOf[] }
  /** What a dialect makes of it, by the name it gave that. */
  | { readonly op: 'derived'; readonly name: string; readonly of: RecipeOf }

export type Arithmetic = 'add' | 'sub' | 'mul' | 'divby' | 'neg'

/** A recipe and what it yields. */
export interface RecipeOf {
  readonly kind: ParameterKind
  readonly recipe: Recipe
}

/** What decides how a value is converted, and how that is called in a refusal. */
export interface ComparedRecipe {
  readonly field: Pick<FieldPlan, 'kind' | 'options' | 'shape' | 'dimensions'>
  readonly name: string
  readonly at: string
}
