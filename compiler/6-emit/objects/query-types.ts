import { type Code, code, fitted, type Hole, lines, NOTHING, raw, typeSym } from '../../code/code.ts'
import { propertyKey, quote } from '../../code/literal.ts'
import type { NamedQueryIr, ObjectIr } from '../../ir/object.ts'
import type { QueryMemberIr, QueryParamIr, QueryPlanIr, QueryRowIr } from '../../ir/query-plan.ts'
import { callerParams } from '../caller-params.ts'
import { recordType } from './field-type-text.ts'
import { jsDoc } from './js-doc.ts'
import type { QueryNames, TypeNames } from './type-names.ts'

/** Where the types of an object are. */
interface Context {
  readonly objectByName: ReadonlyMap<string, ObjectIr>
  readonly namesByObject: ReadonlyMap<string, TypeNames>
}

/** Types of the queries of an object: parameters, what is answered where that is not whole records, and the calls. */
export function queryTypes(object: ObjectIr, names: TypeNames, context: Context): readonly Hole[] {
  const planned = plannedQueries(object, names)
  if (planned.length === 0) return []
  return [
    ...planned.flatMap(({ query, plan, own }) => [
      ...(own.params === undefined ? [] : [paramsType(own.params, query, plan, object, names)]),
      ...(own.item === undefined
        ? []
        : [
            code`
${jsDoc(`What the query \`${query.name}\` answers.`)}
export interface ${raw(own.item)} ${rowType(plan.row, object, context)}

`,
          ]),
    ]),
    code`
/** Queries of the schema, in process. */
export interface ${raw(names.queryCalls)} {
  ${lines(planned.flatMap(({ query, plan, own }) => [jsDoc(query.description ?? ''), code`${raw(propertyKey(own.call))}: ${callType('QueryCall', raw(own.params ?? ''), raw(itemType(plan, own, names)), plan)}`]))}
}

`,
  ]
}

interface Planned {
  readonly query: NamedQueryIr
  readonly plan: QueryPlanIr
  readonly own: QueryNames
}

export const plannedQueries = ({ queries }: ObjectIr, names: TypeNames): readonly Planned[] =>
  queries.flatMap((query) => {
    const own = names.queries.get(query.name)
    return query.plan === undefined || own === undefined ? [] : [{ query, plan: query.plan, own }]
  })

/** Type of a call; `kind` is one of the runtime's. */
export function callType(kind: string, params: Hole, item: Hole, plan: QueryPlanIr): Hole {
  const given = callerParams(plan)
  const mark = given.some(({ isRequired }) => isRequired) ? ':' : '?:'
  const args: Hole = given.length === 0 ? raw('[]') : code`[params${raw(mark)} ${params}]`
  return fitted(code`ql.${raw(kind)}<${args}, ${item}>`, () => code`ql.${raw(kind)}<\n  ${args},\n  ${item}\n>`)
}

/** Name of what a query answers. */
export const itemType = ({ row }: QueryPlanIr, { item }: QueryNames, { record }: TypeNames): string =>
  row.kind === 'record' ? record : (item ?? record)

const paramsType = (name: string, query: NamedQueryIr, plan: QueryPlanIr, object: ObjectIr, names: TypeNames): Code => code`
${jsDoc(`Parameters of the query \`${query.name}\`.`)}
export interface ${raw(name)} {
  ${lines(callerParams(plan).flatMap((param) => [jsDoc(paramDoc(param)), raw(`${propertyKey(param.name)}${param.isRequired ? ':' : '?:'} ${paramType(param, optionType(param, object, names))}`)]))}
}

`

function paramDoc({ description, defaultsTo, isRequired, default: given }: QueryParamIr): string {
  const text = defaultsTo ?? (given === undefined ? undefined : JSON.stringify(given))
  if (text === undefined && !isRequired) return [description ?? '', 'Without it nothing is compared with it.'].filter(Boolean).join(' ')
  return [description ?? '', text === undefined ? '' : `Default ${text}.`].filter(Boolean).join(' ')
}

function paramType(param: QueryParamIr, option: string | undefined): string {
  const one = option ?? valueType(param)
  if (!param.isList) return one
  return `readonly ${one.includes(' ') ? `(${one})` : one}[]`
}

/** The name of a field's options where the parameter takes just those. */
function optionType({ options }: QueryParamIr, { fields }: ObjectIr, { optionByField }: TypeNames): string | undefined {
  if (options === undefined) return undefined
  const wanted = JSON.stringify(options)
  const field = fields.find(
    ({ value }) => value.kind === 'option' && JSON.stringify(value.options.map((option) => option.value)) === wanted,
  )
  return field && optionByField.get(field.name)
}

function valueType({ kind, options }: QueryParamIr): string {
  switch (kind) {
    case 'integer':
    case 'real':
      return 'number'
    case 'boolean':
      return kind
    case 'datetime':
      return 'string | Date'
    case 'option':
      return options?.every((option) => typeof option === 'number') ? 'number' : 'string'
    case 'json':
      return 'string | readonly number[]'
    default:
      return 'string'
  }
}

function rowType(row: QueryRowIr, object: ObjectIr, context: Context): Hole {
  if (row.kind === 'record') return recordName(row.object, context)
  return code`
{
  ${lines(row.members.map((member) => code`${raw(propertyKey(member.key))}: ${memberType(member, object, context)}`))}
}
`
}

function memberType({ type, isNullable }: QueryMemberIr, object: ObjectIr, context: Context): Hole {
  switch (type.kind) {
    case 'plain':
      return raw(`${type.type === 'json' ? 'ql.JsonValue' : type.type}${isNullable && type.type !== 'json' ? ' | null' : ''}`)
    case 'many':
      return code`${rowType(type.row, object, context)}[]`
    case 'one':
      return code`${rowType(type.row, object, context)}${raw(isRequired(type, context) ? '' : ' | null')}`
    case 'listed':
      return code`(${rowType(type.row, object, context)} | string)[]${raw(isRequired(type, context) ? '' : ' | null')}`
    default:
      return fieldType(type.object, type.field, isNullable, object, context)
  }
}

function fieldType(objectName: string, fieldName: string, isNullable: boolean, object: ObjectIr, context: Context): Hole {
  const names = context.namesByObject.get(objectName)
  const field = context.objectByName.get(objectName)?.fields.find(({ name }) => name === fieldName)
  if (names === undefined || field === undefined) return raw('ql.JsonValue')
  if (objectName !== object.name)
    return code`${recordName(objectName, context)}[${raw(quote(fieldName))}]${isNullable ? raw(' | null') : NOTHING}`
  const type = recordType(field, names)
  return raw(isNullable && !/\| null$|JsonValue$/.test(type) ? `${type} | null` : type)
}

const isRequired = ({ object, field }: { readonly object: string; readonly field: string }, { objectByName }: Context): boolean =>
  objectByName.get(object)?.fields.find(({ name }) => name === field)?.isRequired === true

function recordName(name: string, { objectByName, namesByObject }: Context): Hole {
  const target = objectByName.get(name)
  const names = namesByObject.get(name)
  return target === undefined || names === undefined ? raw('ql.JsonObject') : typeSym(names.record, `./${target.names.file}.js`)
}
