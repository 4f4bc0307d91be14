import type { Json } from '../../source/json.ts'
import { needsParams, remoteActions, type TypedAction } from '../objects/action-types.ts'
import { EXAMPLE_ID } from './bulk-schemas.ts'
import type { JsonMap } from './components.ts'
import { sentence } from './description.ts'
import { writeSchema } from './field-schema.ts'
import type { QueryScope } from './named-query-operations.ts'
import type { Operation } from './object-operation.ts'
import { paramsExample } from './object-schemas.ts'
import { ACTION_PROBLEMS } from './responses.ts'
import { jsonValueSchema } from './value-schemas.ts'

type Found = readonly (readonly [path: string, operation: Operation])[]

/** `POST /api/<object>/<id>/actions/<action>` and, of global ones, `POST /api/<object>/actions/<action>`. */
export const actionOperations = (scope: QueryScope): Found =>
  remoteActions(scope.object, scope.types).map((typed) => {
    const { action, own } = typed
    const path = `actions/${encodeURIComponent(action.name.toWellFormed())}`
    const alias = action.scope === 'record' ? ` Known as \`{id}:${action.name}\`, too.` : ''
    return [
      action.scope === 'record' ? `{id}/${path}` : path,
      {
        id: own.operation,
        summary: `${scope.object.label}: ${action.label}`,
        description: `${sentence(action.description ?? 'An action.')} One transaction.${alias}`,
        requestBody: requestBody(typed, scope),
        answers: answers(typed, scope),
        problems: ACTION_PROBLEMS,
      },
    ]
  })

function requestBody({ action, own }: TypedAction, { use, recordName }: QueryScope): string {
  const isNeeded = needsParams(action)
  if (own.params === undefined) return JSON.stringify(use.shared('requestBodies', 'NoParameters', () => NO_PARAMETERS))
  const name = own.params.replaceAll('$', '_')
  const schema = use.own('schemas', name, () => {
    const optionOf = (param: string): string | undefined => own.optionByParam.get(param)?.replaceAll('$', '_')
    const params = action.params.filter((param) => param.name !== '__proto__')
    const required = params.filter((param) => param.isRequired && param.default === undefined).map((param) => param.name)
    return JSON.stringify({
      type: 'object',
      description: `Parameters of ${action.name}.`,
      properties: Object.fromEntries(params.map((param) => [param.name, writeSchema(param, { use, optionOf, recordName }, true)])),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    })
  })
  return JSON.stringify({
    required: isNeeded,
    content: { 'application/json': { schema, examples: { call: { value: paramsExample(action.params) } } } },
  })
}

const NO_PARAMETERS: JsonMap = {
  required: false,
  content: { 'application/json': { schema: { type: 'object', additionalProperties: false }, examples: { empty: { value: {} } } } },
}

const NOTHING = [204, '{"description":"It is done, and there is nothing to say."}'] as const

function answers({ action: { returns } }: TypedAction, scope: QueryScope): Operation['answers'] {
  if (returns?.kind === 'nothing') return [NOTHING]
  const { schema, example } = resultOf(returns?.kind ?? 'json', returns?.object, scope)
  const found = JSON.stringify({
    description: 'What the action returns.',
    content: {
      'application/json': {
        schema: returns?.isList ? { type: 'array', items: schema } : schema,
        example: returns?.isList ? [example] : example,
      },
    },
  })
  return returns === undefined ? [[200, found], NOTHING] : [[200, found]]
}

function resultOf(
  kind: 'nothing' | 'string' | 'number' | 'boolean' | 'object' | 'json' | 'record',
  object: string | undefined,
  { use, recordName, object: { name }, recordExample }: QueryScope,
): { readonly schema: JsonMap; readonly example: Json } {
  const record = object === undefined ? undefined : recordName(object)
  if (object !== undefined && record !== undefined)
    // The examples of other objects stand with them.
    return { schema: use.record(object, record), example: object === name ? (JSON.parse(recordExample) as Json) : { id: EXAMPLE_ID } }
  switch (kind) {
    case 'string':
      return { schema: { type: 'string' }, example: 'done' }
    case 'number':
      return { schema: { type: 'number' }, example: 1 }
    case 'boolean':
      return { schema: { type: 'boolean' }, example: true }
    case 'object':
      return { schema: { type: 'object' }, example: { id: EXAMPLE_ID } }
    default:
      return { schema: jsonValueSchema(use), example: { id: EXAMPLE_ID } }
  }
}
