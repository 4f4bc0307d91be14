import type { JsonMap } from './components.ts'

export const EXAMPLE_ID = '0194b8a2-6c1e-7f3a-9d52-3f0c8e5a1b07'

export const querySchema = (): JsonMap => ({
  type: 'object',
  description: 'Members are optional, and known under the names of the query parameters, too.',
  properties: {
    where: { description: 'Conditions: values by field, objects of operators, `$and`, `$or`, `$not`; a list of triplets; or OData text.' },
    search: { description: 'Words to look for: a text, or `{ "query", "fields", "operator" }`.' },
    orderBy: { description: 'Fields to sort by: `{ "name": "desc" }`, a list of those, or text.' },
    select: { description: 'Fields to return.' },
    expand: { description: 'Relations to return as records; those to many take `where`, `orderBy` and `limit`.' },
    groupBy: { description: 'Fields to group by: the answer has groups in place of records.' },
    aggregate: { description: 'What to work out for each group: `{ "total": { "sum": "amount" } }`.' },
    having: { description: 'Conditions on groups and what was worked out.' },
    distinct: { description: 'Equal rows once.' },
    limit: { type: 'integer', minimum: 0 },
    offset: { type: 'integer', minimum: 0 },
    cursor: { type: 'string', description: '`next_cursor` of the page before; empty for the first.' },
    count: { enum: [true, false, 'exact', 'estimated'] },
    deleted: { enum: ['only', 'with'], description: 'Of objects with a trash: deleted records alone, or too.' },
  },
})

export const RESULTS_SCHEMA: JsonMap = {
  type: 'object',
  properties: {
    succeeded: { type: 'integer', minimum: 0 },
    failed: { type: 'integer', minimum: 0 },
    results: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          index: { type: 'integer', minimum: 0 },
          status: { type: 'integer' },
          id: { type: 'string' },
          record: { type: 'object' },
          error: { type: 'object', description: 'A problem document.' },
        },
        required: ['index', 'status'],
      },
    },
  },
  required: ['succeeded', 'failed', 'results'],
}

export const batchResponse = (): JsonMap => ({
  description: 'What became of each record.',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: {
          success: { type: 'boolean' },
          operation: { type: 'string' },
          total: { type: 'integer', minimum: 0 },
          succeeded: { type: 'integer', minimum: 0 },
          failed: { type: 'integer', minimum: 0 },
          results: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                id: { type: 'string' },
                success: { type: 'boolean' },
                record: { type: 'object' },
                error: { type: 'object', description: 'A problem document.' },
              },
              required: ['success'],
            },
          },
        },
        required: ['success', 'operation', 'total', 'succeeded', 'failed', 'results'],
      },
      example: { success: true, operation: 'delete', total: 1, succeeded: 1, failed: 0, results: [{ id: EXAMPLE_ID, success: true }] },
    },
  },
})

/** Conditions, as the operations on several records take them. */
export const WHERE: JsonMap = { description: 'Which records: as `where` of a query. An empty object means all of them.' }

/** An object with these members and no others. */
export const closed = (properties: JsonMap, required: readonly string[]): JsonMap => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
