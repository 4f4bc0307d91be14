import { hasHandler, isInternal } from '../../behaviour/action-handlers.ts'
import type { ActionIr, AppIr, NamedQueryIr, ObjectIr } from '../../ir/object.ts'
import { camelCase, pascalCase } from '../../ir/words.ts'
import { callerParams } from '../caller-params.ts'

/** Names of the types that describe one object. All of them are unique in the app, so that any two can be imported side by side. */
export interface TypeNames {
  readonly record: string
  readonly create: string
  readonly update: string
  readonly filter: string
  readonly sort: string
  readonly select: string
  readonly expand: string
  readonly client: string
  readonly model: string
  /** `CrmAccountStatus` by field name, for fields with options. */
  readonly optionByField: ReadonlyMap<string, string>
  /** By name of the query, in the order of the schema. */
  readonly queries: ReadonlyMap<string, QueryNames>
  /** `CrmAccountQueries`: the calls of all of them, in process and of the client. Empty when there are none. */
  readonly queryCalls: string
  readonly clientQueries: string
  /** By name of the action, in the order of the schema. */
  readonly actions: ReadonlyMap<string, ActionNames>
  /** `CrmAccountActions`: the calls of all of them, in process and of the client. Empty when there are none. */
  readonly actionCalls: string
  readonly clientActions: string
}

export interface ActionNames {
  /** `sendInvoice` */
  readonly call: string
  /** `sendInvoiceCrmAccount`: the function of the SDK. */
  readonly operation: string
  /** `CrmAccountSendInvoiceParams`, where it has some. */
  readonly params?: string
  /** `CrmAccountSendInvoiceChannel` by name of the parameter, for those with options. */
  readonly optionByParam: ReadonlyMap<string, string>
}

export interface QueryNames {
  /** `openOfOwner` */
  readonly call: string
  /** `queryCrmAccountOpenOfOwner`: the function of the SDK. */
  readonly operation: string
  /** `CrmAccountOpenOfOwnerParams`, where it has some. */
  readonly params?: string
  /** `CrmAccountOpenOfOwnerItem`: what it answers, where that is not whole records. */
  readonly item?: string
}

/** Suffixes that stay clear of other objects because the object's own name was chosen with them in mind. */
const SUFFIXES = ['Create', 'Update', 'Filter', 'Sort', 'Select', 'Expand', 'Client'] as const

/** First words of the functions of the SDK: an action of that name steps aside. */
export const OPERATION_VERBS: readonly string[] = [
  ...['list', 'each', 'get', 'find', 'create', 'update', 'updateFirst', 'upsert', 'delete', 'count', 'aggregate', 'clone', 'historyOf'],
  ...['replace', 'query', 'batch'],
]

/** Type names by object name. Clashes get `$1`, which no authored name can contain. */
export function typeNames(app: AppIr): ReadonlyMap<string, TypeNames> {
  const known = namesByApp.get(app)
  if (known !== undefined) return known
  const names = allocate(app)
  namesByApp.set(app, names)
  return names
}

/** Most targets ask, and each asks for the same app. */
const namesByApp = new WeakMap<AppIr, ReadonlyMap<string, TypeNames>>()

function allocate(app: AppIr): ReadonlyMap<string, TypeNames> {
  const taken = new Set(app.objects.flatMap(({ names }) => [names.pascal, ...SUFFIXES.map((suffix) => names.pascal + suffix)]))
  for (const { names, actions } of app.objects) {
    if (!actions.some(hasHandler)) continue
    for (const verb of OPERATION_VERBS) for (const noun of [names.pascal, names.pascalPlural]) taken.add(verb + noun)
  }
  const models = new Map(app.objects.map(({ name, names }) => [name, claim(`${names.pascal}Model`, taken)]))
  return new Map(app.objects.map((object) => [object.name, namesOf(object, models.get(object.name) ?? '', taken)]))
}

function namesOf(object: ObjectIr, model: string, taken: Set<string>): TypeNames {
  const { pascal } = object.names
  return {
    record: pascal,
    create: `${pascal}Create`,
    update: `${pascal}Update`,
    filter: `${pascal}Filter`,
    sort: `${pascal}Sort`,
    select: `${pascal}Select`,
    expand: `${pascal}Expand`,
    client: `${pascal}Client`,
    model,
    optionByField: new Map(
      object.fields
        .filter((field) => field.value.kind === 'option' && field.value.options.length > 0)
        .map((field) => [field.name, claim(pascal + pascalCase(field.name), taken)]),
    ),
    queries: new Map(object.queries.map((query) => [query.name, queryNames(pascal + pascalCase(query.name), query, taken)])),
    queryCalls: object.queries.length === 0 ? '' : claim(`${pascal}Queries`, taken),
    clientQueries: object.queries.length === 0 ? '' : claim(`${pascal}ClientQueries`, taken),
    ...namesOfActions(object, taken),
  }
}

const queryNames = (stem: string, { name, plan }: NamedQueryIr, taken: Set<string>): QueryNames => ({
  call: camelCase(name),
  operation: claim(`query${stem}`, taken),
  ...(plan !== undefined && callerParams(plan).length > 0 ? { params: claim(`${stem}Params`, taken) } : {}),
  ...(plan?.row.kind === 'members' ? { item: claim(`${stem}Item`, taken) } : {}),
})

/** Actions without code cannot be called, internal ones not by clients. */
function namesOfActions({ names: { pascal }, actions }: ObjectIr, taken: Set<string>) {
  const callable = actions.filter(hasHandler)
  const calls = new Set<string>()
  return {
    actions: new Map(callable.map((action) => [action.name, actionNames(pascal, action, { taken, calls })])),
    actionCalls: callable.length === 0 ? '' : claim(`${pascal}Actions`, taken),
    clientActions: callable.every(isInternal) ? '' : claim(`${pascal}ClientActions`, taken),
  }
}

function actionNames(
  pascal: string,
  { name, params }: ActionIr,
  { taken, calls }: { readonly taken: Set<string>; readonly calls: Set<string> },
): ActionNames {
  const stem = pascal + pascalCase(name)
  return {
    call: claim(camelCase(name), calls),
    operation: claim(camelCase(name) + pascal, taken),
    ...(params.length > 0 ? { params: claim(`${stem}Params`, taken) } : {}),
    optionByParam: new Map(
      params
        .filter((param) => param.value.kind === 'option' && param.value.options.length > 0)
        .map((param) => [param.name, claim(stem + pascalCase(param.name), taken)]),
    ),
  }
}

function claim(name: string, taken: Set<string>): string {
  let free = name
  for (let suffix = 1; taken.has(free); suffix++) free = `${name}$${suffix}`
  taken.add(free)
  return free
}

/** Name of the metadata constant: `crmAccountMetadata`. */
export const metadataName = ({ names }: ObjectIr): string => `${names.pascal.slice(0, 1).toLowerCase()}${names.pascal.slice(1)}Metadata`
