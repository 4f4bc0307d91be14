import { type Code, code, type Hole, lines, raw, sym, typeSym } from '../../code/code.ts'
import { quote } from '../../code/literal.ts'
import { fieldsOf } from '../../expression/map-fields.ts'
import type { ObjectIr } from '../../ir/object.ts'
import type { CompiledRule } from '../../ir/rule.ts'
import type { Imports } from '../hooks/handler-imports.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { type ModuleScope, RUNTIME } from './module-scope.ts'

export type QuestionRule = CompiledRule & { readonly kind: 'validator' }

/** Rules whose validators are asked: functions and addresses. */
export const isQuestion = (rule: CompiledRule): rule is QuestionRule => rule.kind === 'validator'

/** Names of rules have no two underscores in a row. */
export const questionName = (rule: QuestionRule, { nameOf }: Pick<ModuleScope, 'nameOf'>): string => `${nameOf(rule)}__ASKED`

/** On update a rule is looked at only where one of these gets another value. Undefined: others say when. */
export function watchedFields(rule: CompiledRule): readonly string[] | undefined {
  if (rule.fields || rule.kind !== 'validator' || rule.field === undefined) return rule.fields
  const named = rule.applies ? fieldsOf(rule.applies).flatMap(({ root, path: [name] }) => (root === 'record' ? (name ?? []) : [])) : []
  return [...new Set([rule.field.split('.')[0] ?? '', ...named])]
}

/** A patch without any of these asks nobody. Undefined: any patch may. */
export function watchedByAll(rules: readonly QuestionRule[], object: ObjectIr): readonly string[] | undefined {
  const names = new Set<string>()
  for (const rule of rules) {
    if (!rule.on.includes('update')) continue
    const watched = watchedFields(rule)
    if (!watched) return undefined
    for (const name of watched) names.add(name)
  }
  return object.fields.flatMap(({ name }) => (names.has(name) ? [name] : []))
}

/** The constant that says whom a rule asks, and what. */
export function questionConstant(rule: QuestionRule, scope: ModuleScope, imports: Imports): Code {
  const member = (name: string, value: unknown): readonly Hole[] =>
    value === undefined ? [] : [raw(`${name}: ${prettyLiteral(value, { used: name.length + 3, margin: 2 })},`)]
  // What is never read is told to nobody outside either.
  const secrets = scope.object.fields.flatMap(({ name, isWriteOnly }) => (isWriteOnly ? [name] : []))
  const members = [
    raw(`rule: ${scope.nameOf(rule)},`),
    askOf(rule, imports),
    ...member('field', rule.field),
    ...member('params', rule.params),
    ...member('timeout', rule.timeout),
    ...member('secrets', rule.by.kind === 'address' && secrets.length > 0 ? secrets : undefined),
  ]
  return code`
const ${raw(questionName(rule, scope))}: ${typeSym('Question', RUNTIME)} = {
  ${lines(members)}
}`
}

/** A function of the schemas, the name of one that the program registers, or an address. */
function askOf({ by }: QuestionRule, imports: Imports): Hole {
  if (by.kind === 'address') {
    const address = { url: by.url, ...(by.method === 'GET' ? { method: by.method } : {}), ...(by.headers ? { headers: by.headers } : {}) }
    return raw(`ask: ${prettyLiteral(address, { used: 'ask: ,'.length, margin: 2 })},`)
  }
  return raw(`ask: ${functionName(by, imports) ?? quote(by.name)},`)
}

function functionName(by: QuestionRule['by'] & { readonly kind: 'function' }, imports: Imports): string | undefined {
  const { name, module, exportPath, isCopied } = by
  if (module === undefined || exportPath === undefined) return undefined
  return imports.nameOf({ name: `${name} validator`, module, exportPath, ...(isCopied ? { isCopied } : {}) })
}

/** What makes functions of what modules export. */
export const handlerHelper = (name: string) => sym(name, 'objectql/runtime/behaviour')
