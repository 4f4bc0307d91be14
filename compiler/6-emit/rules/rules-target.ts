import { posix } from 'node:path'
import { type Code, code, type Hole, lines, raw, sym, typeSym, when } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import type { CompiledRule } from '../../ir/rule.ts'
import { fileHeader } from '../file-header.ts'
import { createHandlerImports } from '../hooks/handler-imports.ts'
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
import { handlerHelper, isQuestion, questionConstant, watchedByAll } from './questions.ts'
import { emptyShape, type Shape } from './rule-fields.ts'
import { appliesText, transitionPlan } from './transition-plan.ts'
import { updateFieldsOf } from './update-fields.ts'
import { validatorTypes } from './validator-types.ts'

/** `rules/<object>.ts`: validation rules as straight-line code. Objects without rules have no such file. */
export const rulesTarget: Target = { name: 'rules', emit: emitRules }

/** What is printed. */
const isPrinted = (rule: CompiledRule): boolean => isCheck(rule) || rule.kind === 'transition' || isAsked(rule) || isQuestion(rule)

export const hasRules = ({ compiledRules = [] }: ObjectIr): boolean => compiledRules.some(isPrinted)

function emitRules(app: AppIr, _config: unknown, { memory = noMemory, lineOf, output = 'generated' }: EmitContext): readonly OutputFile[] {
  const line = memory.lookup('line', lineOf)
  const folder = posix.join(output, 'rules')
  const modules = app.objects
    .filter(hasRules)
    .map((object) =>
      memory.forObject('rules', object, () => ({ path: `rules/${object.names.file}.ts`, text: rulesModule(object, line, folder) })),
    )
  const hasFunctions = app.objects.some(({ compiledRules = [] }) =>
    compiledRules.some((rule) => isQuestion(rule) && rule.by.kind === 'function'),
  )
  return hasFunctions ? [...modules, { path: 'validators.d.ts', text: validatorTypes(app) }] : modules
}

/** `folder`: where it stands, from the root of the project. */
function rulesModule(object: ObjectIr, lineOf: EmitContext['lineOf'], folder: string): string {
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
  const checks = (['check', 'ask'] as const).flatMap((kind) =>
    (['create', 'update', 'delete'] as const).flatMap((operation) => checkFunction(kind, operation, rules, scope)),
  )
  const questions = rules.filter(isQuestion)
  const imports = createHandlerImports(folder, [])
  const questionConstants = questions.map((rule) => questionConstant(rule, scope, imports))
  const functions = imports.constants(handlerHelper)
  const transitions = rules.flatMap((rule) => (rule.kind === 'transition' ? [transitionPlan(rule, scope)] : []))
  const asked: AskedScope = { object, nameOf: scope.nameOf, applies: (applies) => appliesText(applies, scope) }
  const plansOf = (kind: AskedRule['kind']): readonly Hole[] =>
    rules.flatMap((rule) => (isAsked(rule) && rule.kind === kind ? [askedPlan(rule, asked)] : []))
  const [unique, related] = [plansOf('unique'), plansOf('related')]
  const fieldsFor = (name: string, fields: () => readonly string[] | undefined): readonly string[] | undefined =>
    checks.some((one) => one.name === name) ? fields() : undefined
  const updateFields = fieldsFor('onUpdate', () => updateFieldsOf(rules.filter(isCheck), object))
  const watched = fieldsFor('asksOnUpdate', () => watchedByAll(questions, object))
  const record = newRecord(object, scope.shape)
  return sourceText({
    header: [fileHeader(object.span.path), ...imports.statements()].join('\n'),
    body: code`
${when(
  functions.length > 0,
  code`
${lines(functions)}

`,
)}
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
${lines(questionConstants)}

${lines(checks.map(({ text }) => text))}
${lines(schemas.functions)}
${record}

/** ${raw(inComment(`What has to hold of ${object.label}.`))} */
export const rules: ${typeSym('WriteRules', RUNTIME)} = ${sym('enforceRules', RUNTIME)}({
  newRecord,
  ${lines(checks.map(({ name }) => raw(`${name},`)))}
  ${fieldList('updateFields', updateFields)}
  ${fieldList('askedFields', watched)}
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

/** A member of the plan that lists fields. */
const fieldList = (name: string, fields: readonly string[] | undefined): Hole =>
  lines(fields === undefined ? [] : [raw(`${name}: ${prettyLiteral(fields, { used: name.length + 3, margin: 2 })},`)])

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
