import { code, type Hole, lines, raw } from '../../../code/code.ts'
import type { SchemaKeywords } from '../../../ir/json-schema.ts'
import { asking, tells } from './known-terms.ts'
import { block, given, whole } from './part-checks.ts'
import { below, helper, type SchemaScope } from './schema-scope.ts'

/** What is said about `value` where it is a list. */
export function listChecks(schema: SchemaKeywords, scope: SchemaScope): readonly Hole[] {
  const { first = [], items = true, minItems = 0, maxItems, uniqueItems, contains, minContains = 1, maxContains } = schema
  const checks: Hole[] = []
  if (minItems > 0) checks.push(whole(code`value.length < ${minItems}`, `must have at least ${itemsOf(minItems)}`))
  if (maxItems !== undefined) checks.push(whole(code`value.length > ${maxItems}`, `must have at most ${itemsOf(maxItems)}`))
  if (uniqueItems) checks.push(whole(code`!${helper('isUnique')}(value)`, 'must not have the same item twice'))
  for (const [index, one] of first.entries()) {
    const found = given(one, { value: `value[${index}]`, at: below(index) }, `${scope.stem}Item${index + 1}`, scope)
    if (found.length > 0) checks.push(block(code`value.length > ${index}`, found))
  }
  if (items === false) checks.push(whole(code`value.length > ${first.length}`, `must have at most ${itemsOf(first.length)}`))
  else {
    const rest = first.length === 0 ? [] : [code`if (index < ${first.length}) continue`]
    const found = given(items, { value: 'item', at: '`${at}/${index}`' }, `${scope.stem}Item`, scope)
    if (found.length > 0)
      checks.push(code`
for (const [index, item] of value.entries()) {
  ${lines([...rest, ...found])}
}`)
  }
  if (schema.items !== undefined) checks.push(...tells(scope, 'knowsAll'))
  else if (first.length > 0) checks.push(...tells(scope, 'knowsFirst', raw(String(first.length))))
  const isCounted = minContains > 0 || maxContains !== undefined
  if (contains === undefined || !(isCounted || scope.known)) return checks
  const count = code`${helper('countItems')}(${raw(scope.functionOf(contains, `${scope.stem}Contained`))}, value, problems${asking(scope)})`
  if (!isCounted) return [...checks, count]
  if (minContains > 0) checks.push(whole(code`${count} < ${minContains}`, `lacks ${itemsOf(minContains)} of a kind`))
  if (maxContains !== undefined) checks.push(whole(code`${count} > ${maxContains}`, `must have at most ${itemsOf(maxContains)} of a kind`))
  return checks
}

const itemsOf = (count: number): string => `${count} ${count === 1 ? 'item' : 'items'}`
