import { type Code, code, type Hole, lines, raw } from '../../../code/code.ts'
import type { SchemaKeywords } from '../../../ir/json-schema.ts'
import { tells } from './known-terms.ts'
import { add, given } from './part-checks.ts'
import { helper, type SchemaScope } from './schema-scope.ts'

/** Members that nothing has looked at, where `value` is an object. */
export function otherMembers({ unevaluatedProperties: schema }: SchemaKeywords, scope: SchemaScope): readonly Hole[] {
  if (schema === undefined) return []
  const found =
    schema === false ? [add('inside', 'is not known')] : given(schema, { value: 'item', at: 'inside' }, `${scope.stem}Unevaluated`, scope)
  const head = raw(schema === false ? 'name of Object.keys(value)' : '[name, item] of Object.entries(value)')
  const inner = [code`const inside = ${helper('place')}(at, name)`, ...found]
  return [...(found.length === 0 ? [] : [unlessKnown(head, 'name', inner, scope)]), ...tells(scope, 'knowsAll')]
}

/** Items that nothing has looked at, where `value` is a list. */
export function otherItems({ unevaluatedItems: schema }: SchemaKeywords, scope: SchemaScope): readonly Hole[] {
  if (schema === undefined) return []
  const found = given(schema, { value: 'item', at: '`${at}/${index}`' }, `${scope.stem}UnevaluatedItem`, scope)
  const head = raw(schema === false ? 'index of value.keys()' : '[index, item] of value.entries()')
  return [...(found.length === 0 ? [] : [unlessKnown(head, 'index', found, scope)]), ...tells(scope, 'knowsAll')]
}

const unlessKnown = (head: Hole, key: string, inner: readonly Hole[], scope: SchemaScope): Code => code`
for (const ${head}) {
  if (${helper('isKnown')}(${raw(scope.known?.use() ?? '')}, ${raw(key)})) continue
  ${lines(inner)}
}`
