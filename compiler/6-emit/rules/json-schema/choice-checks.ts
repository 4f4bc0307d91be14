import { code, type Hole, lines, raw } from '../../../code/code.ts'
import type { SchemaIr, SchemaKeywords } from '../../../ir/json-schema.ts'
import { asking, askingOf } from './known-terms.ts'
import { alike, block, whole } from './part-checks.ts'
import { helper, type SchemaScope } from './schema-scope.ts'

/** What other schemas say about the same value. */
export function choiceChecks(schema: SchemaKeywords, scope: SchemaScope): readonly Hole[] {
  const { ref, allOf = [], anyOf, oneOf, not: refused } = schema
  const { stem } = scope
  const isNarrowed = schema.types?.length === 1
  const named = (schemas: readonly SchemaIr[], word: string): Hole =>
    raw(`[${schemas.map((one, index) => scope.functionOf(one, `${stem}${word}${index + 1}`)).join(', ')}]`)
  const checks: Hole[] = []
  if (ref !== undefined) checks.push(code`${raw(scope.referred(ref))}(value, at, problems${askingOf({ ref }, scope)})`)
  for (const [index, one] of allOf.entries()) checks.push(...alike(one, isNarrowed, `${stem}Part${index + 1}`, scope))
  if (anyOf)
    checks.push(
      whole(
        code`!${helper('meetsAny')}(${named(anyOf, 'Choice')}, value, problems${asking(scope)})`,
        `must meet one of ${anyOf.length} descriptions`,
      ),
    )
  if (oneOf)
    checks.push(
      whole(
        code`${helper('countMet')}(${named(oneOf, 'Case')}, value, problems${asking(scope)}) !== 1`,
        `must meet exactly one of ${oneOf.length} descriptions`,
      ),
    )
  if (refused !== undefined)
    checks.push(
      whole(code`${helper('isMet')}(${raw(scope.functionOf(refused, `${stem}Refused`))}, value, problems)`, 'is what it must not be'),
    )
  return [...checks, ...chosen(schema, scope)]
}

function chosen({ if: condition, then = true, else: otherwise = true, types }: SchemaKeywords, scope: SchemaScope): readonly Hole[] {
  const isNarrowed = types?.length === 1
  if (condition === undefined) return []
  const [yes, no] = [alike(then, isNarrowed, `${scope.stem}Then`, scope), alike(otherwise, isNarrowed, `${scope.stem}Else`, scope)]
  if (yes.length + no.length === 0 && !scope.known) return []
  const holds = code`${helper('isMet')}(${raw(scope.functionOf(condition, `${scope.stem}If`))}, value, problems${asking(scope)})`
  if (yes.length + no.length === 0) return [holds]
  if (yes.length === 0) return [block(code`!${holds}`, no)]
  if (no.length === 0) return [block(holds, yes)]
  return [
    code`
if (${holds}) {
  ${lines(yes)}
} else {
  ${lines(no)}
}`,
  ]
}
