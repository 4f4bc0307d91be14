import type { ResolvedApiConfig } from '../../config/config.ts'
import type { Components, JsonMap, Reference } from './components.ts'

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
  | 'Prefer'
  | 'PreferCount'
  | 'ODataSearch'
  | 'Search'
  | 'Distinct'
  | 'Deleted'
  | 'Purge'
  | 'Cursor'
  | 'Count'

const ROWS: ReadonlySet<ParameterName> = new Set(['ODataFilter', 'JsonFilter', 'FieldEquals'])

export const FILTER_PARAMETERS: readonly ParameterName[] = [...ROWS, 'ODataSearch', 'Search']
export const ID_PARAMETER: readonly ParameterName[] = ['Id']
export const WRITE_PARAMETERS: readonly ParameterName[] = ['IfMatch', 'Prefer']
export const BULK_PARAMETERS: readonly ParameterName[] = ['Prefer']

const SHAPE_PARAMETERS: readonly ParameterName[] = ['ODataSelect', 'Fields', 'ODataExpand', 'Expand']
export const GET_PARAMETERS: readonly ParameterName[] = [...SHAPE_PARAMETERS, 'IfNoneMatch']
export const LIST_PARAMETERS: readonly ParameterName[] = [
  ...FILTER_PARAMETERS,
  'ODataOrderBy',
  'Sort',
  'ODataTop',
  'Limit',
  'ODataSkip',
  'Offset',
  ...SHAPE_PARAMETERS,
  'Distinct',
  'Cursor',
  'ODataCount',
  'Count',
  'PreferCount',
]
export const QUERY_PARAMETERS: readonly ParameterName[] = ['PreferCount']

/** References to shared parameters. */
export const parameters = (names: readonly ParameterName[], use: Components, api: ResolvedApiConfig): readonly Reference[] =>
  names.map((name) => use.shared('parameters', name, () => PARAMETERS[name](api)))

/**
 * A query parameter. Examples stand in the description: viewers would fill them in as values, and send every alias at once.
 * Defaults are there for the same reason.
 */
const query = (name: string, description: string, schema: JsonMap): JsonMap => ({ name, in: 'query', description, schema })

const text: JsonMap = { type: 'string' }

const COUNT: JsonMap = { enum: [true, false, 'exact', 'estimated'] }

const MAX_OFFSET = 2_147_483_647

const limit = (name: string, description: string, api: ResolvedApiConfig): JsonMap =>
  query(name, `${description} Default: ${api.defaultPageSize}.`, { type: 'integer', minimum: 0, maximum: api.maxPageSize })

const offset = (name: string, description: string): JsonMap =>
  query(name, description, { type: 'integer', minimum: 0, maximum: MAX_OFFSET })

const header = (name: string, description: string): JsonMap => ({ name, in: 'header', description, schema: text })

const PARAMETERS: Readonly<Record<ParameterName, (api: ResolvedApiConfig) => JsonMap>> = {
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
      // Latin letters only: one other character would double the size in memory of a document of megabytes, and the time to write it.
      "Condition in OData style: `eq ne gt ge lt le`, `and or not`, `in (a, b)`, `contains startswith endswith`, `null`. Example: `created_at ge '2025-01-01T00:00:00Z'`.",
      text,
    ),
  JsonFilter: () =>
    query(
      'filter',
      'Condition as JSON: values by field, or objects of operators `$eq $ne $gt $gte $lt $lte $in $nin $contains $startsWith $endsWith $null`, combined with `$and`, `$or`, `$not`. Example: `{"created_at":{"$gte":"2025-01-01T00:00:00Z"}}`.',
      text,
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
    // Nothing, rather than the property that viewers would make up.
    example: {},
  }),
  ODataOrderBy: () => query('$orderby', 'Fields to sort by, each with `asc` or `desc`. Example: `created_at desc,id`.', text),
  Sort: () => query('sort', 'The same as `$orderby`; a leading minus means descending. Example: `-created_at,id`.', text),
  ODataTop: (api) => limit('$top', 'Most records to return.', api),
  Limit: (api) => limit('limit', 'The same as `$top`.', api),
  ODataSkip: () => offset('$skip', 'Records to skip.'),
  Offset: () => offset('offset', 'The same as `$skip`.'),
  ODataSelect: () => query('$select', 'Fields to return, all of them when absent. Example: `id,created_at`.', text),
  Fields: () => query('fields', 'The same as `$select`.', text),
  ODataExpand: (api) =>
    query(
      '$expand',
      `Lookups to return as records instead of ids, at most ${api.maxExpandDepth} levels deep. Example: \`owner($select=name)\`.`,
      text,
    ),
  Expand: () => query('expand', 'The same as `$expand`.', text),
  ODataSearch: () =>
    query('$search', 'Words that the searchable fields must have, ranked by how well they do. Example: `wind mast`.', text),
  Search: () => query('search', 'The same as `$search`.', text),
  Deleted: () => query('deleted', 'Deleted records alone, or too. Default: they are left out.', { type: 'string', enum: ['only', 'with'] }),
  Purge: () => query('purge', 'Delete the record for good, whether it is in the trash or not.', { type: 'string', enum: ['true'] }),
  Distinct: () => query('distinct', 'Equal rows once.', { type: 'boolean' }),
  Cursor: () => query('cursor', '`next_cursor` of the page before; empty for the first. With the same order as before.', text),
  ODataCount: () => query('$count', 'Add `total`, the number of records that match. `estimated` is fast where tables are large.', COUNT),
  Count: () => query('count', 'The same as `$count`.', COUNT),
  IfMatch: () => header('If-Match', 'ETag of the version that is to be changed, like `W/"3"`; 412 when the record has changed since.'),
  Prefer: () =>
    header(
      'Prefer',
      '`return=minimal`: no record in the answer. `tx=rollback`: do everything and keep nothing. `max-affected=10`: refuse to change more records.',
    ),
  PreferCount: () => header('Prefer', '`count=exact`: the same as `$count`; `count=planned` and `count=estimated` take an estimate.'),
  IfNoneMatch: () => header('If-None-Match', 'ETag of the version that is known already, like `W/"3"`; 304 when it is still current.'),
}
