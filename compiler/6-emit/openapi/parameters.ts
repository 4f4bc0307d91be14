import type { JsonMap } from './components.ts'
import type { DocumentContext } from './document-context.ts'

export type ParameterName =
  | 'Id'
  | 'ODataFilter'
  | 'JsonFilter'
  | 'FieldEquals'
  | 'ODataOrderBy'
  | 'Sort'
  | 'ODataTop'
  | 'Limit'
  | 'ODataSkip'
  | 'Offset'
  | 'ODataSelect'
  | 'Fields'
  | 'ODataExpand'
  | 'Expand'
  | 'ODataCount'
  | 'IfMatch'
  | 'IfNoneMatch'

const ROWS: ReadonlySet<ParameterName> = new Set(['ODataFilter', 'JsonFilter', 'FieldEquals'])

export const FILTER_PARAMETERS: readonly ParameterName[] = [...ROWS]
export const SHAPE_PARAMETERS: readonly ParameterName[] = ['ODataSelect', 'Fields', 'ODataExpand', 'Expand']
export const LIST_PARAMETERS: readonly ParameterName[] = [
  ...FILTER_PARAMETERS,
  'ODataOrderBy',
  'Sort',
  'ODataTop',
  'Limit',
  'ODataSkip',
  'Offset',
  ...SHAPE_PARAMETERS,
  'ODataCount',
]

/** References to shared parameters. */
export const parameters = (names: readonly ParameterName[], context: DocumentContext): readonly JsonMap[] =>
  names.map((name) => context.components.use('parameters', name, () => PARAMETERS[name](context)))

const query = (name: string, description: string, schema: JsonMap, example?: string): JsonMap => ({
  name,
  in: 'query',
  description,
  schema,
  ...(example === undefined ? {} : { example }),
})

const text: JsonMap = { type: 'string' }

const MAX_OFFSET = 2_147_483_647

const limit = (name: string, description: string, { config: { api } }: DocumentContext): JsonMap =>
  query(name, description, { type: 'integer', minimum: 0, maximum: api.maxPageSize, default: api.defaultPageSize })

const offset = (name: string, description: string): JsonMap =>
  query(name, description, { type: 'integer', minimum: 0, maximum: MAX_OFFSET, default: 0 })

const PARAMETERS: Readonly<Record<ParameterName, (context: DocumentContext) => JsonMap>> = {
  Id: () => ({
    name: 'id',
    in: 'path',
    required: true,
    description: 'Id of the record.',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
    example: '0194b8a2-6c1e-7f3a-9d52-3f0c8e5a1b07',
  }),
  ODataFilter: () =>
    query(
      '$filter',
      'Condition in OData style: `eq ne gt ge lt le`, `and or not`, `in (…)`, `contains startswith endswith`, `null`. Texts stand in apostrophes.',
      text,
      "created_at ge '2025-01-01T00:00:00Z'",
    ),
  JsonFilter: () =>
    query(
      'filter',
      'Condition as JSON: `{"field": value}`, or an object of operators `$eq $ne $gt $gte $lt $lte $in $nin $contains $startsWith $endsWith $null`, combined with `$and`, `$or`, `$not`.',
      text,
      '{"created_at":{"$gte":"2025-01-01T00:00:00Z"}}',
    ),
  FieldEquals: () => ({
    ...query(
      'equals',
      'Any other parameter is a field and the value it must have: `field=value`, or with an operator `field[gte]=value`.',
      {
        type: 'object',
        additionalProperties: text,
      },
    ),
    style: 'form',
    explode: true,
  }),
  ODataOrderBy: () => query('$orderby', 'Fields to sort by, each with `asc` or `desc`.', text, 'created_at desc,id'),
  Sort: () => query('sort', 'The same as `$orderby`; a leading minus means descending.', text, '-created_at,id'),
  ODataTop: (context) => limit('$top', 'Most records to return.', context),
  Limit: (context) => limit('limit', 'The same as `$top`.', context),
  ODataSkip: () => offset('$skip', 'Records to skip.'),
  Offset: () => offset('offset', 'The same as `$skip`.'),
  ODataSelect: () => query('$select', 'Fields to return. All of them when absent.', text, 'id,created_at'),
  Fields: () => query('fields', 'The same as `$select`.', text, 'id,created_at'),
  ODataExpand: ({ config: { api } }) =>
    query(
      '$expand',
      `Lookups to return as records instead of ids, at most ${api.maxExpandDepth} levels deep: \`owner($select=name)\`.`,
      text,
    ),
  Expand: () => query('expand', 'The same as `$expand`.', text),
  ODataCount: () => query('$count', 'Add `total`, the number of records that match.', { type: 'boolean', default: false }),
  IfMatch: () => ({
    name: 'If-Match',
    in: 'header',
    description: 'ETag of the version that is to be changed; 412 when the record has changed since.',
    schema: text,
    example: 'W/"3"',
  }),
  IfNoneMatch: () => ({
    name: 'If-None-Match',
    in: 'header',
    description: 'ETag of the version that is known already; 304 when it is still current.',
    schema: text,
    example: 'W/"3"',
  }),
}
