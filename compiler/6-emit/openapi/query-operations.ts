import { closed, querySchema, WHERE } from './bulk-schemas.ts'
import { countResponse } from './count-responses.ts'
import type { Operation, Scope } from './object-operation.ts'
import { QUERY_PARAMETERS } from './parameters.ts'
import { header, QUERY_PROBLEMS } from './responses.ts'

/** The page of a list, as GET gives it. */
export function pageResponse({ use, names, record, recordExample }: Scope): string {
  const reference = use.own(
    'responses',
    // No object's name has a dot.
    `${names.record}.page`,
    () =>
      `{"description":"The page.","headers":${JSON.stringify({ Link: header('Link', use), 'Preference-Applied': header('PreferenceApplied', use) })},"content":{"application/json":{"schema":{"type":"object","properties":{"items":{"type":"array","items":${JSON.stringify(record)}},${PAGE_PROPERTIES}},"required":["items"]},"examples":{"list":{"value":{"items":[${recordExample}],"total":1}}}}}}`,
  )
  return JSON.stringify(reference)
}

const PAGE_PROPERTIES =
  '"next_cursor":{"type":"string","description":"Continues the list, when there is more."},"total":{"type":"integer","minimum":0,"description":"Records that match, when `$count` was asked for."}'

/** `POST /api/<object>/query` */
export function queryOperation(scope: Scope): Operation {
  const { object, use } = scope
  const requestBody = use.shared('requestBodies', 'Query', (all) => ({
    required: true,
    content: {
      'application/json': {
        schema: all.shared('schemas', all.sharedName('Query'), querySchema),
        examples: { query: { value: { where: { id: { $ne: null } }, orderBy: { id: 'desc' }, limit: 10, count: true } } },
      },
    },
  }))
  return {
    id: `query${object.names.pascalPlural}`,
    summary: `Query ${object.pluralLabel}`,
    description:
      'The query as a document: the same as the parameters of GET, without limits of length. The method QUERY on the collection is the same. Links of a page lead to the same document, sent with another `cursor` or `offset` in the URL.',
    parameters: QUERY_PARAMETERS,
    requestBody: JSON.stringify(requestBody),
    answers: [[200, pageResponse(scope)]],
    problems: QUERY_PROBLEMS,
  }
}

/** `POST /api/<object>/count` */
export function countByBodyOperation(scope: Scope): Operation {
  const { object, use } = scope
  const requestBody = use.shared('requestBodies', 'CountQuery', () => ({
    required: true,
    content: {
      'application/json': {
        schema: closed({ where: WHERE, search: { description: 'Words to look for, as in a query.' } }, []),
        examples: { query: { value: { where: { id: { $ne: null } } } } },
      },
    },
  }))
  return {
    id: `count${object.names.pascalPlural}ByBody`,
    summary: `Count ${object.pluralLabel} by a document`,
    description: 'How many records match: the same as GET, without limits of length.',
    requestBody: JSON.stringify(requestBody),
    answers: [[200, countResponse(scope)]],
    problems: QUERY_PROBLEMS,
  }
}
