import type { FieldIr, NamedQueryIr, ObjectIr } from '../../ir/object.ts'
import type { QueryMemberIr, QueryParamIr, QueryPlanIr, QueryRowIr } from '../../ir/query-plan.ts'
import { callerParams } from '../caller-params.ts'
import { plannedQueries } from '../objects/query-types.ts'
import type { TypeNames } from '../objects/type-names.ts'
import type { JsonMap } from './components.ts'
import { sentence } from './description.ts'
import type { DocumentContext } from './document-context.ts'
import { readSchema } from './field-schema.ts'
import type { Operation, Scope } from './object-operation.ts'
import { pageResponse } from './query-operations.ts'
import { GET_PROBLEMS, type ProblemStatus, QUERY_PROBLEMS } from './responses.ts'

/** What the schemas of rows need besides the object's own. */
export interface QueryScope extends Scope, Pick<DocumentContext, 'recordName'> {
  readonly types: TypeNames
}

/** `GET` and `POST /api/<object>/queries/<name>`. */
export function namedQueryOperations(
  scope: QueryScope,
): readonly (readonly [path: string, method: 'get' | 'post', operation: Operation])[] {
  return plannedQueries(scope.object, scope.types).flatMap(({ query, plan, own }) => {
    const common = {
      summary: `${scope.object.label}: ${query.name}`,
      description: sentence(query.description ?? 'A query of the schema.'),
      answers: [[200, response(plan, scope)] as const],
    }
    const path = `queries/${query.name}`
    return [
      [
        path,
        'get',
        { ...common, id: own.operation, ownParameters: callerParams(plan).map(parameter), problems: problemsOf(plan, GET_PROBLEMS) },
      ],
      [
        path,
        'post',
        { ...common, id: `${own.operation}ByBody`, requestBody: requestBody(query, plan), problems: problemsOf(plan, POST_PROBLEMS) },
      ],
    ] as const
  })
}

const POST_PROBLEMS = [...QUERY_PROBLEMS.slice(0, 1), 404 as const, ...QUERY_PROBLEMS.slice(1)]

/** Queries about whoever asks are for those who have signed in. */
const problemsOf = ({ params }: QueryPlanIr, statuses: readonly ProblemStatus[]): readonly ProblemStatus[] =>
  params.some(({ from }) => from?.startsWith('current_user'))
    ? [...statuses, 401 as const, 403 as const].toSorted((one, other) => one - other)
    : statuses

const parameter = (param: QueryParamIr): JsonMap => ({
  name: param.name,
  in: 'query',
  ...(param.description === undefined ? {} : { description: param.description }),
  required: param.isRequired === true,
  ...(param.isList ? { style: 'form', explode: false } : {}),
  schema: paramSchema(param),
})

function requestBody({ name }: NamedQueryIr, plan: QueryPlanIr): string {
  const params = callerParams(plan)
  const schema = {
    type: 'object',
    description: `Parameters of ${name}.`,
    properties: Object.fromEntries(params.map((param) => [param.name, paramSchema(param)])),
    required: params.filter(({ isRequired }) => isRequired).map((param) => param.name),
    additionalProperties: false,
  }
  return JSON.stringify({ required: true, content: { 'application/json': { schema } } })
}

function paramSchema(param: QueryParamIr): JsonMap {
  const one = valueSchema(param)
  return {
    ...(param.isList ? { type: 'array', items: one } : one),
    ...(param.default === undefined ? {} : { default: param.default }),
  }
}

function valueSchema({ kind, options }: QueryParamIr): JsonMap {
  switch (kind) {
    case 'integer':
    case 'boolean':
      return { type: kind }
    case 'real':
      return { type: 'number' }
    case 'date':
      return { type: 'string', format: 'date' }
    case 'datetime':
      return { type: 'string', format: 'date-time' }
    case 'option':
      return options?.every((option) => typeof option === 'number') ? { type: 'number' } : { type: 'string' }
    case 'json':
      return { type: ['string', 'array'] }
    default:
      return { type: 'string' }
  }
}

function response({ row }: QueryPlanIr, scope: QueryScope): string {
  if (row.kind === 'record') return pageResponse(scope)
  return JSON.stringify({
    description: 'The page.',
    content: { 'application/json': { schema: pageOf(rowSchema(row, scope)) } },
  })
}

const pageOf = (item: JsonMap): JsonMap => ({
  type: 'object',
  properties: {
    items: { type: 'array', items: item },
    next_cursor: { type: 'string', description: 'Continues the list, when there is more.' },
    total: { type: 'integer', minimum: 0 },
  },
  required: ['items'],
})

function rowSchema(row: QueryRowIr, scope: QueryScope): JsonMap {
  if (row.kind === 'record') return scope.use.record(row.object, scope.recordName(row.object) ?? row.object)
  return {
    type: 'object',
    properties: Object.fromEntries(row.members.map((member) => [member.key, memberSchema(member, scope)])),
    required: row.members.map(({ key }) => key),
  }
}

function memberSchema({ type, isNullable }: QueryMemberIr, scope: QueryScope): JsonMap {
  switch (type.kind) {
    case 'plain':
      return type.type === 'json' ? {} : { type: isNullable ? [type.type, 'null'] : type.type }
    case 'many':
      return { type: 'array', items: rowSchema(type.row, scope) }
    case 'one':
      return orNull(rowSchema(type.row, scope), isRequired(scope.object, type.object, type.field))
    case 'listed':
      return { type: ['array', 'null'], items: { anyOf: [rowSchema(type.row, scope), { type: 'string' }] } }
    default: {
      const field = fieldOf(scope.object, type.object, type.field)
      // Fields of other objects: what they hold is said where they are at home.
      if (field === undefined) return {}
      return readSchema(isNullable ? { ...field, isRequired: false } : field, {
        use: scope.use,
        optionOf: scope.names.optionOf,
        recordName: scope.recordName,
      })
    }
  }
}

const fieldOf = (object: ObjectIr, objectName: string, name: string): FieldIr | undefined =>
  object.name === objectName ? object.fields.find((field) => field.name === name) : undefined

const isRequired = (object: ObjectIr, objectName: string, name: string): boolean => fieldOf(object, objectName, name)?.isRequired === true

const orNull = (schema: JsonMap, isThere: boolean): JsonMap => (isThere ? schema : { anyOf: [schema, { type: 'null' }] })
