import { type Code, code, type Hole, lines, raw, sym, typeSym, when } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import type { CompiledRule } from '../../ir/rule.ts'
import { fileHeader } from '../file-header.ts'
import { inComment } from '../objects/js-doc.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { noMemory } from '../print-memory.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'
import { type AskedRule, type AskedScope, askedPlan, isAsked } from './asked-plans.ts'
import { beyondMembers } from './beyond-lookups.ts'
import { checkFunction, isCheck } from './check-function.ts'
import { schemaChecks } from './json-schema/schema-checks.ts'
import { constantNames, type ModuleScope, RUNTIME } from './module-scope.ts'
import { newRecord } from './new-record.ts'
import { emptyShape, type Shape } from './rule-fields.ts'
import { appliesText, transitionPlan } from './transition-plan.ts'
import { updateFieldsOf } from './update-fields.ts'

/** `rules/<object>.ts`: validation rules as straight-line code. Objects without rules have no such file. */
export const rulesTarget: Target = { name: 'rules', emit: emitRules }

/** What is printed. */
const isPrinted = (rule: CompiledRule): boolean => isCheck(rule) || rule.kind === 'transition' || isAsked(rule)

export const hasRules = ({ compiledRules = [] }: ObjectIr): boolean => compiledRules.some(isPrinted)

function emitRules(app: AppIr, _config: unknown, { memory = noMemory, lineOf }: EmitContext): readonly OutputFile[] {
  const line = memory.lookup('line', lineOf)
  return app.objects
    .filter(hasRules)
    .map((object) => memory.forObject('rules', object, () => ({ path: `rules/${object.names.file}.ts`, text: rulesModule(object, line) })))
}

function rulesModule(object: ObjectIr, lineOf: EmitContext['lineOf']): string {
  const rules = (object.compiledRules ?? []).filter(isPrinted)
  const names = constantNames(rules)
  const schemas = schemaChecks(rules, names)
  const scope: ModuleScope = {
    object,
    shape: emptyShape(),
    relatedShape: emptyShape(),
    beyond: new Set(),
    lineOf,
    nameOf: (rule) => names.get(rule) ?? 'RULE',
    schemaOf: (rule) => schemas.nameByRule.get(rule) ?? 'checkSchema',
    constants: new Map(schemas.constants),
    userKinds: new Map(),
  }
  const checks = (['create', 'update', 'delete'] as const).flatMap((operation) => checkFunction(operation, rules, scope))
  const transitions = rules.flatMap((rule) => (rule.kind === 'transition' ? [transitionPlan(rule, scope)] : []))
  const asked: AskedScope = { object, nameOf: scope.nameOf, applies: (applies) => appliesText(applies, scope) }
  const plansOf = (kind: AskedRule['kind']): readonly Hole[] =>
    rules.flatMap((rule) => (isAsked(rule) && rule.kind === kind ? [askedPlan(rule, asked)] : []))
  const [unique, related] = [plansOf('unique'), plansOf('related')]
  const updateFields = checks.some(({ name }) => name === 'onUpdate') ? updateFieldsOf(rules.filter(isCheck), object) : undefined
  const record = newRecord(object, scope.shape)
  return sourceText({
    header: fileHeader(object.span.path),
    body: code`
/** What the rules look at. */
type Fields = ${shapeText(scope.shape)}
${when(
  scope.relatedShape.members.size > 0,
  code`

/** What they look at beyond lookups, by path. */
type Related = ${shapeText(scope.relatedShape)}`,
)}

${lines(rules.map((rule) => ruleConstant(rule, scope)))}
${lines([...scope.constants.values()])}

${lines(checks.map(({ text }) => text))}
${lines(schemas.functions)}
${record}

/** ${raw(inComment(`What has to hold of ${object.label}.`))} */
export const rules: ${typeSym('WriteRules', RUNTIME)} = ${sym('enforceRules', RUNTIME)}({
  newRecord,
  ${lines(checks.map(({ name }) => raw(`${name},`)))}
  ${lines(updateFields === undefined ? [] : [raw(`updateFields: ${prettyLiteral(updateFields, { used: 'updateFields: ,'.length, margin: 2 })},`)])}
  ${lines(beyondMembers(rules, object))}
  ${when(
    rules.some(({ messages }) => messages !== undefined),
    raw('isMultilingual: true,'),
  )}
  ${lines(transitions.length === 0 ? [] : [code`transitions: [\n  ${lines(transitions)}\n],`])}
  ${lines(unique.length === 0 ? [] : [code`unique: [\n  ${lines(unique)}\n],`])}
  ${lines(related.length === 0 ? [] : [code`related: [\n  ${lines(related)}\n],`])}
})
`,
  })
}

function ruleConstant(rule: CompiledRule, { nameOf }: ModuleScope): Code {
  const start = `const ${nameOf(rule)}: Rule = `
  const value = {
    name: rule.name,
    code: rule.code,
    severity: rule.severity,
    fields: rule.about,
    message: rule.message,
    messages: rule.messages,
    params: rule.params,
  }
  return code`const ${raw(nameOf(rule))}: ${typeSym('Rule', RUNTIME)} = ${raw(prettyLiteral(value, { used: start.length }))}`
}

function shapeText(shape: Shape): Hole {
  const entries = [...shape.members].map(([name, member]) => {
    const type = member.members.size === 0 ? raw(member.type ?? 'unknown') : code`${shapeText(member)} | null`
    return code`readonly ${raw(propertyKey(name))}?: ${type}`
  })
  return code`
{
  ${lines(entries)}
}`
}
