import { type Code, code, type Hole, lines, NOTHING, raw, sym, typeSym } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import type { ObjectIr } from '../../ir/object.ts'
import { callSignature, remoteActions, type TypedAction } from '../objects/action-types.ts'
import { jsDoc } from '../objects/js-doc.ts'
import type { TypeNames } from '../objects/type-names.ts'
import { type ClientObject, RUNTIME } from './client-object.ts'

/** Where the records that actions return are described. */
export interface ActionContext {
  readonly objectByName: ReadonlyMap<string, ObjectIr>
  readonly namesByObject: ReadonlyMap<string, TypeNames>
}

const actionsOf = ({ object, names }: ClientObject): readonly TypedAction[] => remoteActions(object, names)

export const hasActions = (entry: ClientObject): boolean => actionsOf(entry).length > 0

/** `actions: actionClient(connection, { convert: recordAction('/api/lead', 'convert') })` */
export function boundActions(entry: ClientObject): readonly Hole[] {
  const actions = actionsOf(entry)
  if (actions.length === 0) return []
  const calls = actions.map((typed) => code`${raw(propertyKey(typed.own.call))}: ${callOf(entry, typed)},`)
  return [
    code`
actions: ${sym('actionClient', RUNTIME)}(connection, {
  ${lines(calls)}
}),
`,
  ]
}

export const actionFunctions = (entry: ClientObject): readonly Hole[] =>
  actionsOf(entry).map((typed) => code`export const ${raw(typed.own.operation)} = /* @__PURE__ */ ${callOf(entry, typed)}`)

/** The call of one action, from its path. */
function callOf({ path }: ClientObject, { action }: TypedAction): Code {
  const factory = `${action.scope}Action${action.params.length === 0 ? 'Without' : ''}`
  return code`${sym(factory, RUNTIME)}(${path}, ${encodeURIComponent(action.name.toWellFormed())})`
}

export const withActions = (entry: ClientObject): Hole =>
  hasActions(entry) ? raw(` & { readonly actions: ${entry.names.clientActions} }`) : NOTHING

/** The actions of the schema of one object. */
export const actionCalls = (entry: ClientObject, context: ActionContext): Code => code`

/** Actions of the schema. */
export interface ${raw(entry.names.clientActions)} {
  ${lines(actionsOf(entry).flatMap((typed) => [jsDoc(typed.action.description ?? ''), code`${raw(propertyKey(typed.own.call))}${signature(entry, typed, context)}`]))}
}
`

export const actionDeclarations = (entry: ClientObject, context: ActionContext): readonly Hole[] =>
  actionsOf(entry).flatMap((typed) => [
    jsDoc(typed.action.description ?? ''),
    code`export declare function ${raw(typed.own.operation)}${signature(entry, typed, context, [raw('connection: ql.Connection')])}`,
  ])

function signature({ object }: ClientObject, { action, own }: TypedAction, context: ActionContext, before: readonly Hole[] = []): Code {
  const params = own.params === undefined ? NOTHING : typeSym(own.params, `../objects/${object.names.file}.js`)
  return callSignature(action, { ...context, params, before, after: [raw('options?: ql.CallOptions')] })
}
