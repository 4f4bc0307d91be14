import type { ApiMethod } from '../../ir/object.ts'
import { batchResponse, closed, EXAMPLE_ID, RESULTS_SCHEMA, WHERE } from './bulk-schemas.ts'
import type { JsonMap, Reference } from './components.ts'
import { countResponse, writtenCountResponse } from './count-responses.ts'
import type { Operation, Scope } from './object-operation.ts'
import { createExample, updateExample } from './object-schemas.ts'
import { BULK_PARAMETERS } from './parameters.ts'
import { queryOperation } from './query-operations.ts'
import { BULK_PROBLEMS, header } from './responses.ts'

/** What the inputs of one object look like: references to their schemas, where its API has them. */
export interface InputReferences {
  readonly create: () => Reference
  readonly update: () => Reference
}

type Found = readonly (readonly [action: string, operation: Operation | false])[]

/** `POST /api/<object>/<action>`: queries as documents, and operations on several records. Each needs what it would need for one record. */
export function bulkOperations(scope: Scope, inputs: InputReferences): Found {
  const has = (...methods: ApiMethod[]): boolean => methods.every((method) => scope.object.methods.includes(method))
  return [
    ['query', has('list') && queryOperation(scope)],
    ['createMany', has('create') && createManyOperation(scope, inputs)],
    ['upsert', has('create', 'update') && upsertOperation(scope, inputs)],
    ['upsertMany', has('create', 'update') && upsertManyOperation(scope, inputs)],
    ['updateMany', has('list', 'update') && updateManyOperation(scope, inputs)],
    ['deleteMany', has('list', 'delete') && deleteManyOperation(scope)],
    ['restoreMany', has('list', 'delete') && scope.object.trash !== undefined && trashManyOperation(scope, 'restore')],
    ['purgeMany', has('list', 'delete') && scope.object.trash !== undefined && trashManyOperation(scope, 'purge')],
    ['findOneAndUpdate', has('list', 'update') && findOneAndUpdateOperation(scope, inputs)],
    ['batch', (has('create') || has('update') || has('delete')) && batchOperation(scope)],
  ]
}

const json = (schema: unknown, example: unknown): string =>
  `{"application/json":{"schema":${JSON.stringify(schema)},"examples":{"example":{"value":${JSON.stringify(example)}}}}}`

const body = (schema: JsonMap, example: unknown): string => `{"required":true,"content":${json(schema, example)}}`

const listOf = (items: Reference, { api }: Scope): JsonMap => ({ type: 'array', items, maxItems: api.maxPageSize })

/** The records a request was about, in its order. */
function itemsResponse({ use, names, answers, recordExample }: Scope): string {
  const reference = use.own(
    'responses',
    `${names.record}.items`,
    () =>
      `{"description":"The records in the order of the request.","headers":{"Preference-Applied":${JSON.stringify(header('PreferenceApplied', use))}},"content":${`{"application/json":{"schema":{"type":"object","properties":{"items":{"type":"array","items":${JSON.stringify(answers.written)}},"created":{"type":"integer","minimum":0},"updated":{"type":"integer","minimum":0}},"required":["items"]},"examples":{"items":{"value":{"items":[${recordExample}]}}}}}`}}`,
  )
  return JSON.stringify(reference)
}

function createManyOperation(scope: Scope, inputs: InputReferences): Operation {
  const { object, use } = scope
  const schema = closed(
    { records: listOf(inputs.create(), scope), atomic: { type: 'boolean', description: 'False: each record for itself.' } },
    ['records'],
  )
  const results = use.shared('responses', 'RecordResults', () => ({
    description: 'What became of each record.',
    content: {
      'application/json': {
        schema: RESULTS_SCHEMA,
        example: { succeeded: 1, failed: 0, results: [{ index: 0, status: 201, id: EXAMPLE_ID }] },
      },
    },
  }))
  return {
    id: `create${object.names.pascalPlural}`,
    summary: `Create several ${object.pluralLabel}`,
    description: 'All of them or none; with `atomic: false` each for itself, and 207 says what became of it.',
    parameters: BULK_PARAMETERS,
    requestBody: body(schema, { records: [createExample(object)] }),
    answers: [
      [201, itemsResponse(scope)],
      [207, JSON.stringify(results)],
    ],
    problems: BULK_PROBLEMS,
  }
}

const ON: JsonMap = { type: 'array', items: { type: 'string' }, minItems: 1, description: 'Fields of a unique key. Default: id.' }

function upsertOperation(scope: Scope, inputs: InputReferences): Operation {
  const { object, use, answers } = scope
  const headers = JSON.stringify({
    ETag: header('ETag', use),
    Location: header('Location', use),
    'Preference-Applied': header('PreferenceApplied', use),
  })
  return {
    id: `upsert${object.names.pascal}`,
    summary: `Create one ${object.label}, or change the one with the same key`,
    description: 'What is created is checked as for POST, what is changed as for PATCH.',
    parameters: BULK_PARAMETERS,
    requestBody: body(closed({ values: { anyOf: [inputs.create(), inputs.update()] }, on: ON }, ['values']), {
      values: createExample(object),
    }),
    answers: [
      [200, answers.write()],
      [
        201,
        `{"description":"The new record.","headers":${headers},"content":{"application/json":{"schema":${JSON.stringify(answers.written)},"examples":${answers.writtenExamples()}}}}`,
      ],
    ],
    problems: BULK_PROBLEMS,
  }
}

function upsertManyOperation(scope: Scope, inputs: InputReferences): Operation {
  const { object, api } = scope
  const records = { type: 'array', items: { anyOf: [inputs.create(), inputs.update()] }, maxItems: api.maxPageSize }
  return {
    id: `upsert${object.names.pascalPlural}`,
    summary: `Create or change several ${object.pluralLabel}`,
    description: 'All of them or none.',
    parameters: BULK_PARAMETERS,
    requestBody: body(closed({ records, on: ON }, ['records']), { records: [createExample(object)] }),
    answers: [[200, itemsResponse(scope)]],
    problems: BULK_PROBLEMS,
  }
}

const MAX_AFFECTED: JsonMap = { type: 'integer', minimum: 0, description: 'Nothing is done when more records match.' }
const EXAMPLE_WHERE = { id: EXAMPLE_ID }

function updateManyOperation(scope: Scope, inputs: InputReferences): Operation {
  const { object } = scope
  return {
    id: `update${object.names.pascalPlural}`,
    summary: `Change all ${object.pluralLabel} that match`,
    description: 'Without related records. Numbers take amounts, too: `{ "$inc": 1 }`. Known as `bulk-update`, too.',
    parameters: BULK_PARAMETERS,
    requestBody: body(closed({ where: WHERE, data: inputs.update(), maxAffected: MAX_AFFECTED }, ['where', 'data']), {
      where: EXAMPLE_WHERE,
      data: updateExample(object),
    }),
    answers: [[200, writtenCountResponse(scope, 'update')]],
    problems: BULK_PROBLEMS,
  }
}

/** Of the records in the trash. */
const trashManyOperation = (scope: Scope, verb: 'restore' | 'purge'): Operation => ({
  ...deleteManyOperation(scope),
  // Nothing is asked about what comes back.
  ...(verb === 'restore' ? { answers: [[200, countResponse(scope)]] as const } : {}),
  id: `${verb}${scope.object.names.pascalPlural}`,
  summary: `${verb === 'restore' ? 'Restore' : 'Purge'} all ${scope.object.pluralLabel} in the trash that match`,
  description: `All of them or, when ${verb === 'restore' ? 'a unique value is taken meanwhile' : 'one is still referred to'}, none.`,
})

function deleteManyOperation(scope: Scope): Operation {
  const { object, use } = scope
  const requestBody = use.shared('requestBodies', 'DeleteMany', () => ({
    required: true,
    content: {
      'application/json': {
        schema: closed({ where: WHERE, maxAffected: MAX_AFFECTED }, ['where']),
        examples: { example: { value: { where: EXAMPLE_WHERE } } },
      },
    },
  }))
  return {
    id: `delete${object.names.pascalPlural}`,
    summary: `Delete all ${object.pluralLabel} that match`,
    description: 'All of them or, when one is still referred to, none. Known as `bulk-delete`, too.',
    parameters: BULK_PARAMETERS,
    requestBody: JSON.stringify(requestBody),
    answers: [[200, writtenCountResponse(scope, 'delete')]],
    problems: BULK_PROBLEMS,
  }
}

function findOneAndUpdateOperation(scope: Scope, inputs: InputReferences): Operation {
  const { object, answers, recordExample } = scope
  const schema = closed(
    { where: WHERE, data: inputs.update(), orderBy: { description: 'Which of them comes first.' }, returning: { enum: ['new', 'old'] } },
    ['where', 'data'],
  )
  return {
    id: `updateFirst${object.names.pascal}`,
    summary: `Change the first ${object.label} that matches`,
    description: 'Without related records. Nobody else changes it in between. Null when there is none.',
    parameters: BULK_PARAMETERS,
    requestBody: body(schema, { where: EXAMPLE_WHERE, data: updateExample(object) }),
    answers: [
      [
        200,
        `{"description":"The record as it is now, or as it was; null when there is none.","content":{"application/json":{"schema":{"anyOf":[${JSON.stringify(answers.written)},{"type":"null"}]},"examples":{"record":{"value":${recordExample}}}}}}`,
      ],
    ],
    problems: BULK_PROBLEMS,
  }
}

function batchOperation(scope: Scope): Operation {
  const { object, use, api } = scope
  const requestBody = use.shared('requestBodies', 'Batch', () => ({
    required: true,
    content: {
      'application/json': {
        schema: closed(
          {
            operation: { enum: ['create', 'update', 'upsert', 'delete'] },
            records: {
              type: 'array',
              maxItems: api.maxPageSize,
              items: closed({ id: { type: 'string' }, data: { type: 'object' } }, []),
            },
            on: ON,
            options: closed(
              {
                atomic: { type: 'boolean', description: 'All or nothing. Default: true.' },
                returnRecords: { type: 'boolean', description: 'Default: true.' },
                continueOnError: { type: 'boolean', description: 'Where it is not all or nothing. Default: true.' },
                validateOnly: { type: 'boolean', description: 'Do everything and keep nothing.' },
              },
              [],
            ),
          },
          ['operation', 'records'],
        ),
        examples: { delete: { value: { operation: 'delete', records: [{ id: EXAMPLE_ID }], options: { atomic: false } } } },
      },
    },
  }))
  const response = JSON.stringify(use.shared('responses', 'BatchResult', batchResponse))
  return {
    id: `batch${object.names.pascalPlural}`,
    summary: `Do the same with several ${object.pluralLabel}`,
    description: 'Creates, changes or deletes records by id. 207 when some of them failed.',
    parameters: BULK_PARAMETERS,
    requestBody: JSON.stringify(requestBody),
    answers: [
      [200, response],
      [207, response],
    ],
    problems: BULK_PROBLEMS,
  }
}
