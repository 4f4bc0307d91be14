import type { ObjectIr } from '../../ir/object.ts'
import { actionOperations } from './action-operations.ts'
import { bulkOperations } from './bulk-operations.ts'
import type { Piece } from './components.ts'
import { markdown } from './description.ts'
import type { DocumentContext, SchemaNames } from './document-context.ts'
import { linesText, member, objectText } from './json-text.ts'
import { namedQueryOperations } from './named-query-operations.ts'
import type { Operation, Scope } from './object-operation.ts'
import { createExample, inputSchemas, recordExample, updateExample } from './object-schemas.ts'
import {
  BULK_PARAMETERS,
  FILTER_PARAMETERS,
  GET_PARAMETERS,
  ID_PARAMETER,
  LIST_PARAMETERS,
  parameters,
  WRITE_PARAMETERS,
} from './parameters.ts'
import { countByBodyOperation, pageResponse } from './query-operations.ts'
import { recordAnswers } from './record-answers.ts'
import { recordOperations } from './record-operations.ts'
import { CREATE_PROBLEMS, DELETE_PROBLEMS, GET_PROBLEMS, header, problems, READ_PROBLEMS, UPDATE_PROBLEMS } from './responses.ts'
import { deletionProblems, ruleRefusals } from './rule-refusals.ts'

export interface PathScope extends DocumentContext {
  readonly use: Piece
}

interface Paths {
  readonly paths: readonly string[]
  readonly operationIds: readonly string[]
}

/** Paths of one object, limited to the operations its API exposes. Operation ids are the names of the SDK's functions. */
export function objectPaths(object: ObjectIr, names: SchemaNames, { use, config: { api }, recordName, typesOf }: PathScope): Paths {
  const types = object.queries.length > 0 || object.actions.length > 0 ? typesOf(object) : undefined
  const { methods } = object
  if (methods.length === 0) return { paths: [], operationIds: [] }
  const has = (method: ObjectIr['methods'][number]): boolean => methods.includes(method)
  const inputs =
    has('create') || has('update') ? inputSchemas(object, { use, optionOf: names.optionOf, recordName }) : { create: '', update: '' }
  const plain = {
    object,
    use,
    api,
    names,
    record: methods.some((method) => method !== 'delete') ? use.record(object.name, names.record) : { $ref: '' },
    recordExample: JSON.stringify(recordExample(object)),
  }
  const scope: Scope = { ...plain, answers: recordAnswers(plain) }
  const base = `${api.basePath}/${encodeURIComponent(object.name)}`
  const id = (): string => member('parameters', JSON.stringify(parameters(ID_PARAMETER, use, api)), OPERATION)
  const found: readonly (readonly [path: string, method: string, operation: Operation | false])[] = [
    [base, 'get', has('list') && listOperation(scope)],
    [base, 'post', has('create') && createOperation(scope, inputs.create)],
    ...bulkOperations(scope, {
      create: () => use.own('schemas', names.create, () => inputs.create),
      update: () => use.own('schemas', names.update, () => inputs.update),
    }).map(([action, operation]) => [`${base}/${action}`, 'post', operation] as const),
    ...(has('list') && types !== undefined
      ? namedQueryOperations({ ...scope, types, recordName }).map(
          ([path, method, operation]) => [`${base}/${path}`, method, operation] as const,
        )
      : []),
    [`${base}/count`, 'get', has('list') && countOperation(scope)],
    [`${base}/count`, 'post', has('list') && countByBodyOperation(scope)],
    [`${base}/{id}`, 'get', has('get') && getOperation(scope)],
    [`${base}/{id}`, 'patch', has('update') && updateOperation(scope, 'update', inputs.update)],
    [`${base}/{id}`, 'put', has('update') && updateOperation(scope, 'replace', inputs.update)],
    [`${base}/{id}`, 'delete', has('delete') && deleteOperation(scope)],
    ...recordOperations(scope).map(([path, method, operation]) => [`${base}/${path}`, method, operation] as const),
    ...(types === undefined ? [] : actionOperations({ ...scope, types, recordName })).map(
      ([path, operation]) => [`${base}/${path}`, 'post', operation] as const,
    ),
  ]
  const membersByPath = new Map<string, string[]>()
  const operationIds: string[] = []
  for (const [path, method, operation] of found) {
    if (operation === false) continue
    const members = membersByPath.get(path) ?? (path.startsWith(`${base}/{id}`) ? [id()] : [])
    membersByPath.set(path, members)
    members.push(member(method, operationText(scope, operation), OPERATION))
    operationIds.push(operation.id)
  }
  return { paths: [...membersByPath].map(([path, members]) => member(path, objectText(members, PATH), PATH)), operationIds }
}

const PATH = '    '
const OPERATION = '      '
const PART = '        '

function operationText(
  { object, use, api }: Scope,
  { id, summary, description, parameters: names, ownParameters, requestBody, answers, problems: statuses, refused: own }: Operation,
): string {
  const responses = answers.map(([status, text]) => member(String(status), text, `${PART}  `))
  const all = problems(statuses, use, own)
  const refused = own ? linesText(all, PART) : repeated(statuses, all, (references) => linesText(references, PART))
  return objectText(
    [
      member('operationId', JSON.stringify(id), PART),
      member('tags', JSON.stringify([object.name]), PART),
      member('summary', JSON.stringify(markdown(summary)), PART),
      member('description', JSON.stringify(description), PART),
      ...(names === undefined ? [] : [member('parameters', repeated(names, parameters(names, use, api), JSON.stringify), PART)]),
      ...(ownParameters === undefined || ownParameters.length === 0 ? [] : [member('parameters', JSON.stringify(ownParameters), PART)]),
      ...(requestBody === undefined ? [] : [member('requestBody', requestBody, PART)]),
      member('responses', `{${responses.join(',')},${refused.slice(1)}`, PART),
    ],
    OPERATION,
  )
}

/** Text of references that every object repeats, printed once for each of the lists above. */
function repeated<References>(list: readonly unknown[], references: References, print: (references: References) => string): string {
  let text = textByList.get(list)
  if (text === undefined) {
    text = print(references)
    textByList.set(list, text)
  }
  return text
}

const textByList = new WeakMap<readonly unknown[], string>()

/** Parameters of objects with a trash. */
const TRASH = {
  list: [...LIST_PARAMETERS, 'Deleted'],
  filter: [...FILTER_PARAMETERS, 'Deleted'],
  get: [...GET_PARAMETERS, 'Deleted'],
  write: [...WRITE_PARAMETERS, 'Purge'],
} as const

const listOperation = (scope: Scope): Operation => ({
  id: `list${scope.object.names.pascalPlural}`,
  summary: `List ${scope.object.pluralLabel}`,
  description: 'One page of the records that match.',
  parameters: scope.object.trash ? TRASH.list : LIST_PARAMETERS,
  answers: [[200, pageResponse(scope)]],
  problems: READ_PROBLEMS,
})

const countOperation = ({ object }: Scope): Operation => ({
  id: `count${object.names.pascalPlural}`,
  summary: `Count ${object.pluralLabel}`,
  description: 'How many records match.',
  parameters: object.trash ? TRASH.filter : FILTER_PARAMETERS,
  answers: [[200, COUNT]],
  problems: READ_PROBLEMS,
})

const COUNT =
  '{"description":"The count.","content":{"application/json":{"schema":{"type":"object","properties":{"count":{"type":"integer","minimum":0}},"required":["count"]},"example":{"count":1}}}}'

const getOperation = (scope: Scope): Operation => ({
  id: `get${scope.object.names.pascal}`,
  summary: `Read one ${scope.object.label}`,
  description: 'The record, unless the client knows its version already.',
  parameters: scope.object.trash ? TRASH.get : GET_PARAMETERS,
  answers: [
    [200, scope.answers.read()],
    [
      304,
      `{"description":"The version named in If-None-Match is still current.","headers":{"ETag":${JSON.stringify(header('ETag', scope.use))}}}`,
    ],
  ],
  problems: GET_PROBLEMS,
})

function createOperation(scope: Scope, schema: string): Operation {
  const { object, use, api, names, answers } = scope
  const one = JSON.stringify(use.own('schemas', names.create, () => schema))
  const body = JSON.stringify(createExample(object))
  const headers = JSON.stringify({
    ETag: header('ETag', use),
    Location: header('Location', use),
    'Preference-Applied': header('PreferenceApplied', use),
  })
  const items = `{"type":"object","properties":{"items":{"type":"array","items":${JSON.stringify(answers.written)}}},"required":["items"]}`
  return {
    id: `create${object.names.pascal}`,
    summary: `Create one ${object.label} or several`,
    description: 'A list creates all of its records or none.',
    parameters: BULK_PARAMETERS,
    requestBody: `{"required":true,"content":{"application/json":{"schema":{"oneOf":[${one},{"type":"array","items":${one},"maxItems":${api.maxPageSize}}]},"examples":{"record":{"value":${body}}}}}}`,
    answers: [
      [
        201,
        `{"description":"The new record; for a list, the new records in its order.","headers":${headers},"content":{"application/json":{"schema":{"anyOf":[${JSON.stringify(answers.written)},${items}]},"examples":${answers.writtenExamples()}}}}`,
      ],
    ],
    problems: CREATE_PROBLEMS,
    refused: ruleRefusals(scope, 'create'),
  }
}

function updateOperation(scope: Scope, verb: 'update' | 'replace', schema: string): Operation {
  const { object, use, names } = scope
  const body = use.own('requestBodies', names.update, () => {
    const reference = use.own('schemas', names.update, () => schema)
    return `{"required":true,"content":{"application/json":{"schema":${JSON.stringify(reference)},"examples":{"change":{"value":${JSON.stringify(updateExample(object))}}}}}}`
  })
  return {
    id: `${verb}${object.names.pascal}`,
    summary: `Change one ${object.label}`,
    description:
      verb === 'update' ? 'Fields that are absent stay, null clears.' : 'The same as PATCH: fields that are absent stay, null clears.',
    parameters: WRITE_PARAMETERS,
    requestBody: JSON.stringify(body),
    answers: [
      [200, scope.answers.write()],
      [204, '{"description":"It is changed, and the client preferred no record in the answer."}'],
    ],
    problems: UPDATE_PROBLEMS,
    refused: ruleRefusals(scope, 'update'),
  }
}

const deleteOperation = (scope: Scope): Operation => ({
  id: `delete${scope.object.names.pascal}`,
  summary: `Delete one ${scope.object.label}`,
  description: 'Records that refer to it are cleared, deleted or keep it from being deleted, as their lookups say.',
  parameters: scope.object.trash ? TRASH.write : WRITE_PARAMETERS,
  answers: [[204, '{"description":"The record is gone."}']],
  ...deletionProblems(scope, DELETE_PROBLEMS),
})
