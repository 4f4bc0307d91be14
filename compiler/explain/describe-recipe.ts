import type { Operand } from '../../runtime-lite/query/ast.ts'
import type { Parameter } from '../../runtime-lite/query/bound.ts'
import type { Recipe } from '../../runtime-lite/query/recipe.ts'

/** How slots are called: the parameters of a named query by their names, values of other queries by their number. */
export type SlotName = (index: number) => string

export const slotNames =
  (parameters: readonly string[] | undefined): SlotName =>
  (index) =>
    parameters?.[index] ?? `value ${index + 1}`

/** Where the value of a parameter comes from, in words. Never the value itself, unless it is part of the query's structure. */
export function describeSource({ constant, recipe, key }: Parameter, nameOf: SlotName): string {
  if (constant !== undefined) return `constant ${constantText(constant)}`
  return recipe ? describeRecipe(recipe, nameOf, true) : key
}

/** The same in a word or two, to stand in the description of a query. */
export function describeShort({ constant, recipe, key }: Parameter, nameOf: SlotName): string {
  if (constant !== undefined) return constantText(constant)
  return `[${recipe ? describeRecipe(recipe, nameOf, false) : key}]`
}

const constantText = (constant: unknown): string => (typeof constant === 'bigint' ? String(constant) : JSON.stringify(constant))

function describeRecipe(recipe: Recipe, nameOf: SlotName, isLong: boolean): string {
  const purpose = (text: string): string => (isLong ? `, ${text}` : '')
  const of = (operand: Operand): string => (operand.kind === 'slot' ? nameOf(operand.index) : JSON.stringify(operand.value))
  switch (recipe.op) {
    case 'constant':
      return `constant ${JSON.stringify(recipe.value)}`
    case 'big':
      return `constant ${recipe.value}`
    case 'value':
    case 'integer':
      return `${of(recipe.operand)}${purpose(`for ${recipe.name}`)}`
    case 'list':
      return `${recipe.operands.map(of).join(', ')}${recipe.only ? ` (each ${recipe.only})` : ''}${purpose(`for ${recipe.name}`)}`
    case 'whole':
      return `${of(recipe.operand)}${purpose(`for ${recipe.at}`)}`
    case 'more':
      return `${describeRecipe(recipe.of, nameOf, isLong)} + 1`
    case 'search':
      return `${of(recipe.operand)}${purpose('words to search for')}`
    case 'id':
      return 'id of the record'
    case 'now':
      return 'time of the request'
    case 'shift':
      return `${describeRecipe(recipe.of, nameOf, isLong)} ${recipe.name === 'add' ? 'plus' : 'minus'} ${of(recipe.duration)}`
    case 'cursor':
      return `sort key ${recipe.index + 1} of the cursor`
    case 'derived':
      return `${recipe.name} of ${describeRecipe(recipe.of.recipe, nameOf, isLong)}`
    default:
      return `${recipe.op}(${recipe.parts.map((part) => describeRecipe(part.recipe, nameOf, isLong)).join('; ')})`
  }
}
