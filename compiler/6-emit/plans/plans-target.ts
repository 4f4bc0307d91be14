import { type Code, code, type Hole, lines, list, type Raw, raw, sym, typeSym } from '../../code/code.ts'
import { literal, propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { ResolvedConfig } from '../../config/config.ts'
import type { AppIr, FieldIr, ObjectIr } from '../../ir/object.ts'
import { hasActions } from '../actions/actions-target.ts'
import { fileHeader } from '../file-header.ts'
import { hasPipelines } from '../hooks/hooks-target.ts'
import { typeNames } from '../objects/type-names.ts'
import { uniqueKeys } from '../objects/unique-keys.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { noMemory } from '../print-memory.ts'
import { hasRules } from '../rules/rules-target.ts'
import { createValidator, signedFields } from '../signed-fields.ts'
import { stepScopes, workflowsByFile } from '../steps/step-scopes.ts'
import { stepsComment } from '../steps/steps-comment.ts'
import type { EmitContext, FormulaTexts, OutputFile, Target } from '../target.ts'
import { isClonable, trackedFields } from '../tracked-fields.ts'
import { workflowName } from '../workflows/workflow-name.ts'
import { autonumberPlans } from './autonumber-plans.ts'
import { fieldPlan } from './field-plan.ts'
import { indexPlans } from './index-plans.ts'
import { insertValues } from './insert-values.ts'
import { type KeptRelations, keptRelations, relationsOf } from './kept-relations.ts'
import { isInPlan, planConstants, quotedTable } from './plan-constants.ts'
import { queryPlans } from './query-plans.ts'
import { readonlyGuard } from './readonly-guard.ts'
import { type TrashPlans, trashPlans, trashPlansOf } from './trash-plans.ts'

const RUNTIME = 'objectql/runtime'

/** `plans/<object>.ts`: SQL as constants, what queries may use, and how an input becomes parameters. */
export const plansTarget: Target = { name: 'plans', emit: emitPlans }

function emitPlans(app: AppIr, { timeZone }: ResolvedConfig, context: EmitContext): readonly OutputFile[] {
  const { memory = noMemory } = context
  const names = memory.map('type names', typeNames(app))
  const tableByName = memory.map('table', new Map(app.objects.map(({ name, table }) => [name, table])))
  const kept = memory.map('kept', keptRelations(app))
  const trash = memory.map('trash', trashPlans(app))
  const objects = memory.map('object', new Map(app.objects.map((object) => [object.name, object])))
  const lineOf = memory.lookup('line', context.lineOf)
  const workflows = memory.map('workflow', workflowsByFile(app))
  const stepsOf = stepScopes({ kept, trash, objectByName: objects, workflowByFile: workflows }, lineOf)
  const printObject = (object: ObjectIr): OutputFile => {
    const extras = [
      ...keptProperties(object, relationsOf(object.name, kept)),
      ...trashProperties(trashPlansOf(object.name, trash)),
      ...readonlyGuard(object),
      ...autonumberPlans(object, timeZone, (name) => sym(name, RUNTIME)),
    ]
    const formulas = object.fields.some(({ formula }) => formula) ? context.formulas?.(object, objects) : undefined
    const createType = names.get(object.name)?.create ?? object.names.pascal
    const text = planModule(object, createType, tableByName, { extras, comment: planComment(object, stepsOf, lineOf) }, formulas)
    return {
      path: `plans/${object.names.file}.ts`,
      text,
      trace: [{ line: planLine(text), path: object.span.path, start: object.span.start }],
    }
  }
  return app.objects.map((object) => memory.forObject('plans', object, () => printObject(object)))
}

type TableByName = ReadonlyMap<string, string>

const planLine = (text: string): number => text.slice(0, text.indexOf('export const plan')).split('\n').length

function planModule(
  object: ObjectIr,
  createType: string,
  tableByName: TableByName,
  { extras, comment }: { readonly extras: readonly Hole[]; readonly comment: Code },
  formulas?: FormulaTexts,
): string {
  const { pascal, file } = object.names
  const from = `../objects/${file}.js`
  const { methods } = object
  const constants = planConstants(object, formulas)
  return sourceText({
    header: fileHeader(object.span.path),
    body: code`
// Reads: JSON built in the database and passed through as it is. No hook, mask or computed field has to see a row of this object.
const json = ${template(constants.json)}

${comment}
export const plan: ${typeSym('ObjectPlan', RUNTIME)} = {
  name: ${object.name},
  label: ${object.label},
  table: ${quoted(object.table)},
  fields: {
    ${lines(object.fields.filter(isInPlan).map((field) => fieldEntry(field, tableByName)))}
  },
  json,
  get: ${withJson(constants.get, constants.json)},
  insert: ${withJson(constants.insert, constants.json)},
  delete: ${constants.delete},
  ${lines(recordsElsewhere(formulas))}
  insertValues,
  validateCreate: ${createValidator(object, sym(`validate${pascal}Create`, from))},
  validateUpdate: ${sym(`validate${pascal}Update`, from)},
  uniqueKeys: ${raw(prettyLiteral(uniqueKeys(object), { used: 'uniqueKeys: ,'.length, margin: 2 }))},
  references: ${references(object, tableByName)},
  methods: ${raw(prettyLiteral(methods, { used: 'methods: ,'.length, margin: 2 }))},
  ${lines(relations(object, tableByName))}
  ${lines(extras)}
  ${lines(changedBy(object))}
  ${lines(queryPlans(object, constants.json))}
  ${lines(behaviour(object))}
}

${insertValues(object, typeSym(createType, from), typeSym('SqlValue', RUNTIME), (name) => sym(name, RUNTIME))}
`,
  })
}

/** Where the object stands, and what its writes do. */
function planComment(object: ObjectIr, stepsOf: ReturnType<typeof stepScopes>, lineOf: EmitContext['lineOf']): Code {
  const source = raw(`@source ${object.span.path}:${lineOf(object.span)}`)
  const steps = stepsComment(stepsOf(object))
  if (steps.length === 0) return code`/** ${source} */`
  return code`
/**
 ${lines(steps)}
 * ${source}
 */
`
}

/** JSON of a whole record for the other databases, where its formulas have to be printed with the schema at hand. */
function recordsElsewhere(formulas: FormulaTexts | undefined): readonly Code[] {
  if (!formulas) return []
  const entries = Object.entries(formulas.records()).map(([name, json]) => code`${raw(name)}: ${template(json)},`)
  return [
    code`
records: {
  ${lines(entries)}
},`,
  ]
}

function changedBy(object: ObjectIr): readonly Raw[] {
  const { changed = [] } = signedFields(object)
  return property('changedBy', changed, changed.length)
}

/** Rules, hooks and actions; nothing for an object without them. */
const behaviour = (object: ObjectIr): readonly Hole[] => [
  ...(hasRules(object) ? [code`${sym('rules', `../rules/${object.names.file}.ts`)},`] : []),
  ...behaviourOf(object),
  ...(hasActions(object) ? [raw(`actions: () => import(${literal(`../actions/${object.names.file}.ts`)}),`)] : []),
]

/** Hooks, and the workflows that writes start. */
function behaviourOf({ names, workflows, machines, charts, ...object }: ObjectIr): readonly Hole[] {
  const hooks = hasPipelines({ names, ...object }) ? sym('behaviour', `../hooks/${names.file}.ts`) : undefined
  if (!workflows && !machines && !charts) return hooks ? [code`${hooks},`] : []
  const behind = (name: string, before: Hole, constant: string): Hole =>
    code`${sym(name, 'objectql/runtime/workflow')}(${before}, ${sym(constant, `../machines/${names.file}.ts`)})`
  const flat = machines ? behind('stateful', hooks ?? raw('undefined'), 'machines') : (hooks ?? raw('undefined'))
  const inner = charts ? behind('charted', flat, 'charts') : flat
  if (!workflows) return [code`behaviour: ${inner},`]
  const plans = list(workflows.map((file) => sym(workflowName(file), `../workflows/${file}.ts`)))
  return [code`behaviour: ${sym('triggering', 'objectql/runtime/workflow')}(${inner}, ${plans}),`]
}

/** What queries go by besides fields; nothing for an object without it. */
function relations(object: ObjectIr, tableByName: TableByName): readonly Raw[] {
  const indexes = indexPlans(object, tableByName)
  const children = Object.fromEntries(object.children.map(({ name, object: child, field }) => [name, { object: child, field }]))
  return [
    ...property('children', children, object.children.length),
    ...property('indexes', indexes, indexes.length),
    ...property('searchable', object.searchable, object.searchable.length),
  ]
}

/** What the server keeps in the records by itself; nothing for an object without it. */
const keptProperties = (object: ObjectIr, { rollups, summaries, dependents }: KeptRelations): readonly Raw[] => [
  ...property('history', trackedFields(object), trackedFields(object).length),
  ...(isClonable(object) ? [] : [raw('isClonable: false,')]),
  ...property('rollups', rollups, rollups.length),
  ...property('summaries', summaries, Object.keys(summaries).length),
  ...property('dependents', dependents, dependents.length),
]

/** Deleted records that stay; nothing for an object without a trash, and without lookups to one. */
const trashProperties = ({ trash, trashTargets }: TrashPlans): readonly Raw[] => [
  ...property('trash', trash, trash ? 1 : 0),
  ...property('trashTargets', trashTargets, trashTargets ? 1 : 0),
]

const property = (key: string, value: unknown, size: number): readonly Raw[] =>
  size === 0 ? [] : [raw(`${key}: ${prettyLiteral(value, { used: `${key}: ,`.length, margin: 2 })},`)]

function fieldEntry(field: FieldIr, tableByName: TableByName): Raw {
  const key = propertyKey(field.name)
  // Where every object has a member of that name, TypeScript looks at that one's type and takes a kind for any text.
  const constant = field.name in Object.prototype ? ' as const' : ''
  const used = key.length + constant.length + ': ,'.length
  // The author's text says it better than the data.
  const comment = field.formula ? `// ${field.formula.source.replace(/\s+/g, ' ').trim()}\n` : ''
  return raw(`${comment}${key}: ${prettyLiteral(fieldPlan(field, tableByName), { used, margin: 4 })}${constant},`)
}

/** A template literal that reads like the SQL it holds. */
const template = (sql: string): Code => code`${raw(`\`${escaped(sql)}\``)}`

/** The statement with the record's JSON taken from the constant above. */
function withJson(sql: string, json: string): Code {
  const pieces = sql.split(json).map(escaped)
  return code`${raw(`\`${pieces.join('${json}')}\``)}`
}

/** Line breaks too, which a name may hold: the writer would indent what comes after them. */
const escaped = (sql: string): string =>
  sql.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${').replaceAll('\n', '\\n').replaceAll('\r', '\\r')

/** The quoted table name, as a literal. */
const quoted = (name: string): Code => code`${quotedTable(name)}`

/** Fields with a foreign key and the table each points at. */
function references(object: ObjectIr, tableByName: TableByName): Code {
  const entries = object.fields.flatMap((field) => {
    const table = field.isList || field.reference?.object === undefined ? undefined : tableByName.get(field.reference.object)
    return table === undefined ? [] : [code`${raw(propertyKey(field.name))}: ${quoted(table)}`]
  })
  return code`${list(entries, { brackets: ['{ ', ' }'], tail: 1 })}`
}
