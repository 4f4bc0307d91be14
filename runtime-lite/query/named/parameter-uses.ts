import type { Operand, Query } from '../ast.ts'
import type { BoundQuery } from '../bound.ts'
import type { Recipe, RecipeOf } from '../recipe.ts'
import type { QueryParameter } from './query-parameter.ts'

/** One place where a parameter stands. */
export interface ParameterUse extends Pick<QueryParameter, 'kind' | 'options' | 'isList'> {
  readonly slot: number
  /** Where it stands in the query, for messages. */
  readonly at: string
}

/** What each parameter of a query is compared with, as binding found it. */
export function parameterUses(query: Query, bound: BoundQuery): readonly ParameterUse[] {
  const uses: ParameterUse[] = []
  for (const recipe of recipesIn(bound)) useOf(recipe, uses)
  if (query.cursor?.kind === 'slot') uses.push({ slot: query.cursor.index, kind: 'text', at: 'cursor' })
  return uses
}

/** Parameters anywhere inside, those of schemas and constants left out. */
function* recipesIn(value: unknown): Generator<Recipe> {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) {
    for (const item of value) yield* recipesIn(item)
    return
  }
  if ('bind' in value) {
    const { recipe } = value as { readonly recipe?: Recipe }
    if (recipe) yield recipe
    return
  }
  for (const [key, inner] of Object.entries(value)) if (!SCHEMA.has(key)) yield* recipesIn(inner)
}

const SCHEMA: ReadonlySet<string> = new Set(['plan', 'target', 'field'])

function useOf(recipe: Recipe, uses: ParameterUse[]): void {
  const add = (operand: Operand, use: Omit<ParameterUse, 'slot'>): void => {
    if (operand.kind === 'slot') uses.push({ slot: operand.index, ...use })
  }
  switch (recipe.op) {
    case 'value':
    case 'integer':
      add(recipe.operand, { ...kindOf(recipe.field), at: recipe.at })
      return
    case 'list':
      for (const operand of recipe.operands) add(operand, { ...kindOf(recipe.field), isList: true, at: recipe.at })
      return
    case 'whole':
      add(recipe.operand, { kind: 'integer', at: recipe.at })
      return
    case 'search':
      add(recipe.operand, { kind: 'text', at: 'search' })
      return
    case 'more':
      useOf(recipe.of, uses)
      return
    case 'shift':
      add(recipe.duration, { kind: 'text', at: recipe.at })
      useOf(recipe.of, uses)
      return
    case 'derived':
      useOf(recipe.of.recipe, uses)
      return
    case 'max':
    case 'min':
    case 'add':
    case 'sub':
    case 'mul':
    case 'divby':
    case 'neg':
      for (const part of recipe.parts as readonly RecipeOf[]) useOf(part.recipe, uses)
      return
    default:
      return
  }
}

function kindOf({ kind, options }: Pick<QueryParameter, 'options'> & { readonly kind: string }): Pick<QueryParameter, 'kind' | 'options'> {
  return { kind: kind === 'list' ? 'json' : (kind as QueryParameter['kind']), ...(options ? { options } : {}) }
}

/** Kinds that one value can be of at once. */
export function familyOf({ kind, options }: Pick<QueryParameter, 'kind' | 'options'>): 'text' | 'number' | QueryParameter['kind'] {
  switch (kind) {
    case 'text':
    case 'id':
      return 'text'
    case 'option':
      return options?.every((option) => typeof option === 'number') ? 'number' : 'text'
    case 'integer':
    case 'real':
      return 'number'
    default:
      return kind
  }
}
