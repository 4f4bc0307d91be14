import { type Code, code, fitted, type Hole, joined, lines, raw, sym, typeSym, when } from '../../code/code.ts'
import { propertyAccess, quote } from '../../code/literal.ts'
import { holdsAlways, negated, truthOf } from '../../expression/fold.ts'
import { fieldsOf } from '../../expression/map-fields.ts'
import type { Typed } from '../../expression/typed.ts'
import type { ObjectIr } from '../../ir/object.ts'
import type { CompiledRule, RuleOperation } from '../../ir/rule.ts'
import { inComment } from '../objects/js-doc.ts'
import { compilePattern } from '../objects/value-check.ts'
import { stepText } from '../operation-step.ts'
import { asLookedAt, beyondOf, writtenFor } from './beyond-lookups.ts'
import { changed, condition, relatedValues, userValues, wholeCondition } from './condition-code.ts'
import { type ModuleScope, RUNTIME } from './module-scope.ts'
import { isQuestion, questionName, watchedFields } from './questions.ts'
import { addPath, overStored } from './rule-fields.ts'
import { ruleStep } from './rule-step.ts'

interface CheckFunction {
  readonly name: string
  readonly text: Code
}

const FUNCTIONS = {
  check: { create: 'onCreate', update: 'onUpdate', delete: 'onDelete' },
  ask: { create: 'asksOnCreate', update: 'asksOnUpdate', delete: 'asksOnDelete' },
} as const
const RECORDS = { create: 'New records', update: 'Changed records', delete: 'Records that are deleted' } as const
const ASKED = { create: 'new records', update: 'changed records', delete: 'records that are deleted' } as const

/** Checks of the record alone, which are printed as code. */
export const isCheck = ({ kind }: CompiledRule): boolean => kind === 'record' || kind === 'format' || kind === 'json-schema'

/** The checks of an operation, in order, without those that cannot be broken in it. `ask`: rules whose validators are asked. */
export const checksOf = (
  kind: keyof typeof FUNCTIONS,
  operation: RuleOperation,
  rules: readonly CompiledRule[],
  object: ObjectIr,
): readonly CompiledRule[] =>
  rules.filter((rule) => {
    if (!(kind === 'ask' ? isQuestion : isCheck)(rule) || !rule.on.includes(operation)) return false
    if (rule.applies && truthOf(asLookedAt(rule.applies, operation, object)) === false) return false
    return rule.kind !== 'record' || truthOf(negated(asLookedAt(rule.holds, operation, object))) !== false
  })

/** One `if` for each rule, in order. */
export function checkFunction(
  kind: keyof typeof FUNCTIONS,
  operation: RuleOperation,
  rules: readonly CompiledRule[],
  scope: ModuleScope,
): readonly CheckFunction[] {
  const meant = checksOf(kind, operation, rules, scope.object)
  scope.userKinds.clear()
  scope.beyond.clear()
  if (meant.length === 0) return []
  const checks = meant.map((rule) => ruleCheck(rule, operation, scope))
  const origin = meant.map((rule) => stepText(ruleStep(rule, operation, scope)))
  const name = FUNCTIONS[kind][operation]
  const body = lines(checks)
  const usesPrevious = operation === 'update' && /\bprevious\b/.test(JSON.stringify(checks))
  const record = kind === 'check' || /\brecord\b/.test(JSON.stringify(checks)) ? 'record' : '_record'
  const parameters = `${record}: Fields${operation === 'update' ? `, ${usesPrevious ? 'previous' : '_previous'}: Fields` : ''}`
  const said = kind === 'ask' ? `Who is asked about ${ASKED[operation]}, all at once` : `${RECORDS[operation]}, in order`
  const isLookedAt = kind === 'check' || scope.beyond.size + scope.userKinds.size > 0 || /\bfindings\b/.test(JSON.stringify(checks))
  const findings = isLookedAt ? 'findings' : '_findings'
  return [
    {
      name,
      text: code`
/**
 * ${raw(`${said}:`)}
 ${lines(origin.map((text) => raw(`* - ${inComment(text)}`)))}
 */
function ${raw(name)}(${raw(parameters)}, ${raw(findings)}: ${typeSym('Findings', RUNTIME)}${when(kind === 'ask', code`, questions: ${typeSym('Question', RUNTIME)}[]`)}): void {
  ${lines([...userValues(scope), ...relatedValues(scope)])}
  ${body}
}

`,
    },
  ]
}

function ruleCheck(rule: CompiledRule, operation: RuleOperation, scope: ModuleScope): Hole {
  const { object } = scope
  const reduced = (typed: Typed): Typed => asLookedAt(typed, operation, object)
  const applies = rule.applies ? reduced(rule.applies) : holdsAlways
  const terms: Hole[] = operation === 'update' ? [...givenSecrets(rule, scope), ...writtenFields(rule, scope)] : []
  if (rule.skipsBulk) terms.push(raw('!findings.isBulk'))
  const fields = watchedFields(rule)
  if (operation === 'update' && fields) terms.push(changed(fields, scope))
  if (truthOf(applies) === undefined) terms.push(condition(applies, scope))
  if (rule.kind === 'record') {
    const broken = negated(reduced(rule.holds))
    if (truthOf(broken) === undefined) terms.push(...(terms.length > 0 ? [condition(broken, scope)] : wholeCondition(broken, scope)))
  }
  if (rule.kind === 'format') terms.push(formatTerm(rule, scope))
  const found = foundIn(rule, scope)
  if (terms.length === 0) return found
  return fitted(
    code`if (${joined(terms, ' && ')}) ${found}`,
    () => code`
if (
  ${joined(terms, ' &&\n')}
)
  ${found}
`,
  )
}

function foundIn(rule: CompiledRule, scope: ModuleScope): Code {
  if (rule.kind === 'validator') return code`questions.push(${raw(questionName(rule, scope))})`
  return rule.kind === 'json-schema' ? schemaCall(rule, scope) : code`findings.add(${raw(scope.nameOf(rule))})`
}

/** What lies beyond lookups is read only where an update writes something that the rule looks at. */
function writtenFields(rule: CompiledRule, { object }: ModuleScope): readonly Hole[] {
  if (watchedFields(rule) || beyondOf(rule, 'update', object).length === 0) return []
  const written = writtenFor(rule, object)
  return written ? [raw(`findings.writes(${written.map(quote).join(', ')})`)] : []
}

/** What is never read is known only where it is written. */
function givenSecrets(rule: CompiledRule, { object, shape }: ModuleScope): readonly Hole[] {
  const parts = [...(rule.kind === 'record' ? [rule.holds] : []), ...(rule.applies ? [rule.applies] : [])]
  const names = new Set([
    ...parts.flatMap((part) => fieldsOf(overStored(part, object)).flatMap(({ root, path }) => (root === 'record' ? [path[0]] : []))),
    ...(rule.kind === 'format' || rule.kind === 'json-schema' ? [rule.field] : []),
  ])
  return object.fields.flatMap(({ name, isWriteOnly }) => {
    if (!isWriteOnly || !names.has(name)) return []
    addPath(shape, [name], 'text')
    return [raw(`record${propertyAccess(name)} !== undefined`)]
  })
}

/** A value is looked into by functions of its own. */
function schemaCall(rule: CompiledRule & { readonly kind: 'json-schema' }, { object, shape, nameOf, schemaOf }: ModuleScope): Code {
  const field = object.fields.find(({ name }) => name === rule.field)
  const isText = field?.isList !== true && (field?.value.kind === 'string' || field?.value.kind === 'option')
  addPath(shape, [rule.field], isText ? 'text' : 'structure')
  const check = sym(isText ? 'checkSchemaText' : 'checkSchema', RUNTIME)
  return code`${check}(findings, ${raw(nameOf(rule))}, record, ${rule.field}, ${raw(schemaOf(rule))})`
}

const FORMATS = { email: 'isEmail', url: 'isUrl', phone: 'isPhone', json: 'isJson' } as const

function formatTerm(rule: CompiledRule & { readonly kind: 'format' }, { shape, constants, nameOf }: ModuleScope): Code {
  addPath(shape, [rule.field], 'text')
  const value = raw(`record${propertyAccess(rule.field)} ?? null`)
  if (typeof rule.format === 'string') return code`!${sym(FORMATS[rule.format], RUNTIME)}(${value})`
  // Names of rules have no two underscores in a row.
  const name = `${nameOf(rule)}__PATTERN`
  const pattern = compilePattern(rule.format.pattern) ?? /(?:)/
  constants.set(name, code`const ${raw(name)} = new RegExp(${pattern.source}, ${pattern.flags})`)
  return code`!${sym('matches', RUNTIME)}(${value}, ${raw(name)})`
}
