import { ID, oneMore } from './bind/bind-query.ts'
import { searchParameter } from './bind/bind-search.ts'
import { constant, integerParameter, listParameter, type ValueScope, valueParameter, wholeNumberParameter } from './bind/bind-value.ts'
import type { ComparedField } from './bind/converter.ts'
import { NOW, shifted } from './bind/moment-sum.ts'
import type { Parameter } from './bound.ts'
import { type CursorReader, cursorParameter } from './cursor.ts'
import { calculated } from './passes/fold-constants.ts'
import { extreme } from './passes/parameters.ts'
import type { Dialect } from './print/dialect.ts'
import { derived } from './print/parameter-list.ts'
import type { ComparedRecipe, RecipeOf } from './recipe.ts'

export interface RecipeContext {
  readonly dialect: Dialect
  /** Reads the cursors of the statement, where it has one. */
  readonly cursor?: CursorReader
}

/** The parameter that a recipe describes, made by what made the one it was taken from. */
export function readRecipe({ kind, recipe }: RecipeOf, context: RecipeContext): Parameter {
  const shared: ValueScope = { values: NOT_COUNTED, dialect: context.dialect }
  switch (recipe.op) {
    case 'constant':
      return constant(kind, recipe.value)
    case 'big':
      return constant(kind, BigInt(recipe.value))
    case 'value':
      return valueParameter(recipe.operand, compared(recipe), shared)
    case 'integer':
      return integerParameter(recipe.operator, recipe.operand, compared(recipe), shared)
    case 'list':
      return listParameter(recipe.operands, compared(recipe), shared, recipe.only)
    case 'whole':
      return wholeNumberParameter(recipe.operand, { parameter: recipe.at }, recipe.max)
    case 'more':
      return oneMore(readRecipe({ kind, recipe: recipe.of }, context))
    case 'search':
      return searchParameter(recipe.operand)
    case 'id':
      return ID
    case 'now':
      return NOW
    case 'shift':
      return shifted(readRecipe({ kind, recipe: recipe.of }, context), recipe.name, recipe.duration, { parameter: recipe.at })
    case 'cursor':
      if (!context.cursor) throw new Error('A statement without a cursor names one.')
      return cursorParameter(recipe.operand, recipe.index, kind, context.cursor)
    case 'max':
    case 'min': {
      const [left, right] = recipe.parts.map((part) => readRecipe(part, context)) as [Parameter, Parameter]
      return extreme(recipe.op, left, right)
    }
    case 'derived': {
      const transform = context.dialect.derivations[recipe.name]
      if (!transform) throw new Error(`${context.dialect.name} derives no "${recipe.name}".`)
      return derived(readRecipe(recipe.of, context), recipe.name, kind, transform)
    }
    default:
      return calculated(
        recipe.op,
        recipe.parts.map((part) => readRecipe(part, context)),
      )
  }
}

/** The statement is there already: nobody asks how many values it takes. */
const NOT_COUNTED: ValueScope['values'] = { count() {}, check() {} }

const compared = ({ field, name, at }: ComparedRecipe): ComparedField => ({ field, name, place: { parameter: at } })
