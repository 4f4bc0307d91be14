import { type Code, code, fitted, type Hole, joined, lines, raw, sym, typeSym } from '../../code/code.ts'
import { literal, propertyAccess, propertyKey, quote } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import { fold, holdsAlways, type Known, negated, truthOf } from '../../expression/fold.ts'
import { fieldsOf, namesNow } from '../../expression/map-fields.ts'
import { printOperand, printTypeScript } from '../../expression/print-typescript.ts'
import type { Typed } from '../../expression/typed.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import type { CompiledRule, RuleOperation } from '../../ir/rule.ts'
import { kebabCase } from '../../ir/words.ts'
import { fileHeader } from '../file-header.ts'
import { inComment } from '../objects/js-doc.ts'
import { compilePattern } from '../objects/value-check.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { noMemory } from '../print-memory.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'
import { newRecord } from './new-record.ts'
import { addPath, emptyShape, overStored, type Shape } from './rule-fields.ts'

const RUNTIME = 'objectql/runtime/rules'

/** `rules/<object>.ts`: validation rules as straight-line code. Objects without rules have no such file. */
export const rulesTarget: Target = { name: 'rules', emit: emitRules }

/** What is printed. Rules that ask the database are not, yet. */
const isPrinted = ({ kind }: CompiledRule): boolean => kind === 'record' || kind === 'transition' || kind === 'format'

export const hasRules = ({ compiledRules = [] }: ObjectIr): boolean => compiledRules.some(isPrinted)

function emitRules(app: AppIr, _config: unknown, { memory = noMemory, lineOf }: EmitContext): readonly OutputFile[] {
  const line = memory.lookup('line', lineOf)
  return app.objects
    .filter(hasRules)
    .map((object) => memory.forObject('rules', object, () => ({ path: `rules/${object.names.file}.ts`, text: rulesModule(object, line) })))
}

interface Scope {
  readonly object: ObjectIr
  readonly shape: Shape
  readonly lineOf: EmitContext['lineOf']
  readonly nameOf: (rule: CompiledRule) => string
  /** By name. */
  readonly constants: Map<string, Code>
}

function rulesModule(object: ObjectIr, lineOf: EmitContext['lineOf']): string {
  const rules = (object.compiledRules ?? []).filter(isPrinted)
  const names = constantNames(rules)
  const scope: Scope = { object, shape: emptyShape(), lineOf, nameOf: (rule) => names.get(rule) ?? 'RULE', constants: new Map() }
  const checks = (['create', 'update', 'delete'] as const).flatMap((operation) => checkFunction(operation, rules, scope))
  const transitions = rules.flatMap((rule) => (rule.kind === 'transition' ? [transitionPlan(rule, scope)] : []))
  const updateFields = fieldsOfUpdates(rules, object)
  const record = newRecord(object, scope.shape)
  return sourceText({
    header: fileHeader(object.span.path),
    body: code`
/** What the rules look at. */
type Fields = ${shapeText(scope.shape)}

${lines(rules.map((rule) => ruleConstant(rule, scope)))}
${lines([...scope.constants.values()])}

${lines(checks.map(({ text }) => text))}
${record}

/** ${raw(inComment(`What has to hold of ${object.label}.`))} */
export const rules: ${typeSym('WriteRules', RUNTIME)} = ${sym('enforceRules', RUNTIME)}({
  newRecord,
  ${lines(checks.map(({ name }) => raw(`${name},`)))}
  ${lines(updateFields === undefined ? [] : [raw(`updateFields: ${prettyLiteral(updateFields, { used: 'updateFields: ,'.length, margin: 2 })},`)])}
  ${lines(transitions.length === 0 ? [] : [code`transitions: [\n  ${lines(transitions)}\n],`])}
})
`,
  })
}

function constantNames(rules: readonly CompiledRule[]): ReadonlyMap<CompiledRule, string> {
  const used = new Set<string>()
  return new Map(
    rules.map((rule) => {
      const stem = kebabCase(rule.name)
        .replaceAll('-', '_')
        .toUpperCase()
        .replace(/^(?=\d)/, 'RULE_')
      let name = stem
      for (let number = 2; used.has(name); number++) name = `${stem}_${number}`
      used.add(name)
      return [rule, name]
    }),
  )
}

function ruleConstant(rule: CompiledRule, { nameOf }: Scope): Code {
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

interface CheckFunction {
  readonly name: string
  readonly text: Code
}

const FUNCTIONS = { create: 'onCreate', update: 'onUpdate', delete: 'onDelete' } as const
const RECORDS = { create: 'New records', update: 'Changed records', delete: 'Records that are deleted' } as const

/** One `if` for each rule, in order. */
function checkFunction(operation: RuleOperation, rules: readonly CompiledRule[], scope: Scope): readonly CheckFunction[] {
  const meant = rules.filter((rule) => rule.kind !== 'transition' && rule.on.includes(operation))
  const checks = meant.flatMap((rule) => ruleCheck(rule, operation, scope))
  if (checks.length === 0) return []
  const origin = meant.map((rule) => `${rule.name} (${rule.span.path}:${scope.lineOf(rule.span)})`)
  const name = FUNCTIONS[operation]
  const body = lines(checks)
  const usesPrevious = operation === 'update' && /\bprevious\b/.test(JSON.stringify(checks))
  const parameters = operation === 'update' ? `record: Fields, ${usesPrevious ? 'previous' : '_previous'}: Fields` : 'record: Fields'
  return [
    {
      name,
      text: code`
/**
 * ${raw(`${RECORDS[operation]}, in order:`)}
 ${lines(origin.map((text) => raw(`* - ${inComment(text)}`)))}
 */
function ${raw(name)}(${raw(parameters)}, findings: ${typeSym('Findings', RUNTIME)}): void {
  ${body}
}

`,
    },
  ]
}

function ruleCheck(rule: CompiledRule, operation: RuleOperation, scope: Scope): readonly Hole[] {
  const { object } = scope
  const known: Known = {
    isNew: operation === 'create',
    neverNull: new Set(operation === 'create' ? object.fields.flatMap(({ name, autonumber }) => (autonumber ? [name] : [])) : []),
  }
  const applies = rule.applies ? fold(overStored(rule.applies, object), known) : holdsAlways
  if (truthOf(applies) === false) return []
  const terms: Hole[] = []
  if (rule.skipsBulk) terms.push(raw('!findings.isBulk'))
  if (operation === 'update' && rule.fields) terms.push(changed(rule.fields, scope))
  if (truthOf(applies) === undefined) terms.push(condition(applies, scope))
  if (rule.kind === 'record') {
    const broken = negated(fold(overStored(rule.holds, object), known))
    if (truthOf(broken) === false) return []
    if (truthOf(broken) === undefined) terms.push(...(terms.length > 0 ? [condition(broken, scope)] : wholeCondition(broken, scope)))
  }
  if (rule.kind === 'format') terms.push(formatTerm(rule, scope))
  const found = code`findings.add(${raw(scope.nameOf(rule))})`
  if (terms.length === 0) return [found]
  return [
    fitted(
      code`if (${joined(terms, ' && ')}) ${found}`,
      () => code`
if (
  ${joined(terms, ' &&\n')}
)
  ${found}
`,
    ),
  ]
}

const changed = (fields: readonly string[], { shape }: Scope): Hole => {
  for (const field of fields) addPath(shape, [field], 'structure')
  return code`${sym('isChanged', RUNTIME)}(record, previous, ${raw(fields.map(quote).join(', '))})`
}

/** A condition as an operand of `&&`. */
const condition = (typed: Typed, scope: Scope): Hole => printedWith(printOperand, typed, scope)

/** A condition by itself, in parts that may stand on lines of their own. */
const wholeCondition = (typed: Typed, scope: Scope): readonly Hole[] =>
  typed.kind === 'and' ? typed.parts.map((part) => condition(part, scope)) : [printedWith(printTypeScript, typed, scope)]

function printedWith(print: typeof printTypeScript, typed: Typed, { shape }: Scope): Hole {
  mapFields(typed, shape)
  const helpers = new Set<string>()
  const text = print(typed, {
    record: 'record',
    previous: 'previous',
    now: 'findings.now',
    isNew: 'false',
    helper: (name) => {
      helpers.add(name)
      return name
    },
  })
  return withHelpers(text, helpers)
}

/** Names of functions become imports. */
function withHelpers(text: string, helpers: ReadonlySet<string>): Hole {
  if (helpers.size === 0) return raw(text)
  const parts = text.split(new RegExp(`\\b(${[...helpers].join('|')})(?=\\()`))
  return { kind: 'block', parts: parts.map((part, index) => (index % 2 === 1 ? sym(part, RUNTIME) : raw(part))), separator: '' }
}

function mapFields(typed: Typed, shape: Shape): void {
  for (const field of fieldsOf(typed)) if (field.root !== 'current_user') addPath(shape, field.path, field.type)
}

const FORMATS = { email: 'isEmail', url: 'isUrl', phone: 'isPhone', json: 'isJson' } as const

function formatTerm(rule: CompiledRule & { readonly kind: 'format' }, { shape, constants, nameOf }: Scope): Code {
  addPath(shape, [rule.field], 'text')
  const value = raw(`record${propertyAccess(rule.field)} ?? null`)
  if (typeof rule.format === 'string') return code`!${sym(FORMATS[rule.format], RUNTIME)}(${value})`
  // Names of rules have no two underscores in a row.
  const name = `${nameOf(rule)}__PATTERN`
  const pattern = compilePattern(rule.format.pattern) ?? /(?:)/
  constants.set(name, code`const ${raw(name)} = new RegExp(${pattern.source}, ${pattern.flags})`)
  return code`!${sym('matches', RUNTIME)}(${value}, ${raw(name)})`
}

function transitionPlan(rule: CompiledRule & { readonly kind: 'transition' }, scope: Scope): Hole {
  const { object } = scope
  const field = object.fields.find(({ name }) => name === rule.field)
  const base = field?.value.kind === 'option' ? field.value.base : field?.value.kind === 'number' ? 'number' : 'string'
  const state = (text: string): string | number => (base === 'number' ? Number(text) : text)
  const from: Record<string, (string | number)[]> = {}
  for (const [before, after] of Object.entries(rule.transitions))
    for (const next of new Set([...after, before])) {
      from[next] ??= []
      from[next].push(state(before))
    }
  const applies = rule.applies ? appliesText(rule.applies, scope) : undefined
  const members: Hole[] = [
    raw(`rule: ${scope.nameOf(rule)},`),
    ...(rule.on.join() === 'create,update' ? [] : [raw(`on: ${literal(rule.on)},`)]),
    raw(`field: ${quote(rule.field)},`),
    raw(`from: ${prettyLiteral(from, { used: 'from: ,'.length, margin: 6 })},`),
    ...(rule.initial ? [raw(`initial: ${prettyLiteral(rule.initial.map(state), { used: 'initial: ,'.length, margin: 6 })},`)] : []),
    ...(rule.fields ? [raw(`fields: ${literal(rule.fields)},`)] : []),
    ...(applies ? [applies] : []),
  ]
  return code`
{
  ${lines(members)}
},`
}

function appliesText(applies: Typed, scope: Scope): Code {
  const printed = condition(overStored(applies, scope.object), scope)
  return code`applies: (record: Fields, previous: Fields, findings: ${typeSym('Findings', RUNTIME)}) => ${printed},`
}

/** A patch without any of these breaks no rule; undefined: any patch may. */
function fieldsOfUpdates(rules: readonly CompiledRule[], object: ObjectIr): readonly string[] | undefined {
  const names = new Set<string>()
  for (const rule of rules) {
    if (!rule.on.includes('update')) continue
    if (rule.fields) {
      for (const field of rule.fields) names.add(field)
      continue
    }
    const parts = [...(rule.kind === 'record' ? [rule.holds] : []), ...(rule.applies ? [rule.applies] : [])]
    for (const part of parts) {
      const stored = overStored(part, object)
      const fields = fieldsOf(stored)
      if (namesNow(stored) || fields.some(({ root }) => root === 'current_user')) return undefined
      for (const { path } of fields) names.add(path[0] ?? '')
    }
    if (rule.kind === 'transition' || rule.kind === 'format') names.add(rule.field)
  }
  return object.fields.flatMap(({ name }) => (names.has(name) ? [name] : []))
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
