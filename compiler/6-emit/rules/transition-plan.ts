import { type Code, code, type Hole, lines, raw, typeSym } from '../../code/code.ts'
import { literal, quote } from '../../code/literal.ts'
import { printTypeScript } from '../../expression/print-typescript.ts'
import type { Typed } from '../../expression/typed.ts'
import type { CompiledRule } from '../../ir/rule.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { printedWith, relatedValues, userValues } from './condition-code.ts'
import { type ModuleScope, RUNTIME } from './module-scope.ts'
import { addPath, overStored } from './rule-fields.ts'

/** A state machine as data. */
export function transitionPlan(rule: CompiledRule & { readonly kind: 'transition' }, scope: ModuleScope): Hole {
  const { object } = scope
  const field = object.fields.find(({ name }) => name === rule.field)
  const base = field?.value.kind === 'option' ? field.value.base : field?.value.kind === 'number' ? 'number' : 'string'
  const state = (text: string): string | number => (base === 'number' ? Number(text) : text)
  const from = new Map<string, (string | number | null)[]>()
  const allow = (next: string, before: string | number | null): void => void from.set(next, [...(from.get(next) ?? []), before])
  for (const [before, after] of Object.entries(rule.transitions)) for (const next of new Set([...after, before])) allow(next, state(before))
  // A record without a value has not begun yet.
  for (const first of rule.initial ?? [...from.keys()]) allow(first, null)
  const applies = rule.applies ? appliesText(rule.applies, scope) : undefined
  const members: Hole[] = [
    raw(`rule: ${scope.nameOf(rule)},`),
    ...(rule.on.join() === 'create,update' ? [] : [raw(`on: ${literal(rule.on)},`)]),
    raw(`field: ${quote(rule.field)},`),
    raw(`from: ${prettyLiteral(Object.fromEntries(from), { used: 'from: ,'.length, margin: 6 })},`),
    ...(rule.initial ? [raw(`initial: ${prettyLiteral(rule.initial.map(state), { used: 'initial: ,'.length, margin: 6 })},`)] : []),
    ...(rule.fields ? [raw(`fields: ${literal(rule.fields)},`)] : []),
    ...(applies ? [applies] : []),
  ]
  return code`
{
  ${lines(members)}
},`
}

/** For which records a rule that is data is meant. */
export function appliesText(applies: Typed, scope: ModuleScope): Code {
  scope.userKinds.clear()
  scope.beyond.clear()
  const printed = printedWith(printTypeScript, overStored(applies, scope.object), scope, 'previous.id === undefined')
  addPath(scope.shape, ['id'], 'text')
  const values = [...userValues(scope), ...relatedValues(scope)]
  const head = code`applies: (record: Fields, previous: Fields, findings: ${typeSym('Findings', RUNTIME)}) =>`
  if (values.length === 0) return code`${head} ${printed},`
  return code`
${head} {
  ${lines(values)}
  return ${printed}
},`
}
