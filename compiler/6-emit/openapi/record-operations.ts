import { isClonable, trackedFields } from '../tracked-fields.ts'
import { EXAMPLE_ID } from './bulk-schemas.ts'
import type { JsonMap } from './components.ts'
import type { Operation, Scope } from './object-operation.ts'
import { BULK_PARAMETERS } from './parameters.ts'
import { BULK_PROBLEMS, DELETE_PROBLEMS, GET_PROBLEMS } from './responses.ts'
import { deletionProblems } from './rule-refusals.ts'

type Found = readonly (readonly [path: string, method: 'get' | 'post', operation: Operation])[]

/** `GET /api/<object>/<id>/history`, `POST /api/<object>/<id>/clone`, `restore` and `purge`. */
export function recordOperations(scope: Scope): Found {
  const { object } = scope
  const has = (...methods: typeof object.methods): boolean => methods.every((method) => object.methods.includes(method))
  return [
    ...(has('get') && trackedFields(object).length > 0 ? [['{id}/history', 'get', historyOperation(scope)] as const] : []),
    ...(has('delete') && object.trash ? trashOperations(scope) : []),
    ...(has('create', 'get') && isClonable(object) ? [['{id}/clone', 'post', cloneOperation(scope)] as const] : []),
  ]
}

function historyOperation({ object, use }: Scope): Operation {
  const response = use.shared('responses', 'History', (all) => ({
    description: 'The changes, the latest first.',
    content: {
      'application/json': {
        schema: {
          type: 'object',
          properties: { items: { type: 'array', items: all.shared('schemas', all.sharedName('HistoryEntry'), () => HISTORY_ENTRY) } },
          required: ['items'],
        },
        example: { items: [{ id: EXAMPLE_ID, field: 'name', old: 'Before', new: 'After', by: null, at: '2025-01-31T09:30:00.000Z' }] },
      },
    },
  }))
  return {
    id: `historyOf${object.names.pascal}`,
    summary: `Read the history of one ${object.label}`,
    description: `What became of ${listed(trackedFields(object))}.`,
    ownParameters: HISTORY_PARAMETERS,
    answers: [[200, JSON.stringify(response)]],
    problems: GET_PROBLEMS,
  }
}

const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, 5).map((name) => `\`${name}\``)
  return names.length > shown.length ? `${shown.join(', ')} and ${names.length - shown.length} other fields` : shown.join(', ')
}

const HISTORY_PARAMETERS: readonly JsonMap[] = [
  {
    name: 'limit',
    in: 'query',
    description: 'Most entries to return. Default: 50.',
    schema: { type: 'integer', minimum: 1, maximum: 200 },
  },
  { name: 'before', in: 'query', description: '`id` of the last entry of the page before.', schema: { type: 'string' } },
]

const HISTORY_ENTRY: JsonMap = {
  type: 'object',
  description: 'One change of one field.',
  properties: {
    id: { type: 'string' },
    field: { type: 'string' },
    old: { description: 'The value before.' },
    new: { description: 'The value after.' },
    by: { type: ['string', 'null'], description: 'Who it was.' },
    at: { type: 'string', format: 'date-time' },
  },
  required: ['id', 'field', 'old', 'new', 'by', 'at'],
}

const trashOperations = (scope: Scope): Found => [
  [
    '{id}/restore',
    'post',
    {
      id: `restore${scope.object.names.pascal}`,
      summary: `Restore one ${scope.object.label}`,
      description: 'Takes the record out of the trash, with what went along.',
      parameters: BULK_PARAMETERS,
      answers: [[200, scope.answers.read()]],
      problems: TRASH_PROBLEMS,
    },
  ],
  [
    '{id}/purge',
    'post',
    {
      id: `purge${scope.object.names.pascal}`,
      summary: `Purge one ${scope.object.label}`,
      description: 'Deletes the record for good, whether it is in the trash or not.',
      parameters: BULK_PARAMETERS,
      answers: [[204, '{"description":"The record is gone."}']],
      ...deletionProblems(scope, TRASH_PROBLEMS),
    },
  ],
]

function cloneOperation(scope: Scope): Operation {
  const { object } = scope
  const children = object.children.map(({ name }) => name)
  const schema: JsonMap = {
    type: 'object',
    properties: {
      values: { type: 'object', description: 'What is to be different: fields as for POST.' },
      ...(children.length === 0
        ? {}
        : {
            children: {
              type: 'array',
              items: { enum: children },
              uniqueItems: true,
              description: 'Relations whose records are cloned along.',
            },
          }),
    },
    additionalProperties: false,
  }
  return {
    id: `clone${object.names.pascal}`,
    summary: `Clone one ${object.label}`,
    description: 'Creates a record like this one; unique fields are left out, numbers are made anew.',
    requestBody: JSON.stringify({ required: true, content: { 'application/json': { schema, examples: { plain: { value: {} } } } } }),
    answers: [[201, scope.answers.write()]],
    problems: CLONE_PROBLEMS,
  }
}

const CLONE_PROBLEMS = [...BULK_PROBLEMS.slice(0, 1), 404 as const, ...BULK_PROBLEMS.slice(1)]

const TRASH_PROBLEMS = DELETE_PROBLEMS.filter((status) => status !== 412)
