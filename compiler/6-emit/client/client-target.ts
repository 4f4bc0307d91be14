import { type Code, code, type Hole, joined, lines, list, NOTHING, raw, type Sym, sym, typeSym } from '../../code/code.ts'
import { LINE_WIDTH } from '../../code/line-width.ts'
import { propertyKey, quote } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { QueryPlanIr } from '../../ir/query-plan.ts'
import { fileHeader } from '../file-header.ts'
import { remoteActions } from '../objects/action-types.ts'
import { jsDoc } from '../objects/js-doc.ts'
import { callType, itemType, plannedQueries } from '../objects/query-types.ts'
import { type QueryNames, typeNames } from '../objects/type-names.ts'
import type { Target } from '../target.ts'
import { warningRules } from '../warning-rules.ts'
import {
  type ActionContext,
  actionCalls,
  actionDeclarations,
  actionFunctions,
  boundActions,
  hasActions,
  withActions,
} from './client-actions.ts'
import { type ClientObject, RUNTIME } from './client-object.ts'
import {
  boundEvents,
  boundWorkflows,
  type ClientWorkflows,
  clientWorkflows,
  eventDeclarations,
  eventFunctions,
  withEvents,
  workflowDeclarations,
  workflowFunctions,
  workflowName,
  workflowsType,
} from './client-workflows.ts'
import { ALL_METHODS, collectionPath, type Operation, operationsOf } from './operation.ts'

/**
 * The typed SDK. `client/index.js` has everything behind one object; `client/operations.js` has one function per operation, so that
 * a bundler keeps only those in use. Two modules because an object may be called `client`, and then both have a `createClient`.
 */
export const clientTarget: Target = {
  name: 'client',
  emit(app, config) {
    const namesByObject = typeNames(app)
    const objects = app.objects.flatMap((object): readonly ClientObject[] => {
      const operations = operationsOf(object)
      const names = namesByObject.get(object.name)
      if (names === undefined || operations.length === 0) return []
      const model = typeSym(names.model, `../objects/${object.names.file}.js`)
      return [{ object, names, operations, path: collectionPath(config.api.basePath, object), model }]
    })
    const taken = objects.flatMap((entry) => [
      ...entry.operations.map(({ name }) => name),
      ...queriesOf(entry).map(({ own }) => own.operation),
      ...remoteActions(entry.object, entry.names).map(({ own }) => own.operation),
    ])
    const workflows = clientWorkflows(app, config.api.basePath, taken)
    const context = { objectByName: new Map(app.objects.map((object) => [object.name, object])), namesByObject }
    return [
      { path: 'client/index.js', text: clientScript(objects, workflows) },
      { path: 'client/index.d.ts', text: clientDeclarations(objects, context, workflows) },
      { path: 'client/operations.js', text: operationsScript(objects, workflows) },
      { path: 'client/operations.d.ts', text: operationsDeclarations(objects, context, workflows) },
    ]
  },
}

const clientScript = (objects: readonly ClientObject[], workflows: ClientWorkflows | undefined): string =>
  sourceText({
    header: fileHeader(),
    body: code`
export { isProblem, ProblemError } from ${RUNTIME}

/** The client: one property per object. */
export function createClient(connection) {
  return {
    ${lines(objects.map((entry) => code`${raw(propertyKey(entry.object.name))}: ${boundClient(entry)},`))}
    ${lines(boundWorkflows(workflows))}
  }
}
`,
  })

function boundClient(entry: ClientObject): Hole {
  const calls = code`${sym('objectClient', RUNTIME)}(connection, ${entry.path})`
  const parts = [...boundQueries(entry), ...boundActions(entry), ...boundEvents(entry)]
  if (parts.length === 0) return calls
  return code`
{
  ...${calls},
  ${lines(parts)}
}
`
}

function boundQueries(entry: ClientObject): readonly Hole[] {
  const queries = queriesOf(entry)
  if (queries.length === 0) return []
  const namesOf = (some: typeof queries): Hole =>
    list(
      some.map(({ query, own }) => raw(`${propertyKey(own.call)}: ${quote(query.name)}`)),
      { brackets: ['{ ', ' }'], tail: 1 },
    )
  const without = queries.filter(({ own }) => own.params === undefined)
  const args = [
    raw('connection'),
    code`${entry.path}`,
    namesOf(queries.filter(({ own }) => own.params !== undefined)),
    ...(without.length > 0 ? [namesOf(without)] : []),
  ]
  return [code`queries: ${sym('queryClient', RUNTIME)}${list(args, { brackets: ['(', ')'], tail: 1 })},`]
}

/** Named queries are lists. */
const queriesOf = ({ object, names }: ClientObject) => (object.methods.includes('list') ? plannedQueries(object, names) : [])

const clientDeclarations = (objects: readonly ClientObject[], context: ActionContext, workflows: ClientWorkflows | undefined): string =>
  sourceText({
    header: `${fileHeader()}\nimport type * as ql from '${RUNTIME}'`,
    body: code`
export { type CallOptions, type Connection, isProblem, ProblemError, type WriteOptions } from ${RUNTIME}

${lines(objects.map((entry) => code`export type ${raw(entry.names.client)} = ${clientType(entry)}${withHistory(entry)}${withTrash(entry)}${withQueries(entry)}${withActions(entry)}${withEvents(entry)}`))}
${lines(objects.filter((entry) => queriesOf(entry).length > 0).map(queryCalls))}
${lines(objects.filter(hasActions).map((entry) => actionCalls(entry, context)))}

${lines(workflowName(workflows))}
/** Every object of the server. Calls reject with a ProblemError when the server refuses. */
export interface Client {
  ${lines(objects.map(({ object, names }) => raw(`readonly ${propertyKey(object.name)}: ${names.client}`)))}
  ${lines(workflowsType(workflows))}
}

export declare function createClient(connection: ql.Connection): Client
`,
  })

/** Calls that the API does not offer are left out: whichever list is shorter says which. */
function clientType({ object, names, model, operations }: ClientObject): Hole {
  const client = warningRules(object).length > 0 ? 'ToldClient' : 'ObjectClient'
  const all = code`ql.${raw(client)}<${model}>`
  const offered = new Set(operations.flatMap(({ method }) => methodsOf(method)))
  const missing = ALL_METHODS.flatMap(methodsOf).filter((method) => !offered.has(method))
  if (missing.length === 0) return all
  const own = [...offered].filter((method) => ALL_METHODS.flatMap(methodsOf).includes(method))
  const [type, methods] = missing.length < offered.size ? ['Omit', missing] : ['Pick', own]
  const union = raw(methods.map(quote).join(' | '))
  const used = `export type ${names.client} = ${type}<ql.${client}<>, >`.length + model.name.length
  return used + union.text.length <= LINE_WIDTH ? code`${raw(type)}<${all}, ${union}>` : code`${raw(type)}<\n  ${all},\n  ${union}\n>`
}

const withHistory = ({ operations }: ClientObject): Hole =>
  operations.some(({ method }) => method === 'history') ? raw(' & ql.HistoryCalls') : NOTHING

/** Who may purge may restore. */
const withTrash = ({ operations, model }: ClientObject): Hole => {
  const offered = operations.map(({ method }) => method)
  if (!offered.includes('restore')) return NOTHING
  const all = code` & ql.TrashCalls<${model}>`
  return offered.includes('restoreMany') ? all : code` & Pick<ql.TrashCalls<${model}>, 'restore' | 'purge'>`
}

const withQueries = (entry: ClientObject): Hole =>
  queriesOf(entry).length === 0 ? NOTHING : raw(` & { readonly queries: ${entry.names.clientQueries} }`)

/** The queries of the schema of one object. */
const queryCalls = (entry: ClientObject): Code => code`

/** Queries of the schema. */
export interface ${raw(entry.names.clientQueries)} {
  ${lines(queriesOf(entry).flatMap(({ query, plan, own }) => [jsDoc(query.description ?? ''), code`${raw(propertyKey(own.call))}: ${callType('ClientQueryCall', ...typesOf(entry, own, plan))}`]))}
}
`

/** Names of the types of a query, imported from the module of its object. */
function typesOf({ object, names }: ClientObject, own: QueryNames, plan: QueryPlanIr): [Hole, Hole, QueryPlanIr] {
  const from = `../objects/${object.names.file}.js`
  const item = typeSym(itemType(plan, own, names), from)
  return [own.params === undefined ? NOTHING : typeSym(own.params, from), item, plan]
}

/** Reading page by page has two forms on the client, and one among the functions. */
const methodsOf = (method: string): readonly string[] => (method === 'each' ? ['each', 'pages'] : [method])

const operationsScript = (objects: readonly ClientObject[], workflows: ClientWorkflows | undefined): string =>
  sourceText({
    header: fileHeader(),
    body: code`
export { isProblem, ProblemError } from ${RUNTIME}

${lines(objects.flatMap(({ operations, path }) => operations.map(({ name, factory }) => code`export const ${raw(name)} = /* @__PURE__ */ ${sym(factory, RUNTIME)}(${path})`)))}
${lines(objects.flatMap((entry) => queriesOf(entry).map(({ query, own }) => queryFunction(entry, query.name, own))))}
${lines(objects.flatMap(actionFunctions))}
${lines(objects.flatMap(eventFunctions))}
${lines(workflowFunctions(workflows))}
`,
  })

const queryFunction = ({ path }: ClientObject, name: string, { operation, params }: QueryNames): Code =>
  code`export const ${raw(operation)} = /* @__PURE__ */ ${sym(params === undefined ? 'namedWithout' : 'named', RUNTIME)}(${`${path}/queries/${name}`})`

const operationsDeclarations = (objects: readonly ClientObject[], context: ActionContext, workflows: ClientWorkflows | undefined): string =>
  sourceText({
    header: `${fileHeader()}\nimport type * as ql from '${RUNTIME}'`,
    body: code`
export { type CallOptions, type Connection, isProblem, ProblemError, type WriteOptions } from ${RUNTIME}

${lines(objects.map(operationTypes))}
${lines(objects.flatMap((entry) => queriesOf(entry).map(({ own, plan }) => code`export declare const ${raw(own.operation)}: ${callType('QueryOperation', ...typesOf(entry, own, plan))}`)))}
${lines(objects.flatMap((entry) => actionDeclarations(entry, context)))}
${lines(objects.flatMap(eventDeclarations))}
${lines(workflowName(workflows))}
${lines(workflowDeclarations(workflows))}
`,
  })

/** One statement for all: declarations are what editors read. */
const operationTypes = ({ operations, model }: ClientObject): Code => code`
export declare const ${joined(
  operations.map((operation) => code`${raw(operation.name)}: ${functionType(operation, model)}`),
  ',\n  ',
)}
`

const functionType = ({ type }: Operation, model: Sym): Hole =>
  WITHOUT_MODEL.has(type) ? raw(`ql.${type}`) : code`ql.${raw(type)}<${model}>`

const WITHOUT_MODEL: ReadonlySet<string> = new Set(['DeleteCall', 'HistoryCall', 'PurgeCall'])
