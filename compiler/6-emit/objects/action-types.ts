import { isInternal } from '../../behaviour/action-handlers.ts'
import { type Code, code, type Hole, lines, list, NOTHING, type Raw, raw, type Sym, typeSym } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import type { ActionIr, FieldIr, ObjectIr } from '../../ir/object.ts'
import { fieldDoc } from './field-doc.ts'
import { inputType, optionUnion } from './field-type-text.ts'
import { jsDoc } from './js-doc.ts'
import { optionType } from './option-type.ts'
import type { ActionNames, TypeNames } from './type-names.ts'

export interface TypedAction {
  readonly action: ActionIr
  readonly own: ActionNames
}

/** The actions that can be called: those with code. */
const callableActions = ({ actions }: ObjectIr, names: TypeNames): readonly TypedAction[] =>
  actions.flatMap((action) => {
    const own = names.actions.get(action.name)
    return own === undefined ? [] : [{ action, own }]
  })

/** Those that clients can call, too. */
export const remoteActions = (object: ObjectIr, names: TypeNames): readonly TypedAction[] =>
  callableActions(object, names).filter(({ action }) => !isInternal(action))

/** True when a call without parameters is refused. */
export const needsParams = ({ params }: ActionIr): boolean => params.some(isNeeded)

const isNeeded = ({ isRequired, default: preset }: FieldIr): boolean => isRequired && preset === undefined

/** Where the types of other objects are. */
interface Context {
  readonly objectByName: ReadonlyMap<string, ObjectIr>
  readonly namesByObject: ReadonlyMap<string, TypeNames>
}

/** Types of the actions of an object: their parameters, and the calls in process. */
export function actionTypes(object: ObjectIr, names: TypeNames, context: Context): readonly Hole[] {
  const callable = callableActions(object, names)
  if (callable.length === 0) return []
  return [
    ...callable.flatMap((typed) => paramsType(typed, names)),
    code`
/** Actions of the schema, in process. */
export interface ${raw(names.actionCalls)} {
  ${lines(callable.flatMap((typed) => [jsDoc(typed.action.description ?? ''), inProcess(typed, object, context)]))}
}

`,
  ]
}

function inProcess({ action, own }: TypedAction, object: ObjectIr, context: Context): Code {
  const params = own.params === undefined ? NOTHING : raw(own.params)
  return code`${raw(propertyKey(own.call))}${callSignature(action, { ...context, params, from: object.names.file })}`
}

/** What a signature refers to. */
export interface SignatureScope extends Context {
  readonly params: Hole
  /** Parameters around those of the action. */
  readonly before?: readonly Hole[]
  readonly after?: readonly Hole[]
  /** File of the object in whose module the signature stands; elsewhere types are imported from `../objects/`. */
  readonly from?: string
}

/** `(id: string, params?: LeadConvertParams): Promise<ql.JsonValue>` */
export function callSignature(action: ActionIr, scope: SignatureScope): Code {
  const id = action.scope === 'record' ? [raw('id: string')] : []
  const params = action.params.length === 0 ? [] : [code`params${raw(needsParams(action) ? ':' : '?:')} ${scope.params}`]
  const { type, width } = resultType(action, scope)
  const parts = [...(scope.before ?? []), ...id, ...params, ...(scope.after ?? [])]
  return code`${list(parts, { brackets: ['(', ')'], tail: ': Promise<>'.length + width })}: Promise<${type}>`
}

/** The type of what an action returns, as far as its schema says, and how long its text is. */
function resultType({ returns }: ActionIr, scope: SignatureScope): { readonly type: Hole; readonly width: number } {
  if (returns === undefined) return { type: raw('unknown'), width: 'unknown'.length }
  const name = recordName(returns.object, scope) ?? raw(PLAIN_RESULTS[returns.kind])
  const width = name.kind === 'raw' ? name.text.length : name.name.length
  return returns.isList ? { type: code`${name}[]`, width: width + 2 } : { type: name, width }
}

function recordName(objectName: string | undefined, { objectByName, namesByObject, from }: SignatureScope): Raw | Sym | undefined {
  const target = objectByName.get(objectName ?? '')
  const names = namesByObject.get(objectName ?? '')
  if (target === undefined || names === undefined) return undefined
  if (target.names.file === from) return raw(names.record)
  return typeSym(names.record, `${from === undefined ? '../objects/' : './'}${target.names.file}.js`)
}

const PLAIN_RESULTS = {
  nothing: 'void',
  string: 'string',
  number: 'number',
  boolean: 'boolean',
  object: 'ql.JsonObject',
  json: 'ql.JsonValue',
  record: 'ql.JsonObject',
} as const

function paramsType({ action, own }: TypedAction, names: TypeNames): readonly Hole[] {
  if (own.params === undefined) return []
  const types: TypeNames = { ...names, optionByField: own.optionByParam }
  return [
    ...action.params.flatMap(({ name, value }): Hole[] => {
      const option = own.optionByParam.get(name)
      if (option === undefined || value.kind !== 'option') return []
      return [raw(`${optionType(`export type ${option} =`, optionUnion(value))}\n`)]
    }),
    code`
${jsDoc(`Parameters of the action \`${action.name}\`.`)}
export interface ${raw(own.params)} {
  ${lines(action.params.flatMap((param) => [jsDoc(fieldDoc(param)), paramMember(param, types)]))}
}

`,
  ]
}

const paramMember = (param: FieldIr, types: TypeNames): Hole =>
  raw(`${propertyKey(param.name)}${isNeeded(param) ? ':' : '?:'} ${inputType(param, types)}`)
